"""Text to runs of words that may be shown: no code, no addresses, no identifiers, no numbers."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

LONGEST = 1_000
"""Of each text only so many characters are read: a request stands at its beginning, pasted material after it."""


def _ranges(characters: Iterable[int]) -> str:
    """What stands for these characters in a set of a pattern: ranges, which compile in a fraction of the time."""
    runs = ([c for _, c in run] for _, run in groupby(enumerate(characters), lambda pair: pair[1] - pair[0]))
    return "".join(rf"\U{run[0]:08x}-\U{run[-1]:08x}" for run in runs)


MARKS = _ranges(c for c in range(0x300, 0xFE30) if unicodedata.category(chr(c)) in ("Mn", "Mc"))
"""What is put above, below or behind a letter, for a set of a pattern."""

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f"
"""Thai, Lao, Burmese, Khmer, kana and Han: scripts without a space between words."""

_LETTER = rf"[^\W\d_{_UNSPACED}]"
_WORD = re.compile(rf"{_LETTER}[{MARKS}\w]*(?:['’\-]{_LETTER}[{MARKS}\w]*)*")
_RUN = re.compile(rf"[{_UNSPACED}][{_UNSPACED}{MARKS}]*")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_BETWEEN_CHUNKS = rf"[\s{_UNSPACED}]"
_SIGN_OF_IDENTIFIER = re.compile(r"[\d_@\\{}<>=#$%^*|~+\[\]]|://|\w\(|\w[.:;]\w|[a-zß-ÿ][A-Z]|(?<!\S)[./]\w|/\w+/")
"""What words do not have: a chunk of text between spaces that holds one of these is left out whole."""

_GAP, _CHUNK_END = re.compile(_BETWEEN_CHUNKS), re.compile(rf"{_BETWEEN_CHUNKS}|\Z")
_LONGEST_WORD = 30
_BOUNDARY = re.compile(rf"[^\w\s'’\-{MARKS}]+|\s-+\s|(?<=[^\w\s])\s|\n+")
_SENTENCE_END = re.compile(r"[.!?\n]")


class Segment(NamedTuple):
    """Words that stand side by side with no punctuation between them, lower-cased."""

    words: list[str]
    capitals: list[bool | None]
    """Whether each word began with a capital; ``None`` where a sentence begins and a capital says nothing."""


class Reading(NamedTuple):
    """What one text offers to naming."""

    segments: list[Segment]
    runs: list[str]
    """Runs of a script without spaces."""
    lines: list[str]
    """Each line whole, as :func:`spelled` gives it: what a term must not equal."""


def read(text: str, longest: int = LONGEST) -> Reading:
    """Split the first ``longest`` characters of ``text`` into what may be shown and what must not be repeated."""
    text = unicodedata.normalize("NFC", text[:longest])
    lines = [spelled(line) for line in text.split("\n") if len(line) <= 80]
    text = _without_identifiers(_CODE.sub(" | ", text) if "`" in text else text)
    segments: list[Segment] = []
    runs: list[str] = []
    start = 0
    begins = True
    for boundary in [*_BOUNDARY.finditer(text), None]:
        piece = text[start : boundary.start() if boundary else len(text)]
        words = [word for word in _WORD.findall(piece) if len(word) <= _LONGEST_WORD]
        if words:
            capitals: list[bool | None] = [word[0].isupper() and not word[1:].isupper() for word in words]
            if begins:
                capitals[0] = None
            segments.append(Segment([sys.intern(word.lower()) for word in words], capitals))
            begins = False
        runs.extend(_RUN.findall(piece))
        if boundary:
            begins = begins or bool(_SENTENCE_END.search(boundary.group()))
            start = boundary.end()
    return Reading(segments, runs, lines)


def _without_identifiers(text: str) -> str:
    """Put a boundary in the place of each chunk that looks like an address, a path, a number, a key or code."""
    kept, end = [], 0
    for sign in _SIGN_OF_IDENTIFIER.finditer(text):
        if sign.start() < end:
            continue
        start = max(end, _last_gap(text, sign.start()))
        kept.append(text[end:start])
        end = _CHUNK_END.search(text, sign.end()).start()  # type: ignore[union-attr]  # at the latest it finds the end
    return " | ".join([*kept, text[end:]])


def _last_gap(text: str, position: int) -> int:
    while position > 0 and not _GAP.match(text, position - 1):
        position -= 1
    return position


def spelled(text: str) -> str:
    """Bare lower-cased words of ``text``, one space between them: equal for a term and a message of just it."""
    return " ".join(_WORD.findall(text.lower()) + _RUN.findall(text))
