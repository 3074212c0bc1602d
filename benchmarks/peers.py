"""Environments of other systems, which are told of in a file, since each needs packages that another one cannot have.

```toml
[peers]  # the interpreter of an environment with it, by name
bertopic = "/somewhere/bin/python"    # pip install bertopic umap-learn hdbscan
kura = "/elsewhere/bin/python"        # pip install kura==0.5.4 onnxruntime tokenizers
open_clio = "/somewhere/bin/python"   # pip install scikit-learn
toponymy = "/another/bin/python"      # pip install toponymy umap-learn
```

Who is not in the file, or does not start, has a row that says so.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

PACKAGES = {
    "bertopic": ("bertopic", "umap-learn", "hdbscan"),
    "kura": ("kura", "instructor", "openai"),
    "open_clio": ("scikit-learn",),
    "toponymy": ("toponymy", "umap-learn"),
}
"""What says which version of a peer was compared."""
NOT_INSTALLED = "not installed here"

_VERSIONS = """
import json, sys
from importlib.metadata import version
print(json.dumps({name: version(name) for name in sys.argv[1:]}))
"""


class Peers:
    """The interpreters of the environments of peers, those alone that have what the peer needs."""

    def __init__(self, interpreters: Mapping[str, str]) -> None:
        self._interpreters, self._versions = {}, {}
        for name, python in interpreters.items():
            found = _versions(python, PACKAGES[name])
            if found is not None:
                self._interpreters[name], self._versions[name] = python, found

    def python(self, name: str) -> str | None:
        """The interpreter, where there is one."""
        return self._interpreters.get(name)

    def versions(self, *names: str) -> dict[str, str]:
        """Of the packages of these peers, or of all that are installed."""
        wanted = names or tuple(self._versions)
        return {package: number for name in wanted for package, number in self._versions.get(name, {}).items()}


def add_peers(parser: argparse.ArgumentParser) -> None:
    """The option ``--peers``: :class:`Peers`, none where it is not given."""
    parser.add_argument(
        "--peers",
        type=_read,
        default=Peers({}),
        metavar="FILE.toml",
        help="interpreters of the environments of other systems: see benchmarks/peers.py",
    )


def _read(path: str) -> Peers:
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))["peers"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise argparse.ArgumentTypeError(f"{path} has no table [peers] ({error}): see benchmarks/peers.py") from error
    for name in found:
        if name not in PACKAGES:
            raise argparse.ArgumentTypeError(f"{path}: {name} is none of {', '.join(PACKAGES)}")
    return Peers(found)


def _versions(python: str, packages: tuple[str, ...]) -> dict[str, str] | None:
    try:
        told = subprocess.run([python, "-c", _VERSIONS, *packages], check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    found: dict[str, str] = json.loads(told)
    return found
