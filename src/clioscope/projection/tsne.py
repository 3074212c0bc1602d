"""Exact t-SNE: a map has thousands of clusters at most and not millions of points.

References
----------
van der Maaten and Hinton (2008), "Visualizing Data using t-SNE", Journal of Machine Learning Research 9.
Böhm, Berens and Kobak (2022), "Attraction-Repulsion Spectrum in Neighbor Embeddings", Journal of Machine Learning
Research 23: a little exaggeration kept to the end draws groups together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Single = NDArray[np.float32]

_PERPLEXITY = 15.0
_ITERATIONS = 500
_EXAGGERATED = 120
_EXAGGERATION = 8.0
_KEPT_EXAGGERATION = 1.5
_CELLS = 1 << 18
"""Entries of a block of rows: a few of them stay in the processor's cache."""


def affinities(distances: Single) -> Single:
    """Symmetric probabilities [k, k] whose rows have the entropy of 15 neighbours each, fewer where k is small.

    Parameters
    ----------
    distances
        float32 [k, k], k at least 4.
    """
    k = len(distances)
    entropy = np.log(min(_PERPLEXITY, max((k - 1) / 3, 1.5)))
    found = np.empty((k, k), dtype=np.float32)
    for rows in _blocks(k):
        found[rows] = _of_rows(distances[rows], rows, entropy)
    found += found.T.copy()
    found /= 2 * k
    np.maximum(found, 1e-12, out=found)
    return found


def _of_rows(distances: Single, rows: slice, entropy: float) -> Array:
    """Probabilities of each row's neighbours, its width found by bisection."""
    own = (np.arange(len(distances)), np.arange(rows.start, rows.stop))
    others = distances.astype(np.float64)
    others[own] = np.inf
    others -= others.min(axis=1, keepdims=True)
    others[own] = 0
    low, high = np.zeros(len(others)), np.full(len(others), np.inf)
    beta = 1 / np.maximum(others.mean(axis=1), 1e-12)
    for _ in range(40):
        weights = np.exp(-others * beta[:, None])
        weights[own] = 0
        total = weights.sum(axis=1)
        wide = np.log(total) + beta * (others * weights).sum(axis=1) / total > entropy
        low, high = np.where(wide, beta, low), np.where(wide, high, beta)
        beta = np.where(np.isinf(high), 2 * beta, (low + high) / 2)
    found: Array = weights / total[:, None]
    return found


def descend(affinity: Single, points: Array) -> Array:
    """Gradient descent with momentum and per-coordinate gains.

    Parameters
    ----------
    affinity
        float32 [k, k], from :func:`affinities`.
    points
        [k, 2]: where to begin, of any scale.

    Returns
    -------
    float64 [k, 2], of any scale, around 0.
    """
    step = np.float32(max(len(points) / _EXAGGERATION, 50.0))
    places = (1e-2 * points / max(float(points.std()), 1e-12)).astype(np.float32)
    velocity, gains = np.zeros_like(places), np.ones_like(places)
    for iteration in range(_ITERATIONS):
        early = iteration < _EXAGGERATED
        gradient = _gradient(affinity, places, _EXAGGERATION if early else _KEPT_EXAGGERATION)
        gains = np.where(np.sign(gradient) != np.sign(velocity), gains + 0.2, gains * 0.8).clip(0.01)
        velocity = (0.5 if early else 0.8) * velocity - step * gains * gradient
        places = places + velocity
        places -= places.mean(axis=0)
    return places.astype(np.float64)


def _gradient(affinity: Single, places: Single, exaggeration: float) -> Single:
    """Attraction along the affinities against repulsion among all, block by block of rows."""
    attraction, repulsion = np.empty_like(places), np.empty_like(places)
    total = 0.0
    for rows in _blocks(len(places)):
        x = places[rows, 0, None] - places[:, 0]
        y = places[rows, 1, None] - places[:, 1]
        closeness = x * x
        closeness += y * y
        closeness += 1
        np.reciprocal(closeness, out=closeness)
        total += float(closeness.sum(dtype=np.float64))
        pull = affinity[rows] * closeness
        attraction[rows, 0], attraction[rows, 1] = np.einsum("ij,ij->i", pull, x), np.einsum("ij,ij->i", pull, y)
        closeness *= closeness
        repulsion[rows, 0] = np.einsum("ij,ij->i", closeness, x)
        repulsion[rows, 1] = np.einsum("ij,ij->i", closeness, y)
    total -= len(places)  # each point's closeness to itself, 1, is no part of it
    return 4 * (np.float32(exaggeration) * attraction - repulsion / np.float32(total))


def _blocks(k: int) -> Iterator[slice]:
    height = max(_CELLS // k, 1)
    for start in range(0, k, height):
        yield slice(start, min(start + height, k))
