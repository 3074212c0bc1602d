"""Some of the vectors of a store, as a store."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.base import Vectors, VectorStore


class Subset:
    """The ``rows`` (int64, ascending) of ``store``; see :class:`clioscope.clustering.base.VectorStore`."""

    def __init__(self, store: VectorStore, rows: NDArray[np.int64]) -> None:
        self._store, self._rows = store, rows
        self.dimension = store.dimension

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, rows: NDArray[np.int64]) -> Vectors:
        """See :class:`clioscope.clustering.base.VectorStore`."""
        return self._store.take(self._rows[rows])

    def blocks(self, size: int = 8192) -> Iterator[tuple[int, Vectors]]:
        """See :class:`clioscope.clustering.base.VectorStore`."""
        for start in range(0, len(self._rows), size):
            yield start, self._store.take(self._rows[start : start + size])
