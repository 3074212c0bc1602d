"""Elements of a JSON array, one at a time, out of a file of any size.

The file is cut where brackets balance, and only the pieces are parsed: an element that is not valid JSON costs itself
and no other. Where a bracket or a quote is missing, reading goes on at the next element that begins on a line of its
own as the first one did; where all is on one line, nothing behind it can be told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clioscope.sources.base import Entry, UnreadableError
from clioscope.sources.json_values import parse
from clioscope.sources.lines import TOO_LONG
from clioscope.sources.streams import CHUNK, Stream

# The outer repeats are bounded, and `_end_of` goes on from where one ended. Unbounded, they would remember each turn, a
# hundred times the text; possessive, Python 3.11.2 does not give back what a turn had read that then failed.
_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_NO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|' + _STRING + rb"){0,500}", re.DOTALL)
_INSIDE_STRING = re.compile(rb"(?:[^\"\\]++|\\.){0,500}", re.DOTALL)
_SCALAR = re.compile(_STRING + rb'|"[^,]*+|[^\s,"]++', re.DOTALL)
_KEY = re.compile(rb'"((?:[^"\\]++|\\.)*+)"\s*+:\s*+\Z', re.DOTALL)
_KEY_REACH = 300

_QUOTE, _BRACE, _SQUARE = b'"'[0], b"{"[0], b"["[0]
_PARTNER = {b"}"[0]: _BRACE, b"]"[0]: _SQUARE}
_RESUMES = 20
"""How often reading goes on behind a missing bracket. Each time may mean looking at all of ``limit`` again."""

UNBALANCED = "a bracket or a quote is missing"


def read_elements(stream: Stream, limit: int, key: str | None = None) -> Iterator[Entry]:
    """The elements of every array at the root of ``stream``, and the objects that stand there by themselves.

    With ``key``, an object at the root is a wrapper instead: the elements of the array under that key are read.
    """
    return _Elements(stream, limit, key).read()


def array_keys(head: bytes) -> list[str]:
    """The keys of the first object in ``head`` that hold arrays, as far as ``head`` goes."""
    keys: list[str] = []
    depth, at = 0, 0
    while True:
        end = _end_of(_NO_BRACKET, head, at)
        if end >= len(head) or head[end] == _QUOTE:
            return keys
        if head[end] in b"{[":
            if depth == 1 and head[end] == _SQUARE and (found := _KEY.search(head, max(0, end - _KEY_REACH), end)):
                keys.append(found.group(1).decode("utf-8", "replace"))
            depth += 1
        else:
            depth -= 1
            if depth <= 0:
                return keys
        at = end + 1


class _Elements:
    """Where the reading stands. The element that is open begins at ``start``; -1 says that none is."""

    def __init__(self, stream: Stream, limit: int, key: str | None) -> None:
        self._stream, self._limit = stream, limit
        self._key = None if key is None else key.encode()
        self._buffer = bytearray()
        self._at = 0  # all before it is looked at
        self._start = -1
        self._gap = 0  # where what lies between elements begins
        self._stack: list[int] = []  # the brackets that are open
        self._inside = True  # whether what opens next is an element
        self._base = 0  # how many brackets are around an element
        self._number = 0
        self._indent: bytes | None = None  # what stands before an element on its line
        self._inside_string = False  # only in a text that is longer than the limit
        self._too_long = False
        self._failed: str | None = None
        self._resumes = 0

    def read(self) -> Iterator[Entry]:
        while True:
            bracket = self._next_bracket()
            if bracket is None:
                yield from self._end()
                if self._at >= len(self._buffer):
                    return
            elif bracket in (_BRACE, _SQUARE):
                yield from self._open(bracket)
            else:
                yield from self._close(bracket)

    def _next_bracket(self) -> int | None:
        """The next bracket outside a text, which then stands before ``at``; ``None`` at the end."""
        while True:
            if self._inside_string:
                self._at = _end_of(_INSIDE_STRING, self._buffer, self._at)
                if self._at < len(self._buffer) and self._buffer[self._at] == _QUOTE:
                    self._at += 1
                    self._inside_string = False
                    continue
            else:
                self._at = _end_of(_NO_BRACKET, self._buffer, self._at)
                if self._at < len(self._buffer):
                    found = self._buffer[self._at]
                    if found != _QUOTE:
                        self._at += 1
                        return found
                    if len(self._buffer) - self._at > self._limit:
                        self._at += 1
                        self._inside_string = True
                        continue
            if not self._more():
                self._at = len(self._buffer)
                return None

    def _more(self) -> bool:
        """Read on; as much again as there is, since a text that is not yet whole is looked at from its beginning."""
        kept = self._start if self._start >= 0 else self._gap if self._inside else self._at
        if self._at - kept > self._limit:
            self._too_long = True
            kept = self._at
        elif not self._inside:
            kept = max(0, kept - _KEY_REACH)
        del self._buffer[:kept]
        self._at -= kept
        self._gap = 0
        self._start = 0 if self._start >= 0 else -1
        try:
            data = b"" if self._failed else self._stream.read(max(CHUNK, len(self._buffer)))
        except UnreadableError as error:
            self._failed, data = error.reason, b""
        self._buffer += data
        return bool(data)

    def _open(self, bracket: int) -> Iterator[Entry]:
        depth, place = len(self._stack), self._at - 1
        self._stack.append(bracket)
        if self._start >= 0:
            return
        if self._inside:
            yield from self._between(place)
            if depth == 0 and bracket == _SQUARE:
                self._base, self._gap = 1, self._at
            elif depth == 0 and self._key is not None:
                self._inside = False
            else:
                self._begin(place)
        elif depth == 1 and bracket == _SQUARE and self._is_key(place):
            self._inside, self._base, self._gap = True, 2, self._at

    def _begin(self, place: int) -> None:
        self._start = place
        if self._number == 0:
            newline = self._buffer.rfind(b"\n", 0, place)
            before = bytes(self._buffer[newline + 1 : place])
            self._indent = before if newline >= 0 and not before.strip() else None
        self._number += 1

    def _is_key(self, place: int) -> bool:
        found = _KEY.search(self._buffer, max(0, place - _KEY_REACH), place)
        return found is not None and found.group(1) == self._key

    def _close(self, bracket: int) -> Iterator[Entry]:
        stack, place = self._stack, self._at - 1
        while stack and stack.pop() != _PARTNER[bracket]:
            pass  # a bracket that closes another's: whatever was open inside is broken
        depth = len(stack)
        if self._start >= 0:
            if depth > self._base:
                return
            yield self._element(self._at if depth == self._base else place)
            if self._start >= 0:
                self._start, self._gap = -1, self._at
        elif self._inside and depth < self._base:
            yield from self._between(place)
            self._gap = self._at
        # Not `stack`: where reading goes on behind a broken element, the brackets around it are open again.
        if len(self._stack) < self._base or not self._stack:
            self._inside = not self._stack or self._key is None
            self._base = 0
            self._gap = self._at

    def _element(self, end: int) -> Entry:
        """Parse the element up to ``end``; where it is broken, make reading go on at the next line that begins one."""
        if self._too_long or end - self._start > self._limit:
            self._too_long = False
            return self._entry(TOO_LONG)
        try:
            return Entry(parse(self._buffer[self._start : end]), None, self._number)
        except UnreadableError as error:
            if self._resume(end):
                return self._entry(UNBALANCED)
            return self._entry(error.reason)

    def _resume(self, end: int) -> bool:
        """Go back to where an element begins on a line of its own inside the one that is open, if there is such."""
        if self._indent is None or self._resumes >= _RESUMES or self._too_long:
            return False
        mark = b"\n" + self._indent + b"{"
        found = self._buffer.find(mark, self._start + 1, end)
        if found < 0:
            return False
        self._resumes += 1
        self._stack = [[], [_SQUARE], [_BRACE, _SQUARE]][self._base]
        self._start = -1
        self._at = self._gap = found + 1
        self._inside_string = False
        return True

    def _between(self, end: int) -> Iterator[Entry]:
        """What stands between elements and is none: numbers, texts, words."""
        if self._too_long:
            self._too_long = False
            self._number += 1
            yield self._entry(TOO_LONG)
        for _ in _SCALAR.finditer(self._buffer, self._gap, end):
            self._number += 1
            yield self._entry("not a record of columns")
        self._gap = end

    def _end(self) -> Iterator[Entry]:
        """What is left where the file ends: nothing, or an element that never closed."""
        if self._start >= 0:
            if not self._failed and self._resume(len(self._buffer)):
                yield self._entry(UNBALANCED)
                return
            yield self._entry(self._failed or (TOO_LONG if self._too_long else UNBALANCED), ends=True)
            return
        if self._inside:
            yield from self._between(len(self._buffer))
        if self._stack or self._failed:
            self._number += 1
            yield self._entry(self._failed or UNBALANCED, ends=True)

    def _entry(self, reason: str, ends: bool = False) -> Entry:
        return Entry(None, None, self._number, reason, ends)


def _end_of(pattern: re.Pattern[bytes], buffer: bytes | bytearray, at: int) -> int:
    """Where ``pattern``, matched from ``at`` on again and again, finds no more."""
    while (match := pattern.match(buffer, at)) and match.end() > at:
        at = match.end()
    return at
