"""What a word does in a phrase: joins, fills, or carries the topic; and its stem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import snowballstemmer

_ALGORITHMS = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fa": "persian", "fr": "french",
    "hi": "hindi", "id": "indonesian", "it": "italian", "nl": "dutch", "pl": "polish", "pt": "portuguese",
    "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip

_PARTICLES_KO = ("에서는", "으로는", "에서", "으로", "에게", "한테", "부터", "까지", "하고", "이나",
                 "을", "를", "이", "가", "은", "는", "에", "의", "로", "도", "와", "과", "만")  # fmt: skip


class Role(IntEnum):
    """What a word may do in a phrase."""

    BREAK = 0
    """Ends the phrase."""
    DROP = 1
    """May stand between two words of a phrase, and is not shown."""
    KEEP = 2
    """May stand between two words of a phrase, and is shown."""
    WEAK = 3
    """Counts as a word, but never as the last or only one."""
    TOPIC = 4
    """Carries the topic."""


@cache
def _lists() -> Mapping[str, frozenset[str]]:
    lists = {}
    for line in files("clioscope.naming").joinpath("stopwords.txt").read_text("utf-8").split("\n"):
        head, colon, words = line.partition(":")
        if colon and not line.startswith("#"):
            lists[head] = frozenset(words.split())
    return lists


@cache
def _languages_of() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for head, words in _lists().items():
        language = head.partition(".")[0]
        for word in sorted(words) if head not in ("en.weak", "en.filler") else ():
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


def language_of(words: Sequence[str]) -> str:
    """Guess the language of lower-cased ``words`` from their function words; ``"en"`` where nothing tells."""
    languages = _languages_of()
    hits = {"en": 0}
    for word in words:
        for language in languages.get(word, ()):
            hits[language] = hits.get(language, 0) + 1
    return max(hits, key=hits.__getitem__)


@lru_cache(maxsize=200_000)
def role_of(word: str, language: str) -> Role:
    """Tell what a lower-cased word may do in a phrase of ``language``."""
    lists = _lists()
    if word in lists["en.drop"] and language == "en":
        return Role.DROP
    if word in lists["en.keep"] and language == "en":
        return Role.KEEP
    if language == "en" and (word in lists["en"] or (len(word) > 5 and word.endswith("ally"))):
        return Role.BREAK
    if language == "en" and word in lists["en.weak"]:
        return Role.WEAK
    if language != "en" and word in lists.get(language, ()):
        return Role.KEEP
    return Role.TOPIC if len(word) > 1 else Role.BREAK


def is_filler(word: str) -> bool:
    """Whether the word greets or answers: it names a cluster only where most members say it."""
    return word in _lists()["en.filler"]


@lru_cache(maxsize=200_000)
def stem_of(word: str, language: str) -> str:
    """Give the form that a word shares with its inflections."""
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    if language == "ko":
        particle = next((p for p in _PARTICLES_KO if word.endswith(p) and len(word) - len(p) >= 2), "")
        return word.removesuffix(particle)
    stemmer = _stemmer(language)
    return word if stemmer is None else str(stemmer.stemWord(word))


@cache
def _stemmer(language: str) -> Any:
    algorithm = _ALGORITHMS.get(language)
    return snowballstemmer.stemmer(algorithm) if algorithm else None
