"""Files of conversations as one stream that can be read again and again."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePath
from typing import IO

from clioscope.conversation import Conversation
from clioscope.errors import SourceError
from clioscope.sources import formats
from clioscope.sources.base import Limits, Record, SetAside, UnreadableError
from clioscope.sources.checks import Identities, check
from clioscope.sources.fields import Fields, apply, has, read_words
from clioscope.sources.finding import Found, Search, find, printable
from clioscope.sources.layout import (
    HEAD,
    PARQUET,
    column_names,
    find_layout,
    is_name_of_column,
    may_be_text,
    not_conversations,
    reads,
)
from clioscope.sources.opening import Opened, Opener
from clioscope.sources.spool import Spool
from clioscope.sources.streams import Meter, PeekedStream, as_utf8

_START = 4096
"""Bytes of a file that tell text from what is none."""

_LOOKED_AT = 200
"""Records of a file that are looked at to find its format."""

_SHOWN = 30
"""Columns that a message to the user lists."""

_NAMED = 5
"""Files that a message to the user lists."""

_MAPPED = "mapped fields"
_BESIDE = "beside an export, and not conversations"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that is read: what the user calls it, its format, how it is packed, and its size on disk in bytes."""

    label: str
    format: str
    compression: str
    bytes: int


class Source:
    """Conversations from files. Made by :func:`open_source`.

    Parameters
    ----------
    files
        What is read, in order.
    """

    def __init__(
        self,
        opened: Sequence[Opened],
        set_aside: Sequence[SetAside],
        fields: Fields | None,
        limits: Limits,
        spool: Spool,
    ) -> None:
        self._opened, self._set_aside = opened, set_aside
        self._fields, self._limits = fields, limits
        weakref.finalize(self, spool.close)
        self._fingerprint: str | None = None
        self.files = tuple(
            SourceFile(file.found.label, file.format, file.compression, file.found.packed) for file in opened
        )

    @property
    def size(self) -> int:
        """Bytes on disk of all files together: what :meth:`read` reports adds up to it."""
        return sum(file.bytes for file in self.files)

    def fingerprint(self) -> str:
        """The SHA-256 of the files' contents in order, as hexadecimal digits. Names and folders do not count."""
        if self._fingerprint is None:
            digest = sha256()
            for path in dict.fromkeys(file.found.path for file in self._opened):
                inner = sha256()
                try:
                    with path.open("rb") as file:
                        while data := file.read(1 << 20):
                            inner.update(data)
                except OSError as error:
                    raise SourceError(f"{path} was there and cannot be read any more ({error.strerror}).") from None
                digest.update(inner.digest())
            self._fingerprint = digest.hexdigest()
        return self._fingerprint

    def read(self, on_bytes: Callable[[int], object] | None = None) -> Iterator[Conversation | SetAside]:
        """Read from the beginning; every call begins again and gives the same.

        Parameters
        ----------
        on_bytes
            Is told how many more bytes on disk were read, up to :attr:`size` in all.

        Yields
        ------
        Conversation or SetAside
            Every record of every file as one or the other.
        """
        yield from self._set_aside
        identities = Identities()
        with Opener(self._limits, self._fields) as opener:
            for file in self._opened:
                meter = Meter(file.found.packed, on_bytes)
                for entry in opener.entries(file, meter):
                    try:
                        if entry.reason:
                            raise UnreadableError(entry.reason)
                        conversation = _conversation(entry.value, self._fields)
                        check(conversation, self._limits)
                        conversation = identities.identify(conversation)
                    except UnreadableError as error:
                        yield SetAside(file.found.label, entry.line, error.reason, entry.record)
                    else:
                        yield conversation
                meter.finish()


def open_source(
    paths: Sequence[str | os.PathLike[str]] | str | os.PathLike[str],
    *,
    fields: Fields | None = None,
    spool: Path | None = None,
    limits: Limits | None = None,
    stdin: IO[bytes] | None = None,
) -> Source:
    """Find out what ``paths`` hold, and how to read it.

    Parameters
    ----------
    paths
        Files, folders (read with all below, sorted), patterns, or ``-`` for standard input. Plain or packed as
        gzip, zstd or zip; the content says which, and never the name.
    fields
        Which columns hold what, where the format does not say.
    spool
        A private folder that keeps what can be read only once. Without it, one that goes with the source.
    limits
        How much is too much.
    stdin
        Read for ``-`` in place of the process's own standard input.

    Raises
    ------
    SourceError
        Where a path means nothing, or no file holds conversations.
    """
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    if not paths:
        raise SourceError("No source was named. Give a file, a folder, a pattern in quotes, or - for standard input.")
    limits = limits or Limits()
    kept = Spool(spool)
    try:
        return _open(find(paths, kept, limits, stdin), fields, limits, kept)
    except BaseException:
        kept.close()
        raise


