"""Where each conversation lies among the clusters. Private: the map is made of bins of these, never of the points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.projection.discs import radii

Vectors = NDArray[np.float32]

_NEAREST = 8
_TEMPERATURE = 0.1
_DIMENSIONS = 32
"""How many dimensions what sets members apart effectively has: 26 to 42 on CLINC150, SGD and MultiDoGO. It decides only
how evenly a disc is filled."""

_REACH = 1.2
"""A cloud's radius in those of its disc: neighbouring clouds touch and hardly mix."""

_ROWS = 4096


class Placer:
    """Places conversations around the centres of their clusters.

    A cluster becomes a round cloud whose area grows with its size. What sets a conversation apart from its cluster
    decides where in the cloud it lies: one that leans towards a neighbouring cluster lies on that neighbour's side.

    Parameters
    ----------
    centroids
        float32 [k, d], unit length.
    centres
        float32 [k, 2]: where each cluster lies.
    sizes
        int64 [k].
    """

    def __init__(self, centroids: Vectors, centres: Vectors, sizes: NDArray[np.int64]) -> None:
        self._centroids = np.ascontiguousarray(centroids, dtype=np.float32)
        self._centres = centres
        self._axes = _axes(self._centroids, centres)
        self._radius = (_REACH * radii(sizes)).astype(np.float32)

    def place(self, vectors: Vectors, labels: NDArray[np.int32]) -> Vectors:
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
        placed = np.empty((len(vectors), 2), dtype=np.float32)
        for start in range(0, len(vectors), _ROWS):
            rows = slice(start, start + _ROWS)
            own = labels[rows]
            lean = self._lean(np.asarray(vectors[rows], dtype=np.float32), own)
            placed[rows] = self._centres[own] + self._radius[own, None] * _round(lean)
        return np.asarray(np.clip(placed, 0, 1), dtype=np.float32)

    def _lean(self, vectors: Vectors, labels: NDArray[np.int32]) -> Vectors:
        """float32 [m, 2]: the part, along the cluster's axes, of what sets each apart from it; at most 1 long."""
        own = self._centroids[labels]
        apart = vectors - own * (vectors * own).sum(axis=1, keepdims=True)
        length = np.sqrt((apart * apart).sum(axis=1))
        along = [(apart * self._axes[labels, axis]).sum(axis=1) for axis in (0, 1)]
        found: Vectors = np.stack(along, axis=1) / np.maximum(length, 1e-6)[:, None]
        return found


def _round(lean: Vectors) -> Vectors:
    """Fill the unit disc evenly: of directions spread evenly in n dimensions, a share of (1 - q)^(n/2 - 1) have more
    than q of their squared length in a given plane.
    """
    squared = np.minimum((lean * lean).sum(axis=1), 1)
    beyond = (1 - squared) ** np.float32(_DIMENSIONS / 2 - 1)
    filled: Vectors = lean * np.sqrt((1 - beyond) / np.maximum(squared, 1e-12))[:, None]
    return filled


def _axes(centroids: Vectors, centres: Vectors) -> Vectors:
    """float32 [k, 2, d]: for each cluster two orthonormal directions among the vectors, which stand for right and up
    on the map: the nearest there are to the directions in which its neighbours lie.
    """
    k, d = centroids.shape
    axes = np.zeros((k, 2, d), dtype=np.float32)
    axes[:, 0, 0] = axes[:, 1, min(1, d - 1)] = 1
    near = min(_NEAREST, k - 1)
    between: Vectors = np.einsum("id,jd->ij", centroids, centroids)  # adds in a fixed order, unlike a matrix product
    np.fill_diagonal(between, -np.inf)
    for cluster in range(k if near else 0):
        cosines = between[cluster]
        nearest = np.argsort(-cosines, kind="stable")[:near]
        weights = np.exp((cosines[nearest] - cosines[nearest[0]]) / _TEMPERATURE)
        away = centroids[nearest] - cosines[nearest, None] * centroids[cluster]
        towards = centres[nearest] - centres[cluster]
        lean = np.einsum("n,nx,nd->xd", weights, _unit(towards), _unit(away), dtype=np.float64)
        axes[cluster] = _orthonormal(lean, axes[cluster])
    return axes


def _orthonormal(lean: NDArray[np.float64], otherwise: Vectors) -> Vectors:
    """The nearest orthonormal pair [2, d] to a pair (the polar factor), by the 2 x 2 products in closed form."""
    xx, yy, xy = (lean[0] ** 2).sum(), (lean[1] ** 2).sum(), (lean[0] * lean[1]).sum()
    root = np.sqrt(max(xx * yy - xy * xy, 0))
    if root < 1e-9 * max(xx + yy, 1e-9):
        return _from_one(lean, otherwise)
    trace = np.sqrt(xx + yy + 2 * root)
    inverse = np.array([[yy + root, -xy], [-xy, xx + root]]) / (root * trace)
    return np.stack([(inverse[row][:, None] * lean).sum(axis=0) for row in (0, 1)]).astype(np.float32)


def _from_one(lean: NDArray[np.float64], otherwise: Vectors) -> Vectors:
    """Where all neighbours lie in one direction, that direction of the vectors and any across it, turned to the map."""
    main = lean[int((lean**2).sum(axis=1).argmax())]
    length = np.sqrt((main**2).sum())
    if length < 1e-9:
        return otherwise
    main = main / length
    across = np.zeros_like(main)
    across[int(np.abs(main).argmin())] = 1
    across -= (across * main).sum() * main
    across /= max(np.sqrt((across**2).sum()), 1e-9)
    right, up = (lean * main).sum(axis=1) / np.sqrt(((lean * main).sum(axis=1) ** 2).sum())
    return np.stack([right * main - up * across, up * main + right * across]).astype(np.float32)


def _unit(rows: Vectors) -> Vectors:
    found: Vectors = rows / np.maximum(np.sqrt((rows * rows).sum(axis=1, keepdims=True)), 1e-9)
    return found
