"""What other runs in the same folder published of the same conversations.

A source is known by its conversations: a run counts here where it published a conversation that this run holds, however
much either has beside that. ``.publications`` beside the runs lists what each published, so that one that was deleted,
or lost its ledger, is missed. A run in another folder or on another machine is not seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.config import read_config
from clioscope.errors import ClioscopeError, RunError
from clioscope.pipeline.counted_people import keys_and_users
from clioscope.pipeline.importing import ELSEWHERE
from clioscope.pipeline.same_source import absolute
from clioscope.vault import RunFolder, run_lock, write_text
from clioscope.vault.files import private_folder
from clioscope.vault.publications import Publication, Publications, Record
from clioscope.vault.run_folder import conversation_key

LIST = ".publications"
"""A folder beside the runs, with ``ledger.json``. It holds nothing about any conversation."""


class _Line(NamedTuple):
    """One publication of a run in this folder. ``date`` and ``hash`` tell it from all others."""

    run: str
    number: int
    date: str
    hash: str
    kind: str
    source: tuple[str, ...]


@dataclass
class Beside:
    """What a publication has to be compared with beside those of its own run.

    Parameters
    ----------
    counted
        Runs that published counts of conversations of this one, by how many of their conversations these are.
    noisy
        Publications with noise that are about conversations of this run, in words.
    sentences
        What the owner should know.
    """

    counted: dict[Path, int] = field(default_factory=dict)
    noisy: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)


@contextmanager
def list_of(run: RunFolder) -> Iterator[SharedList]:
    """The list beside a run, which nobody else changes meanwhile."""
    shared = SharedList(run.path.absolute().parent / LIST)
    if not shared.is_kept:
        yield shared
        return
    with run_lock(shared.folder):
        yield shared


class SharedList:
    """The list of what the runs of a folder published.

    Raises
    ------
    RunError
        It is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._path = folder, folder / "ledger.json"
        self.is_kept = True
        self.lines: list[_Line] = []
        try:
            private_folder(folder)
        except OSError:
            self.is_kept = False
            return
        if not self._path.exists():
            return
        try:
            rows: list[dict[str, Any]] = json.loads(self._path.read_text(encoding="utf-8"))["publications"]
            self.lines = [_Line(**{**row, "source": tuple(row["source"])}) for row in rows]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{self._path} lists what the runs beside it published, and cannot be read ({type(error).__name__}). "
                "Put it back from a copy, or delete it where nothing of the runs that are gone was published."
            ) from None

    def enter(self, run: Path, rows: Sequence[Publication]) -> None:
        """Add publications of a run that are not listed yet."""
        known = {(line.date, line.hash) for line in self.lines}
        new = [
            _Line(run.name, row.number, row.date, row.hash, row.kind, row.source)
            for row in rows
            if row.status != ELSEWHERE and (row.date, row.hash) not in known
        ]
        if new and self.is_kept:
            self.lines += new
            write_text(self._path, json.dumps({"publications": [line._asdict() for line in self.lines]}, indent=1))


def beside(run: RunFolder, shared: SharedList) -> Beside:
    """Find out what was published of this run's conversations by others in its folder.

    Raises
    ------
    RunError
        Something was published of the same source, and nothing is left that it could be compared with.
    """
    found = Beside()
    if not shared.is_kept:
        found.sentences.append(
            f"{shared.folder} cannot be written: other runs beside this one will not see this publication, nor does it "
            "see one that was deleted."
        )
    mine = Publications(run.vault)
    met = {(row.date, row.hash) for row in mine}
    shared.enter(run.path.absolute(), list(mine))
    ours = _Ours(run)
    for other in _others(run, found):
        ledger = Publications(other.vault)
        shared.enter(other.path, list(ledger))
        for row in ledger:
            if row.status != ELSEWHERE and (row.date, row.hash) not in met:
                _compare(found, ours, other, row)
        met |= {(row.date, row.hash) for row in ledger}
    for line in shared.lines:
        if (line.date, line.hash) not in met and ours.may_be_of(line.source):
            if line.kind == "counts":
                raise RunError(_gone(line, shared))
            found.noisy.append(f"publication {line.number} of {line.run}")
    found.sentences += [
        f"What {path} published is compared as well: {number:,} of its conversations are in this run."
        for path, number in found.counted.items()
    ]
    return found


def _others(run: RunFolder, found: Beside) -> Iterator[RunFolder]:
    """The runs in the same folder that published something."""
    for path in sorted(run.path.absolute().parent.iterdir()):
        if path.resolve() == run.path.resolve():
            continue
        try:
            if (path / "vault" / "publications.json").is_file():
                yield RunFolder.existing(path)
        except (OSError, RunError):
            found.sentences.append(f"What {path} published is not compared: its vault cannot be read from here.")


class _Ours:
    """What this run is about."""

    def __init__(self, run: RunFolder) -> None:
        self._source = absolute(read_config(run.run_toml).source)
        self._ids: list[str] | None = []
        for table in run.conversations.read():
            if "id" not in table.column_names:
                self._ids = None
                return
            self._ids += table["id"].to_pylist()
        if not self._ids:
            self._ids = None

    def shared(self, other: RunFolder, row: Publication) -> int | None:
        """How many conversations of a publication are in this run; ``None`` where nobody can tell any more."""
        if self._ids is None:
            return None
        try:
            keys = self._keys(other, row)
            secret = other.secret()
        except (ClioscopeError, OSError):
            return None  # it is encrypted, and with another key
        if keys is None:
            return None
        return sum(conversation_key(secret, identifier) in keys for identifier in self._ids)

    @staticmethod
    def _keys(other: RunFolder, row: Publication) -> set[str] | None:
        if row.recorded:
            return set(Record(other.vault, row.number).rows()["key"].to_pylist())
        if row.kind == "counts":
            return None
        return set(keys_and_users(other)[0]) or None

    def may_be_of(self, source: Sequence[str]) -> bool:
        """Whether something of the source is the same file or folder, or neither has a name."""
        theirs = absolute(tuple(source))
        return bool(set(self._source) & set(theirs)) or not (self._source or theirs)


def _compare(found: Beside, ours: _Ours, other: RunFolder, row: Publication) -> None:
    """Add one publication of another run to what is found."""
    number = ours.shared(other, row)
    name = f"publication {row.number} of {other.path}"
    if number == 0:
        return
    if number is None and not ours.may_be_of(row.source):
        found.sentences.append(
            f"Whether {name} is about conversations of this run cannot be told any more: what would tell was removed, "
            "or cannot be read. It is of another source, and is not compared."
        )
    elif row.kind != "counts":
        found.noisy.append(name)
    elif number is None:
        raise RunError(
            f"Not published: {name} is of the same source, and what would be compared was removed from one of the two "
            "vaults or cannot be read. What helps: read the source again into this run (--keep all); have the master "
            "key of the other; or, if the two have no conversation in common, move one of them to another folder."
        )
    else:
        found.counted[other.path] = max(number, found.counted.get(other.path, 0))


def _gone(line: _Line, shared: SharedList) -> str:
    return (
        f"Not published: {shared.folder} lists publication {line.number} of {line.run}, of {line.date[:10]}. It is of "
        "the same source, and no ledger here has it any more. It counts all the same, and nothing can be compared with "
        "it. What helps: put that run, or its vault/publications.json, back from a copy. If nobody ever got that "
        f"publication, delete its line from {shared.folder / 'ledger.json'}."
    )
