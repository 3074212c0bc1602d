"""Room for every cluster: the map is filled, and each cluster has a disc of its own.

References
----------
Misue et al. (1995), "Layout Adjustment and the Mental Map": overlaps are removed by moving what overlaps and nothing
else, so that a reader finds each thing where it was.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_COVERED = 0.3
"""The share of the map that all discs cover together. At 0.6 a sixth more of the ten nearest neighbours were lost."""

_BETWEEN = 0.5
"""Room between discs of different top clusters, in mean radii."""

_GOLDEN = np.pi * (3 - np.sqrt(5))
"""Turns by this angle never repeat: discs that meet in one place, as in a corner, still find ways apart."""

_ROUNDS = 200
_MARGIN = 0.02
_ROWS = 64


def radii(sizes: NDArray[np.int64] | Array) -> Array:
    """The radius of each cluster's disc, whose area grows with its size. float64 [k], on a map one wide."""
    found: Array = np.sqrt(_COVERED / np.pi * sizes / max(float(sizes.sum()), 1.0))
    return found


def stretched(points: Array, rank: float) -> Array:
    """Fill the unit square, up to a margin.

    Parameters
    ----------
    points
        [k, 2], k at least 2.
    rank
        How much of a place is its rank along each axis, and not its value: more opens crowded parts. Above 0 no two
        points stay in the same place.
    """
    k = len(points)
    spread = np.empty_like(points)
    for axis in (0, 1):
        values = points[:, axis]
        span = max(float(np.ptp(values)), 1e-12)
        ranks = np.empty(k)
        ranks[np.argsort(values, kind="stable")] = np.arange(k) / (k - 1)
        spread[:, axis] = (1 - rank) * (values - values.min()) / span + rank * ranks
    filled: Array = _MARGIN + (1 - 2 * _MARGIN) * spread
    return filled


def pushed_apart(points: Array, sizes: Array, top: NDArray[np.int32]) -> Array:
    """Grow a disc around each point, and move those that overlap apart.

    Parameters
    ----------
    points
        [k, 2] in the unit square.
    sizes
        [k], above 0.
    top
        int32 [k]: the top cluster of each. Discs of different ones keep some room between them.

    Returns
    -------
    [k, 2] in the unit square. What overlap is left shrinks with the rounds.
    """
    radius = radii(sizes)
    between = _BETWEEN * float(radius.mean())
    edge = radius[:, None] + _MARGIN
    angle = _GOLDEN * np.arange(len(points))
    aside = 1e-3 * radius.min() * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    for number in range(_ROUNDS):
        grown = min(1.0, 1.6 * (number + 1) / _ROUNDS)
        points = np.clip(points + 0.6 * _pushes(points + aside, radius, top, between, grown), edge, 1 - edge)
    return points


def _pushes(points: Array, radius: Array, top: NDArray[np.int32], between: float, grown: float) -> Array:
    moves = np.empty_like(points)
    for start in range(0, len(points), _ROWS):
        rows = slice(start, min(start + _ROWS, len(points)))
        x, y = points[rows, 0, None] - points[:, 0], points[rows, 1, None] - points[:, 1]
        distance = np.sqrt(x * x + y * y) + 1e-9
        wanted = grown * (radius[rows, None] + radius + between * (top[rows, None] != top))
        push = np.maximum(wanted - distance, 0) / (2 * distance)
        crowd = np.sqrt(np.count_nonzero(push, axis=1))
        moves[rows, 0], moves[rows, 1] = (push * x).sum(axis=1) / crowd, (push * y).sum(axis=1) / crowd
    return moves
