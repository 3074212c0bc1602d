"""Where each base cluster lies on the map.

References
----------
van der Maaten and Hinton (2008), "Visualizing Data using t-SNE", Journal of Machine Learning Research 9. Exact, since a
map has thousands of clusters at most and not millions of points.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MOST_NEIGHBOURS = 15
_ITERATIONS = 500
_EXAGGERATED = 120
_EXAGGERATION = 8.0
_MARGIN = 0.04


def layout(centroids: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Lay clusters out so that those alike lie together.

    Parameters
    ----------
    centroids
        float32 [k, d], unit length.

    Returns
    -------
    float32 [k, 2] in the unit square, no two in the same place. The same input gives the same bytes on one machine.
    """
    k = len(centroids)
    if k < 4:
        return np.array([[0.5, 0.5]], dtype=np.float32) if k == 1 else _on_a_circle(k)
    cosines = (centroids @ centroids.T).astype(np.float64)
    affinity = _affinities(np.maximum(1 - cosines, 0), min(_MOST_NEIGHBOURS, (k - 1) / 3))
    return _spread(_descend(affinity, _begin(centroids, seed)))


def _on_a_circle(k: int) -> NDArray[np.float32]:
    angle = 2 * np.pi * np.arange(k) / k
    return np.stack([0.5 + 0.3 * np.cos(angle), 0.5 + 0.3 * np.sin(angle)], axis=1).astype(np.float32)


def _begin(centroids: NDArray[np.float32], seed: int) -> Array:
    """The first two principal axes, signs fixed, with a breath of noise so that duplicates come apart."""
    centred = (centroids - centroids.mean(axis=0)).astype(np.float64)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, [-1, -2]]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    points = centred @ axes
    points = 1e-2 * points / max(float(points.std()), 1e-12)
    noise = np.random.default_rng(seed).normal(scale=1e-4, size=points.shape)
    return np.asarray(points + noise, dtype=np.float64)


def _affinities(distances: Array, perplexity: float) -> Array:
    """Symmetric probabilities [k, k] whose rows have the entropy of ``perplexity`` neighbours each."""
    k = len(distances)
    found = np.zeros((k, k))
    for row in range(k):
        others = np.delete(distances[row], row)
        others = others - others.min()
        low, high, beta = 0.0, np.inf, 1.0 / max(float(others.mean()), 1e-12)
        for _ in range(60):
            weights = np.exp(-others * beta)
            total = weights.sum()
            entropy = np.log(total) + beta * float((others * weights).sum()) / total
            if abs(entropy - np.log(perplexity)) < 1e-5:
                break
            if entropy > np.log(perplexity):
                low, beta = beta, beta * 2 if high == np.inf else (beta + high) / 2
            else:
                high, beta = beta, (low + beta) / 2
        found[row, np.arange(k) != row] = weights / total
    symmetric: Array = np.maximum((found + found.T) / (2 * k), 1e-12)
    return symmetric


def _descend(affinity: Array, points: Array) -> Array:
    """Gradient descent with momentum and per-coordinate gains."""
    step = max(len(points) / _EXAGGERATION, 50.0)
    velocity, gains = np.zeros_like(points), np.ones_like(points)
    for iteration in range(_ITERATIONS):
        early = iteration < _EXAGGERATED
        gradient = _gradient(affinity * _EXAGGERATION if early else affinity, points)
        gains = np.where(np.sign(gradient) != np.sign(velocity), gains + 0.2, gains * 0.8).clip(0.01)
        velocity = (0.5 if early else 0.8) * velocity - step * gains * gradient
        points = points + velocity
        points -= points.mean(axis=0)
    return points


def _gradient(affinity: Array, points: Array) -> Array:
    squares = (points**2).sum(axis=1)
    closeness = 1 / (1 + np.maximum(squares[:, None] + squares[None] - 2 * points @ points.T, 0))
    np.fill_diagonal(closeness, 0)
    pull = (affinity - closeness / closeness.sum()) * closeness
    gradient: Array = 4 * (pull.sum(axis=1)[:, None] * points - pull @ points)
    return gradient


def _spread(points: Array) -> NDArray[np.float32]:
    """Fill the unit square: half the place, half the rank along each axis, which opens crowded parts."""
    k = len(points)
    spread = np.empty_like(points)
    for axis in (0, 1):
        values = points[:, axis]
        span = max(float(np.ptp(values)), 1e-12)
        rank = np.empty(k)
        rank[np.argsort(values, kind="stable")] = np.arange(k) / (k - 1)
        spread[:, axis] = 0.5 * (values - values.min()) / span + 0.5 * rank
    return (_MARGIN + (1 - 2 * _MARGIN) * spread).astype(np.float32)
