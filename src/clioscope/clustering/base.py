"""The clusterer seam: vectors in, centroids out; and assigning vectors to centroids, which all clusterers share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class VectorStore(Protocol):
    """Unit vectors of all conversations, which may be too many for memory."""

    @property
    def dimension(self) -> int:
        """The number of columns, d."""

    def __len__(self) -> int:
        """The number of rows, n."""

    def take(self, rows: NDArray[np.int64]) -> Vectors:
        """float32 [len(rows), d]: the rows asked for, in the order asked for."""

    def blocks(self, size: int = 8192) -> Iterator[tuple[int, Vectors]]:
        """Yield (first row, float32 [<= size, d]) over all rows in order."""


class ArrayVectors:
    """An array in memory as a :class:`VectorStore`."""

    def __init__(self, array: Vectors) -> None:
        self._array = array
        self.dimension = int(array.shape[1])

    def __len__(self) -> int:
        return len(self._array)

    def take(self, rows: NDArray[np.int64]) -> Vectors:
        """See :class:`VectorStore`."""
        return self._array[rows]

    def blocks(self, size: int = 8192) -> Iterator[tuple[int, Vectors]]:
        """See :class:`VectorStore`."""
        for start in range(0, len(self._array), size):
            yield start, self._array[start : start + size]


class Clusterer(Protocol):
    """Finds centroids. Deterministic for a seed on one type of machine."""

    @property
    def name(self) -> str:
        """Identifies the method and its version. A changed name means that clusters must be found again."""

    def fit(self, vectors: VectorStore, k: int, seed: int) -> Vectors:
        """Find centroids.

        Returns
        -------
        float32 [m, d], unit length, 1 <= m <= k: fewer than ``k`` where there are fewer distinct vectors.
        """


class Assignment(NamedTuple):
    """Which centroid is nearest to each vector.

    ``labels`` int32 [n]; ``similarity`` float32 [n]: the cosine with it; ``margin`` float32 [n]: by how much that is
    above the cosine with the next nearest (0 where there is one centroid).
    """

    labels: NDArray[np.int32]
    similarity: NDArray[np.float32]
    margin: NDArray[np.float32]


def assign(vectors: VectorStore, centroids: Vectors) -> Assignment:
    """Assign every vector to its nearest centroid, block by block."""
    n = len(vectors)
    found = Assignment(np.empty(n, np.int32), np.empty(n, np.float32), np.zeros(n, np.float32))
    for start, block in vectors.blocks():
        end = start + len(block)
        cosines = block @ centroids.T
        rows = np.arange(len(block))
        labels = cosines.argmax(axis=1)
        found.labels[start:end] = labels
        found.similarity[start:end] = cosines[rows, labels]
        if len(centroids) > 1:
            cosines[rows, labels] = -np.inf
            found.margin[start:end] = found.similarity[start:end] - cosines.max(axis=1)
    return found
