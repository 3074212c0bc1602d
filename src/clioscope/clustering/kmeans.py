"""Spherical k-means, begun from Ward's method over too many small clusters.

References
----------
Dhillon and Modha (2001), "Concept Decompositions for Large Sparse Text Data Using Clustering" (spherical k-means).
What each step adds was measured on CLINC150, Banking77 and HWU64: see docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import faiss
import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.base import Vectors, VectorStore
from clioscope.clustering.neighbours import smoothed
from clioscope.ward import ward

_MOST_TRAINED_ON = 40_000
"""Vectors that centroids are found from. Memory and time stay bounded; all vectors are assigned afterwards."""

_TOO_MANY = 4
_MOST_SMALL_CLUSTERS = 4_096
_ITERATIONS = 15
_SMALL = 10_000
"""Points up to which the number of threads is the same on every machine."""

_REFINEMENTS = 10


class SphericalKMeans:
    """Finds ``k`` centroids on the unit sphere.

    A sample of the vectors is smoothed a little over its nearest neighbours and cut into four times too many clusters
    by k-means, whose bad starts do no harm at that size. Ward's method merges them to ``k``, and a few rounds of
    k-means move every vector to where it fits best.
    """

    name = "spherical-k-means-from-ward/1"

    def fit(self, vectors: VectorStore, k: int, seed: int) -> Vectors:
        """See :class:`~clioscope.clustering.base.Clusterer`."""
        rng = np.random.default_rng(seed)
        rows = np.arange(len(vectors), dtype=np.int64)
        most = max(_MOST_TRAINED_ON, 8 * k)
        if len(rows) > most:
            rows = np.sort(rng.choice(rows, most, replace=False))
        points = vectors.take(rows)
        rows_told_apart = np.unique(points, axis=0)
        if len(rows_told_apart) <= k:
            return _unit(rows_told_apart)
        distinct = len(rows_told_apart)
        del rows_told_apart  # as much as the points themselves
        with _same_threads_everywhere(len(points)):
            points = smoothed(points)
            labels = _small_clusters(points, k, distinct, seed)
            sizes = np.bincount(labels)
            if len(sizes) > k:
                (merged,) = ward(_sums(points, labels) / sizes[:, None], sizes, [k])
                labels = merged[labels]
            return _refined(points, labels)


def _small_clusters(points: Vectors, k: int, distinct: int, seed: int) -> NDArray[np.int32]:
    """More clusters than asked for, none of them empty."""
    many = min(max(k, min(_TOO_MANY * k, _MOST_SMALL_CLUSTERS)), distinct)
    kmeans = faiss.Kmeans(
        points.shape[1],
        many,
        niter=_ITERATIONS,
        seed=seed % 2**31,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=len(points),
    )
    kmeans.train(points)
    nearest = kmeans.index.search(points, 1)[1][:, 0]
    return np.unique(nearest, return_inverse=True)[1].astype(np.int32)


@contextmanager
def _same_threads_everywhere(points: int) -> Iterator[None]:
    """Use two threads where the work is small, on every machine.

    How many share a matrix product shows in its last bits, and those decide near ties: with a fixed number, a small run
    gives the same clusters whatever the number of processors. A large one takes all of them.
    """
    threads = faiss.omp_get_max_threads()
    if points <= _SMALL:
        faiss.omp_set_num_threads(2)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _refined(points: Vectors, labels: NDArray[np.int32]) -> Vectors:
    """Unit centroids after a few rounds of k-means from ``labels``. A cluster that loses all its points goes."""
    for _ in range(_REFINEMENTS):
        centroids = _unit(_sums(points, labels))
        moved = np.unique((points @ centroids.T).argmax(axis=1), return_inverse=True)[1].astype(np.int32)
        if np.array_equal(moved, labels):
            break
        labels = moved
    return _unit(_sums(points, labels))


def _sums(points: Vectors, labels: NDArray[np.int32]) -> Vectors:
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(int(labels.max()) + 1))
    return np.add.reduceat(points[order], starts, axis=0)


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)
