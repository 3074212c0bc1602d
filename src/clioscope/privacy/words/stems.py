"""When two words are the same: equal stems, or one line of the list of general verbs."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from clioscope.naming.lexicon import stem_of
from clioscope.naming.unspaced import pairs_of
from clioscope.privacy.words.cased import cased_of
from clioscope.privacy.words.general import is_acronym, sets_of
from clioscope.privacy.words.reading import (
    is_unspaced,
    normal,
    plain,
    plain_words,
    spelled_words,
    without_spaces_inside,
)

ENGLISH = "en"
"""The language of what is published, and of texts in an unknown one."""

_KEPT = 300_000
"""Words of a language whose stems are remembered."""


class Text(NamedTuple):
    """A facet text as it is counted.

    Parameters
    ----------
    stems
        Of its words. What two texts are compared by.
    unspaced
        The whole text as compared, where it holds a script that parts no words; else empty. A word of such a script is
        in the text where it stands in it: anywhere, but for katakana, which has to be a whole run of it there, and for
        a single character, which has to stand alone.
    cased
        Its words that are others with capitals, with them.
    """

    stems: frozenset[str]
    unspaced: str
    cased: frozenset[str]

    def holds(self, word: str, stemmed: str) -> bool:
        """Whether a word, as it is compared, is in the text; ``stemmed``: its :func:`stem` in the text's language."""
        if not is_unspaced(word):
            return stemmed in self.stems or stemmed in self.cased
        if not self.unspaced or len(word) == 1:
            return len(word) == 1 and word in self.stems
        return word in self.unspaced and _whole(word).search(self.unspaced) is not None


_KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff"


@lru_cache(maxsize=10_000)
def _whole(word: str) -> re.Pattern[str]:
    """Where a word stands without further katakana beside its own."""
    first, last = (re.match(f"[{_KATAKANA}]", end) is not None for end in (word[0], word[-1]))
    before, after = f"(?<![{_KATAKANA}])" * first, f"(?![{_KATAKANA}])" * last
    return re.compile(f"{before}{re.escape(word)}{after}")


def reader_of(language: str) -> Callable[[str], Text]:
    """What reads texts of a language (ISO 639-1; anything else counts as English)."""
    known = _stems_of(language)

    def read(text: str) -> Text:
        text = normal(text)
        lowered = plain(text)
        words = plain_words(lowered) + spelled_words(lowered)
        if len(known) > _KEPT:
            known.clear()
        cased = cased_of(text)
        if text.isascii() or not any(map(is_unspaced, words)):
            return Text(frozenset(map(known.__getitem__, words)), "", cased)
        stems = {piece for word in words for piece in (pairs_of(word) if is_unspaced(word) else [known[word]])}
        return Text(frozenset(stems), without_spaces_inside(lowered), cased)

    return read


class _Stems(dict[str, str]):
    """Stems by word, found when they are first asked for."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __missing__(self, word: str) -> str:
        found = self[word] = stem(word, self._language)
        return found


@cache
def _stems_of(language: str) -> _Stems:
    return _Stems(language)


def stem(word: str, language: str) -> str:
    """What a word, as it is compared, has in common with its inflections and with general verbs of its meaning."""
    if word.isdigit() or len(word) > 60 or not word.islower():
        return word
    if is_acronym(word):
        return word
    if word[-1] == "s" and is_acronym(word[:-1]):
        return word[:-1]
    known = _SPOKEN.get(language, language)
    if known != ENGLISH:
        return stem_of(word, known)
    found = _root(word)
    return _synonyms().get(found, found)


def _root(word: str) -> str:
    """The stem of an English word, or what stands for it where it is none of its stem."""
    return _apart().get(word) or stem_of(word, ENGLISH)


_SPOKEN = {"und": ENGLISH, "": ENGLISH}


@cache
def _apart() -> dict[str, str]:
    """The first word of a line for every word of it."""
    return {word: line[0] for line in sets_of("apart.txt") for word in line}


@cache
def _synonyms() -> dict[str, str]:
    """The first stem of a line for every stem of it."""
    found: dict[str, str] = {}
    for line in sets_of("synonyms.txt"):
        stems = [_root(word) for word in line]
        for one in stems:
            found.setdefault(one, stems[0])
    return found
