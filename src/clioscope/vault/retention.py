"""What a vault still holds, since when, and until when it may."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from clioscope.vault.files import write_text

Kind = Literal["raw", "facets", "answers"]
"""``raw``: what people and assistants said, and all that quotes it. ``facets``: what was asked of each conversation,
its vector and its clusters. ``answers``: what models returned."""

KINDS: tuple[Kind, ...] = get_args(Kind)

Gone = Literal["raw", "texts", "facets", "answers"]
"""What was removed. ``texts``: the text facets alone, where they were the person's own words."""

CALLED: dict[Kind, str] = {
    "raw": "the raw conversations",
    "facets": "the facets, vectors and clusters of single conversations",
    "answers": "the answers of models",
}


class Due(NamedTuple):
    """A table whose time is over, or will be."""

    kind: Kind
    when: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether it should be gone by now."""
        return now >= self.when


class Retention:
    """Dates and states, in ``retention.json`` of the vault. It holds nothing about any conversation.

    A damaged file counts as none: nothing is then known to be due or gone.
    """

    def __init__(self, vault: Path) -> None:
        self._path = vault / "retention.json"
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            rows = {}
        self._rows: dict[str, Any] = rows if isinstance(rows, dict) else {}

    def limit(self, days: Mapping[Kind, int | None], now: datetime) -> None:
        """Record how many days each table may be kept. ``None`` leaves what was said before.

        What is there, and nobody knows since when, counts from now.
        """
        since, limits = self._table("since"), self._table("days")
        for kind in KINDS[:2]:
            if kind not in self._table("gone"):
                since.setdefault(kind, now.isoformat())
            if days.get(kind) is not None:
                limits[kind] = days[kind]
        self._write()

    def made(self, kind: Kind, now: datetime) -> None:
        """Record that a table was made anew, so that its time begins again and it is no longer gone."""
        self._table("since")[kind] = now.isoformat()
        for what in ("texts", kind) if kind == "facets" else (kind,):
            self._table("gone").pop(what, None)
        self._write()

    def removed(self, what: Iterable[Gone], now: datetime) -> None:
        """Record what is gone."""
        for name in what:
            self._table("gone").setdefault(name, now.isoformat())
            self._table("since").pop(name, None)
        self._write()

    def gone(self) -> dict[Gone, datetime]:
        """What was removed, and when."""
        gone = self._table("gone")
        return {name: datetime.fromisoformat(gone[name]) for name in get_args(Gone) if name in gone}

    def dues(self) -> list[Due]:
        """The tables that may not be kept for ever, soonest first."""
        since, days = self._table("since"), self._table("days")
        found = [
            Due(kind, datetime.fromisoformat(since[kind]) + timedelta(days=days[kind]))
            for kind in KINDS
            if days.get(kind) is not None and kind in since
        ]
        return sorted(found, key=lambda due: due.when)

    def overdue(self, now: datetime | None = None) -> list[Due]:
        """The tables that should be gone."""
        return [due for due in self.dues() if due.is_over(now or datetime.now(UTC))]

    def uses(self, folders: Iterable[Path]) -> None:
        """Record folders outside the vault that requests are written to."""
        known = self._rows.setdefault("folders", [])
        known.extend(sorted({str(folder.absolute()) for folder in folders} - set(known)))
        self._write()

    def folders(self) -> list[Path]:
        """The folders outside the vault that requests were ever written to."""
        return [Path(folder) for folder in self._rows.get("folders", [])]

    def finished(self, made_from: str) -> None:
        """Record what the atlas was made from, for when nothing but the atlas is left to tell."""
        self._rows["made_from"] = made_from
        self._write()

    def made_from(self) -> str | None:
        """What the atlas was made from; ``None`` where no run has finished, or something was forgotten since."""
        found: str | None = self._rows.get("made_from")
        return found

    def unfinish(self) -> None:
        """Record that the atlas has to be made again."""
        if self._rows.pop("made_from", None) is not None:
            self._write()

    def _table(self, name: str) -> dict[str, Any]:
        table: dict[str, Any] = self._rows.setdefault(name, {})
        return table

    def _write(self) -> None:
        write_text(self._path, json.dumps(self._rows, indent=1))
