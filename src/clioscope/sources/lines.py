"""Lines, which end at a newline and at nothing else: texts hold carriage returns and U+2028."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from clioscope.sources.base import UnreadableError
from clioscope.sources.streams import CHUNK, Stream


class Piece(NamedTuple):
    """One line: its number from 1, and its bytes or the reason why there are none."""

    number: int
    raw: bytes | None
    reason: str = ""
    ends: bool = False
    """Whether nothing can be read behind it."""


TOO_LONG = "a record longer than the limit"


def read_lines(stream: Stream, limit: int, blank: bool = False) -> Iterator[Piece]:
    """The lines of ``stream`` without their newline, of at most ``limit`` bytes each; blank ones only if asked for."""
    number = 0
    begun: list[bytes] = []
    length = 0
    while True:
        try:
            data = stream.read(CHUNK)
        except UnreadableError as error:
            yield Piece(number + 1, None, error.reason, ends=True)
            return
        if not data:
            break
        first, *whole = data.split(b"\n")
        length += len(first)
        if length > limit:
            begun = []  # the line is given up; its bytes need not be kept to find its end
        else:
            begun.append(first)
        if not whole:
            continue
        last = whole.pop()
        number += 1
        if length > limit:
            yield Piece(number, None, TOO_LONG)
        elif (line := b"".join(begun)).strip() or blank:
            yield Piece(number, line)
        for line in whole:
            number += 1
            if len(line) > limit:
                yield Piece(number, None, TOO_LONG)
            elif blank or (line and not line.isspace()):
                yield Piece(number, line)
        begun, length = [last], len(last)
    if length > limit:
        yield Piece(number + 1, None, TOO_LONG)
    elif (line := b"".join(begun)).strip():
        yield Piece(number + 1, line)
