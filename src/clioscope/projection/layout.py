"""Where each base cluster lies on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.projection.discs import pushed_apart, stretched
from clioscope.projection.tsne import affinities, descend

Array = NDArray[np.float64]

_NEARER = 0.8
"""Two clusters under one parent count as this much nearer, once for every level that they share. On CLINC150 it makes
every top cluster one connected region, at no loss of neighbours."""


def layout(
    centroids: NDArray[np.float32],
    seed: int,
    *,
    sizes: NDArray[np.int64] | None = None,
    parents: Sequence[NDArray[np.int32]] = (),
) -> NDArray[np.float32]:
    """Lay clusters out so that those alike lie together.

    Parameters
    ----------
    centroids
        float32 [k, d], unit length.
    seed
        Decides on which side of each other clusters with equal centroids come to lie.
    sizes
        int64 [k], conversations in each: a cluster is given room in proportion to them. ``None``: all the same.
    parents
        For every level but the top, base first: int32, the parent of each of its clusters in the level above. Clusters
        under one parent are kept together, and top clusters a little apart. Empty: by the centroids alone.

    Returns
    -------
    float32 [k, 2] in the unit square, no two in the same place. The same input gives the same bytes on one machine,
    whatever the number of threads: matrix products are left to ``einsum``, which adds in a fixed order.
    """
    k = len(centroids)
    if k < 4:
        return _few(k)
    ancestors = _ancestors(parents, k)
    weights = np.ones(k) if sizes is None else np.maximum(sizes, 1).astype(np.float64)
    points = descend(affinities(_distances(centroids, ancestors)), _begin(centroids, seed))
    top = ancestors[-1] if ancestors else np.zeros(k, dtype=np.int32)
    apart = pushed_apart(stretched(points, 0.5), weights, top)
    return stretched(apart, 0.01).astype(np.float32)


def _few(k: int) -> NDArray[np.float32]:
    """One in the middle; two or three, which are all each other's neighbours, on a circle."""
    angle = 2 * np.pi * np.arange(k) / max(k, 1)
    radius = 0.0 if k == 1 else 0.25
    return np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], axis=1).astype(np.float32)


def _ancestors(parents: Sequence[NDArray[np.int32]], k: int) -> list[NDArray[np.int32]]:
    """int32 [k] a level above the base: the cluster of that level that each base cluster is in."""
    found: list[NDArray[np.int32]] = []
    current: NDArray[Any] = np.arange(k)
    for above in parents:
        current = above[current]
        found.append(current)
    return found


def _distances(centroids: NDArray[np.float32], ancestors: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
    """float32 [k, k]: one minus the cosine, less for clusters that share ancestors."""
    distances: NDArray[np.float32] = np.einsum("id,jd->ij", centroids, centroids)
    np.subtract(1, distances, out=distances)
    np.maximum(distances, 0, out=distances)
    for level in ancestors:
        for row in range(len(distances)):
            distances[row, level == level[row]] *= np.float32(_NEARER)
    return distances


def _begin(centroids: NDArray[np.float32], seed: int) -> Array:
    """The first two principal axes by the power method, with a breath of noise so that duplicates come apart."""
    rng = np.random.default_rng(seed)
    centred = (centroids - centroids.mean(axis=0)).astype(np.float64)
    covariance = np.einsum("ni,nj->ij", centred, centred)
    axes = np.random.default_rng(0).normal(size=(2, len(covariance)))
    for _ in range(100):
        axes = np.stack([np.einsum("ij,j->i", covariance, axis) for axis in axes])
        axes[0] /= max(_length(axes[0]), 1e-300)
        axes[1] -= (axes[0] * axes[1]).sum() * axes[0]
        axes[1] /= max(_length(axes[1]), 1e-300)
    points = np.stack([(centred * axis).sum(axis=1) for axis in axes], axis=1)
    points /= max(float(points.std()), 1e-12)
    noise: Array = rng.normal(scale=1e-2, size=points.shape)
    return points + noise


def _length(vector: Array) -> float:
    return float(np.sqrt((vector**2).sum()))