def _open(search: Search, fields: Fields | None, limits: Limits, spool: Spool) -> Source:
    opened: list[Opened] = []
    failures: list[tuple[SetAside, Sequence[str]]] = [(item, ()) for item in search.set_aside]
    with Opener(limits, fields) as opener:
        for found in search.files:
            try:
                opened.append(_look_at(opener, found, fields))
            except UnreadableError as error:
                failures.append((SetAside(found.label, None, error.reason), error.columns))
    if not opened:
        raise _nothing_found(failures, fields)
    opened, beside = _apart_from_exports(opened)
    if fields is not None:
        with Opener(limits, fields) as opener:
            _require(fields, opened, opener)
    return Source(opened, [item for item, _ in failures] + beside, fields, limits, spool)


def _look_at(opener: Opener, found: Found, fields: Fields | None) -> Opened:
    """Find the layout and the format of a file from its first records."""
    with ExitStack() as stack:
        stream, compression = opener.open(found, Meter(0, None), stack)
        start = PeekedStream(stream, _START)
        if start.head.startswith(PARQUET):
            layout = None
        elif not may_be_text(start.head):
            raise UnreadableError("not text")
        else:
            peeked = PeekedStream(as_utf8(start), HEAD)
            if peeked.failed and not peeked.head.strip():
                raise UnreadableError(peeked.failed)
            layout = find_layout(peeked.head, fields)
    opened = Opened(found, layout, "", compression)
    records: list[Record] = []
    for entry in islice(opener.entries(opened, Meter(0, None)), _LOOKED_AT):
        if isinstance(entry.value, dict):
            if reads(entry.value, fields):
                return replace(opened, format=_format_name(entry.value, fields))
            records.append(entry.value)
        elif entry.ends:
            raise UnreadableError(entry.reason)
    raise not_conversations(records)


def _format_name(record: Record, fields: Fields | None) -> str:
    if fields is not None and fields.says_what_was_said:
        return _MAPPED
    format = formats.detect(record)
    return format.name if format else ""


def _apart_from_exports(opened: list[Opened]) -> tuple[list[Opened], list[SetAside]]:
    """Take out the tables that lie beside an export: they are its feedback, projects and settings."""
    exports = {PurePath(file.found.place).parent for file in opened if file.format in formats.EXPORTS}
    kept: list[Opened] = []
    beside: list[SetAside] = []
    for file in opened:
        is_beside = not exports.isdisjoint(PurePath(file.found.place).parents)
        if is_beside and file.format == formats.TABLE.name and not file.found.named:
            beside.append(SetAside(file.found.label, None, _BESIDE))
        else:
            kept.append(file)
    return kept, beside


def _conversation(value: object, fields: Fields | None) -> Conversation:
    if not isinstance(value, dict):
        raise UnreadableError("not a record of columns")
    if fields is not None and fields.says_what_was_said:
        return apply(fields, value, read_words(fields, value))
    format = formats.detect(value)
    if format is None:
        raise UnreadableError("not a conversation")
    conversation = format.conversation(value)
    return conversation if fields is None else apply(fields, value, conversation)


def _require(fields: Fields, opened: Sequence[Opened], opener: Opener) -> None:
    """Stop where a field that the user named is in no record of any file."""
    missing = fields.named()
    if not missing:
        return
    columns: list[str] = []
    for file in opened:
        looked_at: list[Record] = []
        for entry in opener.entries(file, Meter(0, None)):
            if not isinstance(entry.value, dict):
                continue
            missing = {name: path for name, path in missing.items() if not has(entry.value, path)}
            if not missing:
                return
            if len(looked_at) < _LOOKED_AT:
                looked_at.append(entry.value)
        columns += column_names(looked_at)
    raise SourceError(f"{next(iter(missing))}: there is no such column. {_listed(columns)}")


def _listed(columns: Iterable[str]) -> str:
    """Names of columns, without those that may be somebody's id: errors are shown, kept and sent to others."""
    everything = set(columns)
    names = sorted(printable(name) for name in everything if is_name_of_column(name))[:_SHOWN]
    others = len(everything) - len(names)
    if not names:
        return f"The {others} columns that there are have no names to be told here."
    more = f" and {others} more" if others else ""
    return f"There are: {', '.join(names)}{more}."


def _nothing_found(failures: Sequence[tuple[SetAside, Sequence[str]]], fields: Fields | None) -> SourceError:
    """What to say where no file can be read."""
    if not failures:
        return SourceError(f"There is no file in what was named. Clioscope reads {formats.KNOWN}.")
    columns = next((columns for _, columns in failures if columns), ())
    if fields is not None and fields.says_what_was_said and columns:
        option = next(option for option, column in fields.named().items() if column in fields.words)
        return SourceError(f"{option}: there is no such column. {_listed(columns)}")
    said = [f"{item.file}: {item.reason}." for item, _ in failures[:_NAMED]]
    if len(failures) > _NAMED:
        said.append(f"And {len(failures) - _NAMED:,} more files.")
    said.append(f"Clioscope reads {formats.KNOWN}.")
    said.append("Other columns are named by --field id=...,user=...,time=...,text=... (or messages=...).")
    if columns:
        said.append(_listed(columns))
    return SourceError("Nothing to read. " + " ".join(said))
