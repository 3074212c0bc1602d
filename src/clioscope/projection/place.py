"""Where each conversation lies among the clusters. Private: the map is made of bins of these, never of the points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_NEAREST = 6
_TEMPERATURE = 0.06
_RIDGE = 1.0
_RADIUS = 0.45


class Placer:
    """Places conversations around the centres of their clusters.

    A conversation is drawn from its own centre towards those of the clusters nearest to it, and spread around that
    place by what sets it apart from its cluster, so that a cluster becomes a cloud whose area grows with its size.

    Parameters
    ----------
    centroids
        float32 [k, d], unit length.
    centres
        float32 [k, 2]: where each cluster lies.
    sizes
        int64 [k].
    """

    def __init__(self, centroids: NDArray[np.float32], centres: NDArray[np.float32], sizes: NDArray[np.int64]) -> None:
        self._centroids = centroids
        self._centres = centres
        self._directions = _directions(centroids, centres)
        self._radius = (_RADIUS * np.sqrt(sizes / sizes.sum())).astype(np.float32)

    def place(self, vectors: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float32]:
        """Place a block of conversations. A conversation's place does not depend on the block it is in.

        Parameters
        ----------
        vectors
            float32 [m, d], unit length.
        labels
            int32 [m]: the cluster of each.

        Returns
        -------
        float32 [m, 2] in the unit square.
        """
        drawn = self._drawn(vectors, labels)
        apart = (vectors - self._centroids[labels]) @ self._directions
        length = np.linalg.norm(apart, axis=1, keepdims=True)
        spread = apart / (0.5 + length) * self._radius[labels][:, None]
        return np.asarray(np.clip(drawn + spread, 0, 1), dtype=np.float32)

    def _drawn(self, vectors: NDArray[np.float32], labels: NDArray[np.int32]) -> NDArray[np.float32]:
        """Between the own centre and the mean of the nearest others, at most half-way."""
        near = min(_NEAREST, len(self._centroids) - 1)
        if near == 0:
            return self._centres[labels]
        cosines = vectors @ self._centroids.T
        rows = np.arange(len(vectors))
        own = cosines[rows, labels].copy()
        cosines[rows, labels] = -np.inf
        others = np.sort(np.argpartition(-cosines, near - 1, axis=1)[:, :near], axis=1)
        weights = np.exp((np.take_along_axis(cosines, others, axis=1) - own[:, None]) / _TEMPERATURE)
        total = weights.sum(axis=1, keepdims=True)
        mean = np.einsum("rn,rnx->rx", weights / np.maximum(total, 1e-12), self._centres[others])
        share = np.minimum(total, 1) / (1 + np.minimum(total, 1))
        return np.asarray((1 - share) * self._centres[labels] + share * mean, dtype=np.float32)


def _directions(centroids: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 [d, 2]: which way on the map a difference of vectors points, by ridge regression on the clusters.

    Scaled so that what sets members apart from their cluster, which is about as long as a cluster is apart from the
    others, has a length of about 1.
    """
    inputs = (centroids - centroids.mean(axis=0)).astype(np.float64)
    outputs = (centres - centres.mean(axis=0)).astype(np.float64)
    kernel = inputs @ inputs.T + _RIDGE * np.eye(len(inputs))
    directions = inputs.T @ np.linalg.solve(kernel, outputs)
    scale = np.linalg.norm(inputs @ directions, axis=1).mean()
    return np.asarray(directions / max(float(scale), 1e-12), dtype=np.float32)
