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
            The ledger is damaged, so that nobody knows what is left of the budget.
        """
        try:
            return [[row[name] for name in fields] for row in self._rows()]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{self._ledger} is damaged ({error}), so that nobody can tell what is left of the privacy budget, and "
                "nothing is released. Put it back from a copy, or count what was released as spent and begin a new run."
            ) from None

    def _rows(self) -> list[dict[str, Any]]:
        if not self._ledger.exists():
            return []
        rows: list[dict[str, Any]] = json.loads(read_text(self._ledger))["releases"]
        return rows

    def enter(self, entry: dict[str, Any]) -> None:
        """Write down what a release costs, before anything of it is drawn, unless it is there already."""
        rows = self._rows()
        if entry["key"] not in {row["key"] for row in rows}:
            private_folder(self._folder)
            write_text(self._ledger, json.dumps({"releases": [*rows, entry]}, indent=1))

    def stored(self, key: str) -> dict[str, Any] | None:
        """The release called ``key``, where it was drawn."""
        path = self._folder / f"{key}.json"
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
        """Keep a release."""
        private_folder(self._folder)
        write_text(self._folder / f"{key}.json", json.dumps(value, ensure_ascii=False, indent=1))
