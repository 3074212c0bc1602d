"""The records of a file, whatever it is packed in and however they are laid out."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from clioscope.sources.base import Entry, Limits, UnreadableError
from clioscope.sources.fields import Fields
from clioscope.sources.finding import Found, reason_of
from clioscope.sources.formats import FORMATS
from clioscope.sources.layout import Layout
from clioscope.sources.parquet_rows import read_parquet
from clioscope.sources.streams import (
    CHUNK,
    BoundedStream,
    Budget,
    FileStream,
    Meter,
    Stream,
    Unpacked,
    ZipMemberStream,
    as_utf8,
    unpack,
)

_ZIP_ERRORS = (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was looked at. ``layout`` is ``None`` for Parquet, which lays out its records itself."""

    found: Found
    layout: Layout | None
    format: str
    compression: str


class Opener:
    """Opens files one after the other, and an archive once for all its members in a row. Used with ``with``."""

    def __init__(self, limits: Limits, fields: Fields | None) -> None:
        self._limits = limits
        self._budgets: dict[Path, Budget] = {}
        self._archive: zipfile.ZipFile | None = None
        self._archive_path: Path | None = None
        named = fields.named().values() if fields else ()
        self._nested = frozenset().union(
            *(format.nested for format in FORMATS), *({path, path.partition(".")[0]} for path in named)
        )

    def __enter__(self) -> Opener:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._archive:
            self._archive.close()

    def open(self, found: Found, meter: Meter, stack: ExitStack) -> Unpacked:
        """The unpacked bytes of ``found``, until ``stack`` is closed.

        Raises
        ------
        UnreadableError
            Where it cannot be opened.
        """
        try:
            budget = self._budgets.setdefault(found.path, Budget(found.path.stat().st_size, self._limits))
            if found.member is None:
                return unpack(FileStream(stack.enter_context(found.path.open("rb")), meter), budget)
            if self._archive is None or self._archive_path != found.path:
                if self._archive:
                    self._archive.close()
                self._archive, self._archive_path = zipfile.ZipFile(found.path), found.path
            member = stack.enter_context(self._archive.open(found.member))
        except OSError as error:
            raise UnreadableError(reason_of(error)) from None
        except _ZIP_ERRORS:
            raise UnreadableError("the zip archive is damaged, or packed in a way that is not known") from None
        stream = ZipMemberStream(member, found.packed, found.size, meter)
        return Unpacked(unpack(BoundedStream(stream, budget), budget).stream, "zip")

    def entries(self, opened: Opened, meter: Meter) -> Iterator[Entry]:
        """The records of a file, in order."""
        with ExitStack() as stack:
            try:
                stream = self.open(opened.found, meter, stack).stream
                if opened.layout is None:
                    file = self._seekable(opened, stream, stack)
                    rows = read_parquet(file, self._nested, meter)
                else:
                    rows = opened.layout.read(as_utf8(stream), self._limits.record)
                yield from rows
            except UnreadableError as error:
                yield Entry(None, None, None, error.reason, ends=True)

    def _seekable(self, opened: Opened, stream: Stream, stack: ExitStack) -> IO[bytes]:
        """A file that can be read from anywhere, as Parquet must be: an unpacked copy that nobody else can open."""
        if not opened.compression:
            return stack.enter_context(opened.found.path.open("rb"))
        copy = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        while data := stream.read(CHUNK):
            copy.write(data)
        copy.seek(0)
        return copy
