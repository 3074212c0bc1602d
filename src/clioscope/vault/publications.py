"""What of a run was published: a ledger of it, and what the audit of a further publication needs to know.

``publications.json`` is the ledger. It holds nothing about any conversation and is never sealed. ``published/NUMBER``
holds, for each conversation that was counted, its clusters and the values of its attributes, under keyed hashes of the
conversation and the user, and what became of every cell. It is private, and sealed in an encrypted vault.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.errors import RunError
from clioscope.vault.files import private_folder, read_bytes, write_bytes, write_text
from clioscope.vault.tables import Parts

_ROWS = 50_000
"""A part of a record has so many rows."""


class Publication(NamedTuple):
    """One line of the ledger.

    Parameters
    ----------
    number
        From 1 on.
    date
        When it was entered, in UTC, as ISO 8601.
    hash
        Of the published files: their names and bytes.
    atlas
        Of the run's atlas that it was made from.
    profile, thresholds
        What its figures stand on.
    kind
        ``counts``, or ``noise`` for a differentially private release.
    conversations, users
        As published, rounded.
    source
        What the run had read.
    status
        ``published`` or ``withdrawn``; ``elsewhere`` for one of another run that later ones are compared with, too.
    why
        Of a withdrawn one; of one elsewhere, which it is.
    recorded
        Whether its private record is there.
    erased
        Whether a user was forgotten who is in it.
    copies
        The folders that it was written to for handing out.
    """

    number: int
    date: str
    hash: str
    atlas: str
    profile: str
    thresholds: dict[str, float]
    kind: str
    conversations: int
    users: int | None
    source: tuple[str, ...]
    status: str = "published"
    why: str = ""
    recorded: bool = True
    erased: bool = False
    copies: tuple[str, ...] = ()


class Publications:
    """The ledger of a run's publications, in ``publications.json`` of the vault.

    Raises
    ------
    RunError
        It is damaged, so that nobody knows what is out.
    """

    def __init__(self, vault: Path) -> None:
        self._vault, self._path = vault, vault / "publications.json"
        self._rows: list[Publication] = []
        self._erased, self._counted = 0, ""
        if not self._path.exists():
            return
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            for row in kept["publications"]:
                self._rows.append(Publication(**{**row, **{n: tuple(row[n]) for n in ("source", "copies")}}))
            self._erased, self._counted = int(kept["erased_since"]), str(kept["counted"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{self._path} lists what was published, and cannot be read ({type(error).__name__}). Put it back from "
                "a copy: without it nobody can tell what a further publication has to be compared with."
            ) from None

    def __iter__(self) -> Iterator[Publication]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def numbers(self) -> list[int]:
        """The numbers of all, in order."""
        return [row.number for row in self._rows]

    def number(self, number: int) -> Publication:
        """The publication with that number.

        Raises
        ------
        RunError
            There is none.
        """
        for row in self._rows:
            if row.number == number:
                return row
        has = ", ".join(map(str, self.numbers())) or "none yet"
        raise RunError(f"There is no publication {number} of this run. It has: {has}.")

    @property
    def next(self) -> int:
        """The number that the next one gets."""
        return 1 + max(self.numbers(), default=0)

    @property
    def erased_since(self) -> int:
        """Users of publications who were forgotten since the last one."""
        return self._erased

    @property
    def is_lost(self) -> bool:
        """Whether something was published and the ledger is not there."""
        places = (self._vault / "published", self._vault.parent / "publications")
        return not self._path.exists() and any(path.name.isdecimal() for place in places for path in place.glob("*"))

    def refuse_lost(self) -> None:
        """Refuse to go on as if nothing had been published.

        Raises
        ------
        RunError
            Something was, and the ledger is not there.
        """
        if self.is_lost:
            raise RunError(
                f"{self._path} is missing, and yet something of this run was published. Put it back from a copy: "
                "without it nobody can tell what is out, nor how many users of it were forgotten. If there is no copy, "
                "publish no more of this run."
            )

    def begin(self) -> None:
        """Have the ledger on disk before the first thing that it lists."""
        if not self._path.exists():
            self._write()

    def enter(self, *rows: Publication) -> None:
        """Enter publications at once; from then on they count."""
        self._rows += rows
        self._erased = 0
        self._write()

    def change(self, number: int, **fields: Any) -> None:
        """Change what is said of one publication."""
        self._rows = [row._replace(**fields) if row.number == number else row for row in self._rows]
        self._write()

    def lose_records(self) -> int:
        """Note that no private record is there any more. How many there were."""
        lost = sum(row.recorded for row in self._rows)
        if lost:
            self._rows = [row._replace(recorded=False) for row in self._rows]
            self._write()
        return lost

    def erase(self, mark: str, changes: Mapping[int, Mapping[str, Any]]) -> None:
        """Count one erasure and change the publications that held the user, at once.

        Parameters
        ----------
        mark
            What the erasure is known by until :meth:`counted`, so that it is counted once however often this is called.
        changes
            By number, the fields that change.
        """
        if self._counted == mark:
            return
        self._rows = [row._replace(**changes.get(row.number, {})) for row in self._rows]
        self._erased, self._counted = self._erased + 1, mark
        self._write()

    def counted(self) -> None:
        """Forget by what the last erasure was known."""
        if self._counted:
            self._counted = ""
            self._write()

    def _write(self) -> None:
        kept = {
            "publications": [row._asdict() for row in self._rows],
            "erased_since": self._erased,
            "counted": self._counted,
        }
        write_text(self._path, json.dumps(kept, indent=1, ensure_ascii=False))


class Record:
    """What one publication was made of: ``published/NUMBER`` in the vault."""

    def __init__(self, vault: Path, number: int) -> None:
        self._folder = vault / "published" / str(number)

    def write(self, rows: pa.Table, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep a record in the place of one that was not finished.

        Parameters
        ----------
        rows
            One row a conversation, with columns ``user`` and ``key``: keyed hashes, the first null where unknown.
        arrays
            What became of the cells.
        """
        self.remove()
        private_folder(self._folder.parent)
        parts = Parts(self._folder)
        for number, start in enumerate(range(0, max(1, rows.num_rows), _ROWS)):
            parts.write(number, rows.slice(start, _ROWS).combine_chunks())
        kept = io.BytesIO()
        np.savez_compressed(kept, allow_pickle=False, **arrays)
        write_bytes(self._folder / "cells.npz", kept.getvalue())

    def rows(self) -> pa.Table:
        """What :meth:`write` was given, without those who were erased."""
        return pa.concat_tables(list(Parts(self._folder).read())).combine_chunks()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`write` was given."""
        with np.load(io.BytesIO(read_bytes(self._folder / "cells.npz")), allow_pickle=False) as kept:
            return dict(kept)

    def holds(self, user: bytes) -> bool:
        """Whether a conversation of the user is in it."""
        parts = self._parts()
        return any(user in (parts.users(parts.number(path)) or ()) for path in parts.paths()) if parts else False

    def erase(self, user: bytes) -> None:
        """Take the user's rows out."""
        parts = self._parts()
        if parts is None:
            return
        for number in [parts.number(path) for path in parts.paths()]:
            whose = parts.users(number) or []
            if user in whose:
                kept = pa.array([one != user for one in whose])
                parts.write(number, parts.read_part(number).filter(kept).combine_chunks())

    def remove(self) -> None:
        """Remove it."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    def all_of(vault: Path) -> list[int]:
        """The numbers of all records of a vault, in the ledger or not."""
        return sorted(int(path.name) for path in (vault / "published").glob("*") if path.name.isdecimal())

    @staticmethod
    def remove_all(vault: Path) -> None:
        """Remove every record of a vault."""
        shutil.rmtree(vault / "published", ignore_errors=True)

    @staticmethod
    def remove_unfinished(vault: Path, numbers: Container[int]) -> None:
        """Remove the records of what was never entered in the ledger."""
        for folder in (vault / "published").glob("*"):
            if int(folder.name) not in numbers:
                shutil.rmtree(folder)

    def _parts(self) -> Parts | None:
        return Parts(self._folder) if self._folder.is_dir() else None
