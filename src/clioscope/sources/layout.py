"""How the records of a file are laid out: a line each, elements of an array, rows of a table."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from clioscope.sources import columns
from clioscope.sources.base import Entry, Record, UnreadableError
from clioscope.sources.csv_rows import Header, read_header, read_rows
from clioscope.sources.elements import array_keys, read_elements
from clioscope.sources.fields import Fields, has
from clioscope.sources.formats import TABLE, detect
from clioscope.sources.formats.table import TURNS, is_one_message
from clioscope.sources.json_values import parse
from clioscope.sources.lines import read_lines
from clioscope.sources.streams import Stream

HEAD = 1 << 20
"""Bytes that are looked at."""

PARQUET = b"PAR1"
NO_CONVERSATIONS = "no conversations in it"
ONE_MESSAGE = "one message a record: group them by conversation first"
MEMORIES = "memories about a person, which are not conversations, are never read"
_MEMORIES = ("conversations_memory", "project_memories")


_BLANK = b" \t\r\n\0"
"""What may stand before the first record. A crash can leave a block of NUL bytes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How records lie in a file. ``key`` is where a wrapping object has its list, ``header`` that of a table."""

    kind: Literal["lines", "elements", "rows"]
    key: str | None = None
    header: Header | None = None

    def read(self, stream: Stream, limit: int) -> Iterator[Entry]:
        """The records of ``stream``, of at most ``limit`` bytes each."""
        if self.header is not None:
            return read_rows(stream, self.header, limit)
        if self.kind == "elements":
            return read_elements(stream, limit, self.key)
        return _parsed_lines(stream, limit)


def _parsed_lines(stream: Stream, limit: int) -> Iterator[Entry]:
    for number, raw, reason, ends in read_lines(stream, limit):
        if raw is None:
            yield Entry(None, number, None, reason, ends)
            continue
        try:
            value = parse(raw)
        except UnreadableError as error:
            yield Entry(None, number, None, error.reason)
        else:
            yield Entry(value, number, None)


def reads(record: Record, fields: Fields | None) -> bool:
    """Whether ``record`` can be read as a conversation."""
    if fields is not None and fields.says_what_was_said:
        return any(has(record, column) for column in fields.words)
    return detect(record) is not None


def may_be_text(start: bytes) -> bool:
    """Whether a file that begins with ``start`` can be text, be a NUL byte in it. Pictures and programs are none."""
    if b"\0" not in start or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    if start.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK).startswith((b"{", b"[")):
        return True
    first = start.partition(b"\n")[0]
    try:
        return b"\0" not in first and bool(first.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def find_layout(head: bytes, fields: Fields | None) -> Layout:
    """The layout of a file that begins with ``head``, without a byte order mark.

    Raises
    ------
    UnreadableError
        Where it is none of the known ones.
    """
    text = head.lstrip(_BLANK)
    if not text:
        raise UnreadableError("the file is empty" if len(head) < HEAD else NO_CONVERSATIONS)
    if text.startswith(b"["):
        return Layout("elements")
    if text.startswith(b"{"):
        return _layout_of_objects(text, whole=len(head) < HEAD, fields=fields)
    lines = text.split(b"\n")[:20]
    if any(line.startswith(b"{") and _parse(line) is not None for line in lines[1:]):
        return Layout("lines")  # the first one is broken
    return _layout_of_table(text, fields)


def _layout_of_objects(text: bytes, whole: bool, fields: Fields | None) -> Layout:
    first, newline, rest = text.partition(b"\n")
    value = _parse(first) if newline or whole else None
    if value is not None and reads(value, fields):
        return Layout("lines")
    for key in array_keys(text):
        if _holds_records(text, key, fields):
            return Layout("elements", key)
    if value is not None or not newline or rest.lstrip(b"\r\n").startswith(b"{"):
        return Layout("lines")
    return Layout("elements")


def _holds_records(text: bytes, key: str, fields: Fields | None) -> bool:
    """Whether the array under ``key`` holds conversations, and not the messages of one."""
    for entry in islice(read_elements(_Bytes(text), HEAD, key), 3):
        if isinstance(entry.value, dict) and reads(entry.value, fields):
            return key not in TURNS or detect(entry.value) is not TABLE
    return False


def _layout_of_table(text: bytes, fields: Fields | None) -> Layout:
    first = text.split(b"\n", 1)[0]
    try:
        header = read_header(first.decode("utf-8"))
    except UnicodeDecodeError:
        raise UnreadableError("not valid UTF-8") from None
    if header is None:
        raise UnreadableError(NO_CONVERSATIONS)
    if fields is not None and any(column in header.columns for column in fields.words):
        return Layout("rows", header=header)
    row = dict.fromkeys(header.columns, "[")
    if is_one_message(row) and not any(name in row for name in TURNS):
        raise UnreadableError(ONE_MESSAGE, header.columns)
    if any(name in row for name in (*columns.TEXT, *TURNS)):
        return Layout("rows", header=header)
    second = text.split(b"\n", 2)[1:2]
    is_table = len(header.columns) > 1 and second and len(_fields_of(second[0], header)) == len(header.columns)
    raise UnreadableError(NO_CONVERSATIONS, header.columns if is_table else ())


def _fields_of(line: bytes, header: Header) -> list[str]:
    try:
        return next(csv.reader([line.decode("utf-8", "replace")], delimiter=header.delimiter), [])
    except csv.Error:
        return []


def not_conversations(records: Sequence[Record]) -> UnreadableError:
    """Why a file with ``records``, none of which is a conversation, is not read."""
    if any(name in record for record in records for name in _MEMORIES):
        return UnreadableError(MEMORIES)
    columns = column_names(records)
    if any(is_one_message(record) for record in records):
        return UnreadableError(ONE_MESSAGE, columns)
    return UnreadableError(NO_CONVERSATIONS, columns)


def column_names(records: Sequence[Record]) -> list[str]:
    """The names of columns of ``records`` that may be told to whoever reads an error.

    What is inside a nested record is not told, nor what few records have: such keys may be people's, as in
    ``{"votes": {"ann@example.org": 1}}``. A dot says that a column is nested.
    """
    met: Counter[str] = Counter()
    nested: set[str] = set()
    for record in records:
        met.update(record.keys())
        nested.update(name for name, value in record.items() if isinstance(value, dict) and value)
    usual = (name for name, count in met.items() if count * _RARE >= len(records))
    return sorted(f"{name}.…" if name in nested else name for name in usual)


def is_name_of_column(name: str) -> bool:
    """Whether ``name`` looks like one that somebody gave to a column, and not like an id or a value."""
    said = name.removesuffix(".…")
    digits = sum(character.isdigit() for character in said)
    is_short = len(said) <= _LONGEST_COLUMN and len(said.split()) <= _MOST_WORDS
    return bool(_COLUMN.fullmatch(said)) and digits <= _MOST_DIGITS and is_short


_RARE = 10
"""A column that fewer than one in so many records have is not told."""

_COLUMN = re.compile(r"[^\W\d][\w .()-]*")
"""Begins with a letter, and has none of the signs that addresses have."""

_LONGEST_COLUMN, _MOST_WORDS, _MOST_DIGITS = 40, 5, 2


def _parse(line: bytes) -> Record | None:
    try:
        value = parse(line)
    except UnreadableError:
        return None
    return value if isinstance(value, dict) else None


class _Bytes:
    """Bytes as a stream."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        data, self._data = self._data, b""
        return data
