"""Ward's method over weighted points: shared by base clustering, which merges too many clusters, and the hierarchy.

References
----------
Ward (1963), "Hierarchical Grouping to Optimize an Objective Function". The update is Lance and Williams' (1967).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int32]


def ward(points: NDArray[Any], weights: NDArray[Any], counts: Sequence[int]) -> list[Labels]:
    """Merge points step by step, each time the two whose union adds least to the weighted within-group variance.

    Parameters
    ----------
    points
        [n, d].
    weights
        [n], above 0: how many things each point stands for.
    counts
        Numbers of groups at which to look, falling, each at most n.

    Returns
    -------
    For each of ``counts``, int32 [n]: the group of each point, numbered from 0 in the order of their first points.

    Notes
    -----
    Holds one float32 [n, n] matrix.
    """
    n = len(points)
    weight = np.asarray(weights, dtype=np.float32).copy()
    cost = _costs(np.asarray(points, dtype=np.float32), weight)
    nearest = cost.argmin(axis=1)
    least = cost[np.arange(n), nearest]
    group = np.arange(n)
    groups = n
    looked: list[Labels] = []
    for wanted in counts:
        while groups > wanted:
            _merge(cost, weight, nearest, least, group)
            groups -= 1
        looked.append(np.unique(group, return_inverse=True)[1].astype(np.int32))
    return looked


def _costs(points: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    squares = np.einsum("ij,ij->i", points, points)
    cost = points @ points.T
    cost *= -2
    cost += squares[:, None]
    cost += squares[None, :]
    np.maximum(cost, 0, out=cost)
    for row in range(len(points)):
        cost[row] *= weight[row] * weight / (weight[row] + weight)
    np.fill_diagonal(cost, np.inf)
    return cost


def _merge(
    cost: NDArray[np.float32],
    weight: NDArray[np.float32],
    nearest: NDArray[np.intp],
    least: NDArray[np.float32],
    group: NDArray[np.intp],
) -> None:
    """Merge the cheapest pair, in place. The group that goes has weight 0 from then on, and infinite costs."""
    one, other = sorted((int(least.argmin()), int(nearest[least.argmin()])))
    together = weight[one] + weight[other]
    merged = (
        (weight[one] + weight) * cost[one] + (weight[other] + weight) * cost[other] - weight * cost[one, other]
    ) / (together + weight)
    gone = weight == 0
    gone[other] = True
    merged[gone] = np.inf
    merged[one] = np.inf
    cost[one], cost[:, one] = merged, merged
    cost[other], cost[:, other] = np.inf, np.inf
    group[group == other] = one
    weight[one], weight[other] = together, 0
    least[other] = np.inf
    stale = np.flatnonzero(~gone & ((nearest == one) | (nearest == other)))
    for row in {one, *stale.tolist()}:
        nearest[row] = cost[row].argmin()
        least[row] = cost[row, nearest[row]]
    nearer = merged < least
    nearest[nearer] = one
    least[nearer] = merged[nearer]
