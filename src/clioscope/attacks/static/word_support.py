"""Counting again how many users of a cluster stand behind each word and term that is published about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.truth import Truth
from clioscope.naming import describe
from clioscope.naming.by_language import language_name
from clioscope.privacy.words import Place, Text, clean, content_of, reader_of
from clioscope.privacy.words.reading import plain_words
from clioscope.privacy.words.stems import stem
from clioscope.progress import Progress
from clioscope.vault import categories_of, items_of

Term = tuple[str, ...]
"""Content words, as compared, that have to stand in one text."""

Asked = Mapping[Place, Sequence[Term]]


class Support(NamedTuple):
    """How many terms there are, and how many of them too few users hold."""

    terms: int
    unshared: int


def published_terms(evidence: Evidence) -> dict[Place, list[Term]]:
    """What is said of each cluster: its terms, and each content word of its name and of what a model wrote of it."""
    top = len(evidence.published.sizes) - 1
    areas = {area.name for area in evidence.config.areas}
    found: dict[Place, list[Term]] = {}
    for row in evidence.published.clusters:
        identifier, said = row["id"], []
        if not row["name"].endswith(f"Unnamed cluster {identifier}") and not (
            row["level"] == top and row["name"] in areas
        ):
            said.append(row["name"].removesuffix(f" ({identifier})"))
        if row["description"] != describe(row["terms"], row["conversations"], row["users"]):
            said.append(row["description"])
        words = {word.plain for text in said for word in content_of(clean(text))}
        terms = [tuple(word.plain for word in content_of(clean(term))) for term in row["terms"]]
        place = (row["level"], int(identifier.rpartition("-")[2]))
        found[place] = [*((word,) for word in sorted(words)), *dict.fromkeys(term for term in terms if len(term) > 1)]
        found[place] += [term for term in terms if len(term) == 1 and term[0] not in words]
    return found


def supported(evidence: Evidence, truth: Truth, asked: Asked, needed: int, progress: Progress) -> Support:
    """Count distinct users, or conversations where users are unknown, over all texts of the vault.

    A user holds a term with one text that holds all its words: by stems, as :mod:`clioscope.privacy.words` says, or as
    the name of the language that the conversation is in.
    """
    holders = _Holders(asked, truth)
    whose = truth.conversations if truth.users is None else truth.users
    languages = _Languages(evidence)
    start = 0
    with progress.stage("Recounting words", len(whose), "texts") as work:
        for items in items_of(evidence.run.facets, evidence.published.facet):
            for item, text in enumerate(items.texts, start):
                written, spoken = languages.of(int(truth.conversations[item]))
                holders.add(int(truth.labels[0][item]), int(whose[item]), text, written, spoken)
            start += len(items.texts)
            work.advance(len(items.texts))
    counts = list(holders.counts())
    return Support(len(counts), sum(count < needed for count in counts))


class _Languages:
    """The language of each conversation, and of its text: a model writes English."""

    def __init__(self, evidence: Evidence) -> None:
        self._by_model = "extract" in evidence.config.models
        self._spoken: list[str] = []
        for name, codes, values in categories_of(evidence.run.facets):
            if name == "language":
                self._spoken = [values[code] for code in codes.tolist()]

    def of(self, conversation: int) -> tuple[str, str]:
        spoken = self._spoken[conversation] if self._spoken else "en"
        return ("en" if self._by_model else spoken), spoken


class _Holders:
    """Who holds each term of each cluster."""

    def __init__(self, asked: Asked, truth: Truth) -> None:
        self._users: dict[tuple[Place, Term], set[int]] = {
            (place, term): set() for place, terms in asked.items() for term in terms
        }
        base, first = np.unique(truth.labels[0], return_index=True)
        self._terms: dict[int, list[tuple[Place, Term]]] = {}
        for cluster, item in zip(base.tolist(), first.tolist(), strict=True):
            path = [(level, int(labels[item])) for level, labels in enumerate(truth.labels)]
            self._terms[cluster] = [(place, term) for place in path for term in asked.get(place, ())]
        self._readers: dict[str, Callable[[str], Text]] = {}
        self._stems: dict[tuple[int, str], list[tuple[tuple[Place, Term], list[str]]]] = {}

    def add(self, cluster: int, user: int, text: str, written: str, spoken: str) -> None:
        read = self._readers.setdefault(written, reader_of(written))(text)
        named = frozenset(plain_words(language_name(spoken)))
        for (place, term), stems in self._stemmed(cluster, written):
            if all(read.holds(word, s) or word.casefold() in named for word, s in zip(term, stems, strict=True)):
                self._users[place, term].add(user)

    def counts(self) -> Iterator[int]:
        """Of each term, how many hold it."""
        return (len(users) for users in self._users.values())

    def _stemmed(self, cluster: int, written: str) -> list[tuple[tuple[Place, Term], list[str]]]:
        known = self._stems.get((cluster, written))
        if known is None:
            terms = self._terms.get(cluster, [])
            known = [(key, [stem(word, written) for word in key[1]]) for key in terms]
            self._stems[cluster, written] = known
        return known
