"""Rows of CSV, with fields of any length, separated by a comma, a semicolon, a tab or a bar."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from clioscope.sources.base import Entry, UnreadableError
from clioscope.sources.lines import TOO_LONG, read_lines
from clioscope.sources.streams import Stream

_DELIMITERS = ",;\t|"
_RESUMES = 20
"""How often reading goes on behind a quote that never closes."""

NO_QUOTE = "a quote is missing"


class Header(NamedTuple):
    """The first row: what separates its columns, and their names."""

    delimiter: str
    columns: list[str]


def read_header(line: str) -> Header | None:
    """The header that ``line`` is, with the delimiter that gives the most columns; ``None`` where it cannot be one."""
    best: Header | None = None
    for delimiter in _DELIMITERS:
        try:
            columns = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
        except csv.Error:
            continue
        if columns and all(columns) and len(set(columns)) == len(columns):
            best = Header(delimiter, columns) if best is None or len(columns) > len(best.columns) else best
    return best


def read_rows(stream: Stream, header: Header, limit: int) -> Iterator[Entry]:
    """The rows below the header as ``{column: text}``, where a row is as long as the header. Empty fields are left out.

    A row may have at most ``limit`` bytes. A byte that is not UTF-8 becomes a lone surrogate, to be found as such.
    """
    # The module's limit is global and only ever raised here: 131,072 is less than people paste.
    csv.field_size_limit(max(csv.field_size_limit(), limit))
    lines = _Lines(stream, limit)
    resumes = 0
    first = True
    while True:
        lines.begin()
        number = lines.number + 1
        reason = ""
        row: list[str] | None = None
        try:
            row = next(csv.reader(lines, delimiter=header.delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error:
            reason = "not valid CSV"
            if lines.taken > 1:
                reason = NO_QUOTE
                resumes += 1
                if resumes <= _RESUMES:
                    lines.go_back()
        except UnreadableError as error:
            yield Entry(None, number, None, error.reason, ends=error.reason != TOO_LONG)
            if error.reason != TOO_LONG:
                return
            continue
        if row is not None and first:
            first = False
            continue
        if row == []:
            continue
        if row is not None and len(row) != len(header.columns):
            reason = "not as many columns as the header"
        if reason or row is None:
            yield Entry(None, number, None, reason)
        else:
            yield Entry({name: text for name, text in zip(header.columns, row, strict=True) if text}, number, None)


class _Lines:
    """Lines with their newlines, which can be gone back to. Counts how many one row has taken."""

    def __init__(self, stream: Stream, limit: int) -> None:
        self._pieces = read_lines(stream, limit, blank=True)
        self._limit = limit
        self._again: list[str] = []  # the next one last
        self._row: list[str] = []
        self._length = 0
        self.number = 0

    @property
    def taken(self) -> int:
        """Lines of the row so far."""
        return len(self._row)

    def begin(self) -> None:
        """A row begins."""
        self._row = []
        self._length = 0

    def go_back(self) -> None:
        """Go back to the second line of the row."""
        self._again.extend(reversed(self._row[1:]))
        self.number -= len(self._row) - 1

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._next_line()
        self.number += 1
        self._row.append(line)
        self._length += len(line)
        if self._length > self._limit and len(self._row) > 1:
            raise csv.Error
        return line

    def _next_line(self) -> str:
        piece = next(self._pieces)
        if piece.raw is None:
            self.number += 1
            raise UnreadableError(piece.reason)
        return piece.raw.decode("utf-8", "surrogateescape") + "\n"
