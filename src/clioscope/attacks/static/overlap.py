"""Runs of words that stand both in published texts and in texts of few people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from clioscope.privacy.words import clean
from clioscope.privacy.words.general import is_general
from clioscope.privacy.words.reading import is_unspaced, plain_words

LONGEST = 16
"""Words of a run; longer ones count as so long."""


class Run(NamedTuple):
    """A run of words in a published text.

    Parameters
    ----------
    words
        How many; of a script that parts no words, two characters count as one.
    characters
        With a space between words.
    content
        Whether it holds at least two words that tell something.
    """

    words: int
    characters: int
    content: bool


class Overlaps:
    """Which runs of some texts are in the texts of at least one and of fewer than ``k`` others.

    All runs of the published texts are kept as a tree of words, along which every other text is walked.

    Parameters
    ----------
    texts
        What is published.
    k
        A run that so many people have is nobody's own.
    """

    def __init__(self, texts: Sequence[str], k: int) -> None:
        self._k = k
        self._numbers: dict[str, int] = {}
        self._texts = [[self._numbers.setdefault(w, len(self._numbers)) for w in tokens(text)] for text in texts]
        self._words = list(self._numbers)
        self._next: dict[tuple[int, int], int] = {}
        self._holders: list[set[int]] = [set()]
        for text in self._texts:
            for start in range(len(text)):
                self._grow(text[start : start + LONGEST])

    def add(self, user: int, text: str) -> None:
        """Let a text of a user be compared."""
        numbers, step = self._numbers, self._next
        found = [numbers.get(word, -1) for word in tokens(text)]
        for start, first in enumerate(found):
            if first < 0:
                continue
            node = step[0, first]
            for number in found[start + 1 : start + LONGEST]:
                node = step.get((node, number), 0)
                if node == 0:
                    break
                holders = self._holders[node]
                if len(holders) < self._k:
                    holders.add(user)

    def longest(self) -> list[Run]:
        """Of each published text the longest run of two words or more that somebody has and fewer than k have."""
        return [max(self._runs(text), default=Run(0, 0, False)) for text in self._texts]

    def _grow(self, run: Sequence[int]) -> None:
        node = 0
        for number in run:
            following = self._next.get((node, number))
            if following is None:
                following = self._next[node, number] = len(self._holders)
                self._holders.append(set())
            node = following

    def _runs(self, text: Sequence[int]) -> Iterable[Run]:
        for start in range(len(text)):
            node = 0
            for end in range(start, min(start + LONGEST, len(text))):
                node = self._next[node, text[end]]
                if end > start and 0 < len(self._holders[node]) < self._k:
                    yield self._run([self._words[number] for number in text[start : end + 1]])

    def _run(self, words: Sequence[str]) -> Run:
        spaced = sum(not is_unspaced(word) for word in words)
        length = spaced + (len(words) - spaced) // 2
        return Run(length, sum(map(len, words)) + spaced - 1, sum(not is_general(word) for word in words) >= 2)


def tokens(text: str) -> list[str]:
    """The words of a text as they are compared; of scripts that part none, the characters."""
    return [piece for word in plain_words(clean(text)) for piece in (word if is_unspaced(word) else (word,))]
