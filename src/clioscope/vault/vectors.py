"""Vectors on disk: float16 parts, read in blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clioscope.vault.files import opened, read_array

Vectors = NDArray[np.float32]

_MOVED_AT_ONCE = 4_096


class StoredVectors:
    """Unit vectors of all conversations, in the order of the parts; see ``clustering.base.VectorStore``.

    Nothing is mapped into memory: blocks are read when asked for, so that a run's memory does not grow with its size.

    Parameters
    ----------
    parts
        ``.npy`` files, float16 [rows, d], in order.
    """

    def __init__(self, parts: Sequence[Path]) -> None:
        self._parts = list(parts)
        shapes = [_shape(path) for path in self._parts]
        self._starts = np.concatenate([[0], np.cumsum([rows for rows, _ in shapes])]).astype(np.int64)
        self.dimension = shapes[0][1] if shapes else 0

    def __len__(self) -> int:
        return int(self._starts[-1])

    def blocks(self, size: int = 8192) -> Iterator[tuple[int, Vectors]]:
        """Yield (first row, float32 [<= size, d]) over all rows in order."""
        for start, path in zip(self._starts, self._parts, strict=False):
            part = read_array(path)
            for row in range(0, len(part), size):
                yield int(start) + row, part[row : row + size].astype(np.float32)

    def take(self, rows: NDArray[np.int64]) -> Vectors:
        """float32 [len(rows), d]: the rows asked for, in the order asked for."""
        taken = np.empty((len(rows), self.dimension), dtype=np.float32)
        part_of = np.searchsorted(self._starts, rows, side="right") - 1
        for number in np.unique(part_of):
            wanted = np.flatnonzero(part_of == number)
            part = read_array(self._parts[number])
            taken[wanted] = part[rows[wanted] - self._starts[number]]
        return taken


class AlignedVectors:
    """Stored vectors of which each group is moved by a vector of its own, at unit length again.

    They are moved whenever they are read, so that only what was embedded is kept of anybody.

    Parameters
    ----------
    stored
        What is moved.
    groups
        uint8 or int64 [n]: the group of each vector.
    shifts
        float32 [groups, d]: what is taken off the vectors of each group. Of zeros nothing is moved.
    """

    def __init__(self, stored: StoredVectors, groups: NDArray[np.integer], shifts: Vectors) -> None:
        self._stored, self._groups, self._shifts = stored, groups, shifts
        self._moved: NDArray[np.bool_] = np.asarray(shifts.any(axis=1))
        self.dimension = stored.dimension

    def __len__(self) -> int:
        return len(self._stored)

    def blocks(self, size: int = 8192) -> Iterator[tuple[int, Vectors]]:
        """See :class:`StoredVectors`."""
        for start, block in self._stored.blocks(size):
            yield start, self._aligned(block, self._groups[start : start + len(block)])

    def take(self, rows: NDArray[np.int64]) -> Vectors:
        """See :class:`StoredVectors`."""
        return self._aligned(self._stored.take(rows), self._groups[rows])

    def _aligned(self, vectors: Vectors, groups: NDArray[np.integer]) -> Vectors:
        """``vectors``, changed in place."""
        moving = np.flatnonzero(self._moved[groups])
        for start in range(0, len(moving), _MOVED_AT_ONCE):
            rows = moving[start : start + _MOVED_AT_ONCE]
            moved = vectors[rows] - self._shifts[groups[rows]]
            vectors[rows] = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-12)
        return vectors


def _shape(path: Path) -> tuple[int, int]:
    with opened(path) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, _ = read(file)
    return int(shape[0]), int(shape[1])
