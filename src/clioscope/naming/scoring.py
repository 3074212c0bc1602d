"""Which phrases describe a cluster and tell it from the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.embeddings.base import Embedder, Vectors
from clioscope.naming.looks import NameLike, name_like
from clioscope.naming.phrases import ClusterPhrases, Phrase

_NEAREST = 8
"""So many of the nearest clusters are compared word by word."""

_SMOOTHING = 0.02
"""Added to shares before their ratio is taken, so that a rare phrase is not a perfect contrast."""

_FEWEST_TO_CENTRE = 8
"""The mean of fewer rows says more about them than about what all texts share."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each quality of a phrase counts. Cosines are taken after centring on the level's mean.

    Measured on CLINC150, Banking77 and HWU64; starting point: the rule of KeyBERT with diverse phrases.

    Parameters
    ----------
    other
        Against the largest cosine to another cluster's centroid.
    share
        For the square root of the share of users who hold the phrase.
    contrast
        For the log ratio of that share to its mean in the nearest clusters.
    length
        For each word, up to three.
    breadth
        For the share of a parent's children that hold it.
    leads
        For the share of its uses that stand where a verb would: "freeze account" reads better than "account frozen".
    tight
        For the share of its uses with nothing but joining words inside.
    bland_share, bland_contrast
        What a bland word needs of both to be used at all.
    """

    other: float = 0.5
    share: float = 0.3
    contrast: float = 0.05
    length: float = 0.07
    breadth: float = 0.0
    leads: float = 0.05
    tight: float = 0.05
    bland_share: float = 0.1
    bland_contrast: float = 1.5


class Candidate(NamedTuple):
    """A phrase with its contrast to the nearest clusters (log ratio of shares)."""

    phrase: Phrase
    contrast: float


@dataclass(frozen=True, slots=True)
class Scored:
    """The candidates of one cluster, best first.

    ``vectors``: float32 [n, d], unit length, centred on the level's mean; ``scores``: float64 [n].
    """

    phrases: list[Phrase] = field(default_factory=list)
    vectors: Vectors = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    scores: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))


def score(
    found: Sequence[ClusterPhrases],
    parts: Sequence[int],
    centroids: Vectors,
    embedder: Embedder,
    min_support: int,
    weights: Weights,
    *,
    most: int = 16,
) -> list[Scored]:
    """Score the phrases of every cluster of a level.

    Parameters
    ----------
    found
        What each of the k clusters offers.
    parts
        How many children each cluster has; 1 for a base cluster.
    centroids
        float32 [k, d], unit length.
    embedder
        The embedder that made the centroids.
    min_support
        A phrase with a word that looks like the name of a thing needs twice as many users, one with a person's is out.
    most
        At most so many phrases a cluster are embedded: the most shared and most contrasting.
    """
    names = name_like(mine.looks for mine in found)
    near = _nearest(centroids)
    chosen = [
        _candidates(mine, [found[j] for j in near[i]], names, min_support, weights)[:most]
        for i, mine in enumerate(found)
    ]
    texts = sorted({candidate.phrase.text for mine in chosen for candidate in mine})
    row = {text: i for i, text in enumerate(texts)}
    vectors = _centred(embedder.embed(texts)) if texts else np.empty((0, centroids.shape[1]), dtype=np.float32)
    centres = _centred(centroids)
    return [
        _scored(mine, i, vectors[[row[c.phrase.text] for c in mine]], centres, parts[i], weights) if mine else Scored()
        for i, mine in enumerate(chosen)
    ]


def _candidates(
    mine: ClusterPhrases, near: Sequence[ClusterPhrases], names: NameLike, min_support: int, weights: Weights
) -> list[Candidate]:
    candidates = []
    for phrase in mine.phrases:
        elsewhere = sum(other.shares.get(phrase.family, 0.0) for other in near) / max(1, len(near))
        contrast = math.log((phrase.share + _SMOOTHING) / (elsewhere + _SMOOTHING)) if near else 0.0
        named = any(word in names.things for word in phrase.words)
        person = any(word in names.people for word in phrase.words)
        weak = phrase.bland and (phrase.share < weights.bland_share or contrast < weights.bland_contrast)
        if not person and not weak and phrase.support.users >= (2 * min_support if named else min_support):
            candidates.append(Candidate(phrase, contrast))
    return sorted(candidates, key=lambda c: (-_cheap_score(c, weights), c.phrase.words))


def _cheap_score(candidate: Candidate, weights: Weights) -> float:
    phrase = candidate.phrase
    return (
        weights.share * math.sqrt(phrase.share)
        + weights.contrast * candidate.contrast
        + weights.length * min(3, len(phrase.words))
        + weights.leads * phrase.leads
        + weights.tight * phrase.tight
    )


def _scored(
    mine: Sequence[Candidate], cluster: int, vectors: Vectors, centres: Vectors, parts: int, weights: Weights
) -> Scored:
    cosines = vectors @ centres.T
    own = cosines[:, cluster].copy()
    cosines[:, cluster] = -1
    other = cosines.max(axis=1) if len(centres) > 1 else np.zeros_like(own)
    scores = (own - weights.other * other).astype(np.float64)
    scores += [_cheap_score(c, weights) + weights.breadth * c.phrase.breadth / parts for c in mine]
    order = sorted(range(len(mine)), key=lambda i: (-round(float(scores[i]), 6), mine[i].phrase.words))
    return Scored([mine[i].phrase for i in order], vectors[order], scores[order])


def _nearest(centroids: Vectors) -> list[list[int]]:
    k = len(centroids)
    near = []
    for start in range(0, k, 512):
        block = centroids[start : start + 512] @ centroids.T
        for i, row in enumerate(block):
            row[start + i] = -2
            near.append(np.argsort(-row, kind="stable")[: min(_NEAREST, k - 1)].tolist())
    return near


def _centred(rows: Vectors) -> Vectors:
    """Take the mean off and scale to unit length: what all rows share tells none of them apart."""
    if len(rows) < _FEWEST_TO_CENTRE:
        return rows
    centred = rows - rows.mean(axis=0)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(length, 1e-6), dtype=np.float32)
