"""A rule: what one kind of thing looks like, and what has to hold for it to be one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

_BEFORE, _BEHIND = 48, 16
"""Characters in which a word that says what a number is may stand."""

_FEWEST_DIGITS = 4
_AHEAD = 64
"""Characters before a run in which a match may begin."""

_LINE = re.compile(r"[^\n]+")
_DIGIT = re.compile(r"[0-9]")
_RUN = re.compile(r"[!-~]{15,}+")


Digits = Literal["none", "some", "many"]


class Span(NamedTuple):
    """Characters of a text that are to be replaced, and by which kind."""

    start: int
    end: int
    kind: str


class Finder(Protocol):
    """Finds one kind of thing, or several, in time proportional to the length of the text."""

    @property
    def digits(self) -> Digits:
        """What a text needs to be gone through; see :class:`Rule`."""

    def find(self, text: str) -> Iterator[Span]:
        """Yield what is found, in the order of the text."""


@dataclass(frozen=True)
class Rule:
    """A pattern with what has to hold for its matches.

    Parameters
    ----------
    kind
        What stands in its place, in brackets.
    pattern
        Linear: what repeats without limit cannot begin again inside itself. Of a match with a group ``it``, that group
        alone is replaced.
    check
        Whether a match is one, by its check digits; ``None`` where the form is enough.
    near
        Words of which one has to stand shortly before the match, or right behind it.
    needs
        Strings of which one is in every text with a match, so that others need not be gone through.
    digits
        What a text needs to be gone through at all: ``many`` digits in one line (at least four, and the match is within
        that line), ``some`` digit, or none.
    runs
        Whether every match ends in a run of 15 printable ASCII characters or more, and begins in it or up to 64 before
        it, so that the rest of a text need not be gone through. Few words are as long.
    """

    kind: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    near: re.Pattern[str] | None = None
    needs: tuple[str, ...] = ()
    digits: Digits = "none"
    runs: bool = False

    def find(self, text: str) -> Iterator[Span]:
        """See :class:`Finder`."""
        if not self._is_possible(text):
            return
        for start, end in self._where(text):
            for match in self.pattern.finditer(text, start, end):
                group = "it" if "it" in self.pattern.groupindex and match["it"] is not None else 0
                if self._holds(text, match.start(group), match.end(group)):
                    yield Span(match.start(group), match.end(group), self.kind)

    def _is_possible(self, text: str) -> bool:
        # A loop, where any() would take three times as long: every text comes here for every rule.
        for needed in self.needs:
            if needed in text:
                return True
        return not self.needs

    def _where(self, text: str) -> tuple[tuple[int, int], ...]:
        """The parts of ``text`` to be gone through."""
        if self.runs:
            return around_runs(text)
        return lines_with_digits(text) if self.digits == "many" else ((0, len(text)),)

    def _holds(self, text: str, start: int, end: int) -> bool:
        if self.near is not None and not is_near(self.near, text, start, end):
            return False
        return self.check is None or self.check(text[start:end])


@lru_cache(maxsize=4)
def lines_with_digits(text: str) -> tuple[tuple[int, int], ...]:
    """Where the lines are that hold enough digits to be looked at. Every rule of one text asks for the same."""
    lines = (match.span() for match in _LINE.finditer(text))
    return tuple((start, end) for start, end in lines if len(_DIGIT.findall(text, start, end)) >= _FEWEST_DIGITS)


@lru_cache(maxsize=4)
def around_runs(text: str) -> tuple[tuple[int, int], ...]:
    """Where long runs of printable ASCII characters are, with what is shortly before them; none over another."""
    found: list[tuple[int, int]] = []
    for match in _RUN.finditer(text):
        start = max(0, match.start() - _AHEAD)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, match.end()))
    return tuple(found)


def digits_in(text: str) -> Digits:
    """What :class:`Rule` calls the digits of ``text``."""
    if not _DIGIT.search(text):
        return "none"
    return "many" if lines_with_digits(text) else "some"


def is_near(words: re.Pattern[str], text: str, start: int, end: int, *, before: int = _BEFORE) -> bool:
    """Whether one of ``words`` stands shortly before ``text[start:end]``, or right behind it."""
    return bool(words.search(text, max(0, start - before), start) or words.search(text, end, end + _BEHIND))


def digits_of(text: str) -> str:
    """The digits of ``text`` alone."""
    return "".join(_DIGIT.findall(text))


def words(*alternatives: str) -> re.Pattern[str]:
    """Any of these, in any case, as whole words at their beginning."""
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(alternatives)})", re.IGNORECASE)
