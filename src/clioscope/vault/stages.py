"""Which stages of a run are done, and from what: re-running is resuming."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clioscope.vault.files import read_text, write_text


def digest(*parts: object) -> str:
    """A short hash of anything that JSON can hold, the same in every process."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Stages:
    """The ledger of a run's stages: for each, what it was made from, whether it is done, and what it found.

    Parameters
    ----------
    path
        ``stages.json`` in the vault. A damaged file counts as none: everything is made again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, dict[str, Any]] = {}
        try:
            self._rows = json.loads(read_text(path))
        except (OSError, ValueError):
            self._rows = {}

    def changed(self, name: str, inputs: Mapping[str, object]) -> list[str] | None:
        """The names of the inputs that differ from what the stage was last begun with; ``None`` if it never was."""
        row = self._rows.get(name)
        if row is None:
            return None
        before: dict[str, str] = row["inputs"]
        now = {key: digest(value) for key, value in inputs.items()}
        return sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))

    def is_done(self, name: str) -> bool:
        """Whether the stage ran to its end with the inputs that it was last begun with."""
        return bool(self._rows.get(name, {}).get("done"))

    def begin(self, name: str, inputs: Mapping[str, object]) -> None:
        """Record that ``name`` is being made from ``inputs``."""
        self._rows[name] = {"inputs": {key: digest(value) for key, value in inputs.items()}, "done": False}
        self._write()

    def forget(self, name: str) -> None:
        """Record nothing of ``name``: it counts as never begun."""
        if self._rows.pop(name, None) is not None:
            self._write()

    def finish(self, name: str, seconds: float, found: Mapping[str, Any]) -> None:
        """Record that ``name`` is done, how long it took, and ``found``, which later stages and people read."""
        row = self._rows[name]
        row.update(done=True, seconds=round(seconds, 2), found=dict(found))
        self._write()

    def reopen(self, name: str) -> None:
        """Record that something of the stage is missing, so that it goes on where it stopped."""
        self._rows[name]["done"] = False
        self._write()

    def is_made_from(self, name: str, input: str, value: object) -> bool:
        """Whether one input of the stage was ``value`` when it was last begun."""
        return bool(self._rows[name]["inputs"].get(input) == digest(value))

    def restate(self, name: str, inputs: Mapping[str, object], found: Mapping[str, Any]) -> None:
        """Record what a finished stage would have been made from, and found, without what was deleted of it since."""
        row = self._rows[name]
        row["inputs"].update({key: digest(value) for key, value in inputs.items()})
        row["found"] = dict(found)
        self._write()

    def names(self) -> list[str]:
        """The stages that were ever begun."""
        return list(self._rows)

    def found(self, name: str) -> dict[str, Any]:
        """What the finished stage recorded."""
        return dict(self._rows.get(name, {}).get("found", {}))

    def seconds(self) -> dict[str, float]:
        """How long each finished stage took, in seconds, in the order in which they ran."""
        return {name: row["seconds"] for name, row in self._rows.items() if row.get("done")}

    def key(self, name: str) -> str:
        """A hash of all that the stage was made from, for those that are made from it."""
        return digest(name, self._rows[name]["inputs"])

    def _write(self) -> None:
        write_text(self._path, json.dumps(self._rows, indent=1, ensure_ascii=False))
