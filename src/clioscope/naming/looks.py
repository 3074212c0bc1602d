"""Which words look like a name of somebody or something, from how people write them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from clioscope.naming.words import Reading

_CAPITALISED = 0.4
"""In a text with more capitals inside its sentences than this they tell nothing about names."""

_TITLES = frozenset(("mr", "mrs", "ms", "dr", "herr", "frau", "señor", "señora", "monsieur", "madame", "signor", "sra"))
_INTRODUCTIONS = frozenset(
    (("name", "is"), ("names", "is"), ("me", "llamo"), ("me", "chamo"), ("mi", "chiamo"), ("je", "m'appelle"),
     ("ich", "heiße"), ("зовут", "меня"), ("меня", "зовут"), ("nama", "saya"))
)  # fmt: skip

_CUES = _TITLES.union(*_INTRODUCTIONS)

_SEEN_AS_NAME = 0.7
"""A word with a capital in this share of its uses inside sentences is treated as a name of something."""

_INTRODUCED, _INTRODUCED_SHARE = 2, 0.15
"""A word that so often, and in such a share of its uses, follows a title or "my name is" is a person's name."""


class Looks(NamedTuple):
    """How often a word stands inside sentences with a capital, without one, after an introduction, and at all."""

    upper: int
    lower: int
    introduced: int
    uses: int


class NameLike(NamedTuple):
    """Words that look like names: of people, never shown; of other things, shown where twice as many share them."""

    people: frozenset[str]
    things: frozenset[str]


def looks_of(readings: Iterable[Reading], words: Container[str]) -> dict[str, Looks]:
    """Count how the ``words`` of one cluster are written. Words that never look like a name are left out."""
    upper: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    introduced: Counter[str] = Counter()
    uses: Counter[str] = Counter()
    for reading in readings:
        inside: list[tuple[str, bool]] = []
        for segment in reading.segments:
            uses.update([word for word in segment.words if word in words])
            introduced.update(_introduced(segment.words))
            inside += [
                (word, capital)
                for word, capital in zip(segment.words, segment.capitals, strict=True)
                if capital is not None and word in words
            ]
        if sum(capital for _, capital in inside) > _CAPITALISED * len(inside):
            continue  # a heading, or a language that writes its nouns with capitals
        for word, capital in inside:
            (upper if capital else lower)[word] += 1
    return {
        word: Looks(upper[word], lower[word], introduced[word], uses[word])
        for word in uses
        if upper[word] or introduced[word]
    }


def name_like(levels: Iterable[Mapping[str, Looks]]) -> NameLike:
    """Tell which words look like names, from all clusters of a level together."""
    totals: dict[str, Looks] = {}
    for looks in levels:
        for word, mine in looks.items():
            total = totals.get(word, Looks(0, 0, 0, 0))
            totals[word] = Looks(*(a + b for a, b in zip(total, mine, strict=True)))
    people = {
        word for word, total in totals.items() if total.introduced >= max(_INTRODUCED, _INTRODUCED_SHARE * total.uses)
    }
    things = {word for word, total in totals.items() if 0 < total.upper >= _SEEN_AS_NAME * (total.upper + total.lower)}
    return NameLike(frozenset(people), frozenset(things))


def _introduced(words: Sequence[str]) -> list[str]:
    if _CUES.isdisjoint(words):
        return []
    return [
        word
        for i, word in enumerate(words)
        if i and (words[i - 1] in _TITLES or tuple(words[max(0, i - 2) : i]) in _INTRODUCTIONS)
    ]
