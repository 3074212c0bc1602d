"""When two words are the same: equal stems, or one line of the list of general verbs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from clioscope.naming.lexicon import stem_of
from clioscope.privacy.words.reading import is_unspaced, plain, plain_words

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
        in the text where it stands anywhere in it.
    """

    stems: frozenset[str]
    unspaced: str


def reader_of(language: str) -> Callable[[str], Text]:
    """What reads texts of a language (ISO 639-1; anything else counts as English)."""
    known = _stems_of(language)

    def read(text: str) -> Text:
        words = plain_words(text)
        if len(known) > _KEPT:
            known.clear()
        if text.isascii() or not any(map(is_unspaced, words)):
            return Text(frozenset(map(known.__getitem__, words)), "")
        stems = {piece for word in words for piece in (_pairs(word) if is_unspaced(word) else [known[word]])}
        return Text(frozenset(stems), plain(text))

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


def _pairs(run: str) -> list[str]:
    """Pairs of characters, to compare texts by that part no words."""
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))]


def stem(word: str, language: str) -> str:
    """What a word, as it is compared, has in common with its inflections and with general verbs of its meaning."""
    if word.isdigit() or len(word) > 60:
        return word
    known = _SPOKEN.get(language, language)
    found = stem_of(word, known)
    return _synonyms().get(found, found) if known == ENGLISH else found


_SPOKEN = {"und": ENGLISH, "": ENGLISH}


@cache
def _synonyms() -> dict[str, str]:
    """The first stem of a line for every stem of it."""
    found: dict[str, str] = {}
    for line in files("clioscope.privacy.words").joinpath("synonyms.txt").read_text("utf-8").splitlines():
        stems = [stem_of(word, ENGLISH) for word in line.split()] if not line.startswith("#") else []
        for one in stems:
            found.setdefault(one, stems[0])
    return found
