"""Names without a language model: the phrases that many people of a cluster share and few others do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from clioscope.embeddings.base import Embedder, Vectors
from clioscope.naming.base import ClusterName, ClusterTexts, Member, Term
from clioscope.naming.choosing import choose, make_distinct
from clioscope.naming.phrases import ClusterPhrases, extract
from clioscope.naming.scoring import Scored, Weights, score

_BASE = Weights()
_PARENT = Weights(share=0.6, contrast=0.1, length=0.0, breadth=0.3)

_IN_A_NAME = 3
_IN_A_DESCRIPTION = 6
_WORST_IN_A_NAME, _WORST_IN_A_PARENT = 0.6, 1.0
"""A phrase that scores so much less than the best one is left out of the name; a parent's terms differ more."""

_MEMBERS_OF_A_CLUSTER, _MEMBERS_OF_A_PARENT = 240, 480
"""Enough to see what a twentieth of a cluster shares; more only takes longer."""


class LocalNamer:
    """Names clusters by their own shared phrases. Holds no state; the same input gives the same names.

    Parameters
    ----------
    embedder
        The embedder that made the centroids. It sees candidate phrases only, at most 16 a cluster.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def name_and_version(self) -> str:
        """Identifies the method: changed names mean a changed version."""
        return f"local-phrases/2 with {self._embedder.name}"

    def name(self, clusters: ClusterTexts, centroids: Vectors, *, min_support: int) -> list[ClusterName]:
        """See :meth:`clioscope.naming.base.Namer.name`."""
        found = [extract(_thinned(clusters.members(i)), min_support) for i in range(len(clusters))]
        scored = score(found, [1] * len(found), centroids, self._embedder, min_support, _BASE)
        return _named(scored, " / ", _WORST_IN_A_NAME)

    def name_parents(
        self, children: Sequence[Sequence[int]], clusters: ClusterTexts, centroids: Vectors, *, min_support: int
    ) -> list[ClusterName]:
        """See :meth:`clioscope.naming.base.Namer.name_parents`."""
        found: list[ClusterPhrases] = []
        centres = np.zeros((len(children), centroids.shape[1]), dtype=np.float32)
        for i, below in enumerate(children):
            pooled = _pool(below, clusters)
            found.append(extract(pooled.members, min_support, parts=pooled.children))
            centre = centroids[list(below)].mean(axis=0) if below else centres[i]
            centres[i] = centre / max(float(np.linalg.norm(centre)), 1e-6)
        parts = [max(1, len(below)) for below in children]
        return _named(score(found, parts, centres, self._embedder, min_support, _PARENT), ", ", _WORST_IN_A_PARENT)


def _thinned(members: Sequence[Member]) -> Sequence[Member]:
    """Members from all over the sample, whatever its order."""
    kept = min(len(members), _MEMBERS_OF_A_CLUSTER)
    return [members[i * len(members) // kept] for i in range(kept)]


class _Pooled(NamedTuple):
    members: list[Member]
    children: list[int]


def _pool(below: Sequence[int], clusters: ClusterTexts) -> _Pooled:
    """Take members from each child in turn, so that a large child does not drown the others."""
    each = max(1, -(-_MEMBERS_OF_A_PARENT // max(1, len(below))))
    samples = [[(member, child) for member in clusters.members(child)[:each]] for child in below]
    turns = [pair for turn in zip_longest(*samples) for pair in turn if pair][:_MEMBERS_OF_A_PARENT]
    return _Pooled([member for member, _ in turns], [child for _, child in turns])


def _named(scored: Sequence[Scored], separator: str, worst: float) -> list[ClusterName]:
    picked = [choose(mine, _IN_A_DESCRIPTION, worst=float("inf")) for mine in scored]
    in_name = [
        [i for i in chosen[:_IN_A_NAME] if mine.scores[i] >= mine.scores[chosen[0]] - worst]
        for mine, chosen in zip(scored, picked, strict=True)
    ]
    texts = [[mine.phrases[i].text for i in name] for mine, name in zip(scored, in_name, strict=True)]
    spare = [
        [mine.phrases[i].text for i in chosen if i not in name]
        for mine, chosen, name in zip(scored, picked, in_name, strict=True)
    ]
    names = make_distinct(texts, spare, separator)
    return [
        ClusterName(name, tuple(_term(mine, i) for i in chosen))
        for name, mine, chosen in zip(names, scored, picked, strict=True)
    ]


def _term(mine: Scored, i: int) -> Term:
    phrase = mine.phrases[i]
    return Term(phrase.text, phrase.support.users, phrase.support.conversations, round(float(mine.scores[i]), 6))
