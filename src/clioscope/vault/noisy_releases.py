"""Private releases: what was drawn with noise, kept so that it is never drawn twice, and a ledger of what that cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clioscope.errors import RunError
from clioscope.vault.files import private_folder, read_text, write_text


class NoisyReleases:
    """The ledger and the releases of one run: ``vault/releases/``.

    Removing what else the vault holds does not remove them: what was released stays released.
    """

    def __init__(self, vault: Path) -> None:
        self._folder = vault / "releases"
        self._ledger = self._folder / "ledger.json"

    def entries(self, fields: Sequence[str]) -> list[list[Any]]:
        """The ``fields`` of every release that was begun, in order.

        Raises
        ------
        RunError
            The ledger is damaged or gone, so that nobody knows what is left of the budget.
        """
        try:
            rows = [[row[name] for name in fields] for row in self._rows()]
            listed = {row["key"] for row in self._rows()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._refused(f"is damaged ({error})") from None
        if any(path.stem not in listed for path in self._folder.glob("*.json") if path != self._ledger):
            raise self._refused("is missing or lacks a release that was drawn")
        return rows

    def _refused(self, what: str) -> RunError:
        return RunError(
            f"{self._ledger} {what}, so that nobody can tell what is left of the privacy budget, and nothing is "
            "released. Put it back from a copy, or count what was released as spent and begin a new run."
        )

    def _rows(self) -> list[dict[str, Any]]:
        if not self._ledger.exists():
            return []
        rows: list[dict[str, Any]] = json.loads(read_text(self._ledger))["releases"]
        return rows

    def _write(self, rows: list[dict[str, Any]]) -> None:
        write_text(self._ledger, json.dumps({"releases": rows}, indent=1))

    def is_begun(self, key: str) -> bool:
        """Whether the last of this name was charged, and a crash came before it was kept: nothing of it got out."""
        mine = [row for row in self._rows() if row["key"] == key]
        return bool(mine) and not mine[-1].get("drawn", True)

    def is_lost(self, key: str) -> bool:
        """Whether the release was drawn and is no longer there: drawn again, it would be another."""
        return key in {row["key"] for row in self._rows()} and not self.is_begun(key) and not self._path(key).exists()

    def enter(self, entry: dict[str, Any]) -> None:
        """Write down what a release costs, before anything of it is drawn.

        One that was begun and not kept costs nothing more. One that was kept and is gone costs its whole price again.
        """
        private_folder(self._folder)
        if not self.is_begun(entry["key"]):
            self._write([*self._rows(), {**entry, "drawn": False}])

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def stored(self, key: str) -> dict[str, Any] | None:
        """The release called ``key``, where it was drawn."""
        path = self._path(key)
        if not path.exists():
            return None
        try:
            value: dict[str, Any] = json.loads(read_text(path))
        except (OSError, ValueError) as error:
            raise RunError(
                f"{path} is damaged ({error}). Put it back from a copy; drawing it again would spend its budget again."
            ) from None
        return value

    def store(self, key: str, value: dict[str, Any]) -> None:
        """Keep a release, and note that it was drawn, before anything is made of it."""
        private_folder(self._folder)
        write_text(self._path(key), json.dumps(value, ensure_ascii=False, indent=1))
        self.settle(key)

    def settle(self, key: str) -> None:
        """Note that a release was drawn, where a crash came before that."""
        if self.is_begun(key):
            self._write([{**row, "drawn": True} if row["key"] == key else row for row in self._rows()])
