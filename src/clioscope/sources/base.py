"""What every part of reading shares: what could not be read, how much is too much, and the seam that a format fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from clioscope.conversation import Conversation

Record = Mapping[str, Any]
"""One record as a file holds it: a JSON object, a row of a table."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """One thing that could not be read.

    Parameters
    ----------
    file
        The file as the user named it; inside a zip archive followed by ``!`` and the member.
    line
        The line, from 1, where the file has lines.
    reason
        Why, in words that are the same for every case of one kind, so that they can be counted. Never any text of
        a conversation.
    record
        The number of the record, from 1, where the file has no lines: an element of a JSON array, a row of Parquet.
    """

    file: str
    line: int | None
    reason: str
    record: int | None = None

    @property
    def whole_file(self) -> bool:
        """Whether this is about a file as a whole, and so is not to be counted as a record."""
        return self.line is None and self.record is None

    @property
    def place(self) -> str:
        """Where it is, as ``FILE:LINE`` or ``FILE, record N``."""
        if self.line is not None:
            return f"{self.file}:{self.line}"
        return self.file if self.record is None else f"{self.file}, record {self.record}"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is too much. What passes a limit is set aside without being held in memory.

    Parameters
    ----------
    record
        Bytes of one line or one element of a JSON array.
    message
        Characters of one message. No person types ten million; what matters of a long one is its beginning and end.
    expansion
        How many times its size on disk a compressed file may unpack to, once past ``expansion_from``. Conversations
        reach about 30 with zstd; the worst that gzip can do is 1,028.
    expansion_from
        Bytes that any compressed file may unpack to.
    unpacked
        Bytes that no compressed file may unpack to, whatever its size.
    members
        Files inside one zip archive.
    """

    record: int = 128 << 20
    message: int = 10_000_000
    expansion: int = 250
    expansion_from: int = 64 << 20
    unpacked: int = 1 << 40
    members: int = 100_000


class Entry(NamedTuple):
    """One record as it lies in a file, or the reason why there is none."""

    value: Any
    line: int | None
    record: int | None
    reason: str = ""
    ends: bool = False
    """Whether nothing behind it can be read."""


class UnreadableError(Exception):
    """Raised inside this package where a record or the rest of a file cannot be read; becomes a :class:`SetAside`."""

    def __init__(self, reason: str, columns: Sequence[str] = ()) -> None:
        """``columns`` are those of a file that holds records, and no conversations."""
        super().__init__(reason)
        self.reason = reason
        self.columns = columns


class Format(Protocol):
    """One way in which a conversation is written down. Knows records, and nothing of files."""

    name: str
    """As shown to the user."""

    nested: frozenset[str]
    """The columns it reads that hold lists or records. A Parquet file's other nested columns are never unpacked."""

    def detect(self, record: Record) -> bool:
        """Whether ``record`` is written in this format, judged by its columns."""

    def conversation(self, record: Record) -> Conversation:
        """Read ``record``, which :meth:`detect` has accepted.

        The id is empty where the record has none. Messages without text are left out.

        Raises
        ------
        UnreadableError
            Where there is nothing to analyse, with the reason.
        """
