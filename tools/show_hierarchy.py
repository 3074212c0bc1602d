"""Put what ``clioscope demo`` prints into the documents, so that they show what the code really gives.

Run: python tools/show_hierarchy.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHOWN: dict[Path, dict[str, list[str]]] = {
    ROOT / "README.md": {"hierarchy": []},
    ROOT / "docs" / "models.md": {
        "hierarchy without a model": ["--depth-one"],
        "recorded hierarchy": ["--recorded"],
        "small recorded hierarchy": ["--recorded", "--small"],
    },
}
"""For each document, the comment before the block, and the options of the demo that fills it."""


def hierarchy(options: list[str]) -> str:
    """What the demo prints on standard output; with ``--depth-one``, only the top."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "clioscope", "demo", "--run", f"{folder}/demo"]
        command += [option for option in options if option != "--depth-one"]
        environment = {**os.environ, "COLUMNS": "140"}
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
        if "--depth-one" in options:
            command = [sys.executable, "-m", "clioscope", "tree", f"{folder}/demo", "--depth", "1"]
            printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout
        return printed.rstrip()


def main() -> None:
    for path, blocks in SHOWN.items():
        text = path.read_text(encoding="utf-8")
        for comment, options in blocks.items():
            block = re.compile(rf"(<!-- {re.escape(comment)} -->\n```text\n).*?(```\n)", re.DOTALL)
            found = block.search(text)
            if found is None:
                raise SystemExit(f"{path} has no block after <!-- {comment} -->.")
            text = f"{text[: found.start()]}{found[1]}{hierarchy(options)}\n{found[2]}{text[found.end() :]}"
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
