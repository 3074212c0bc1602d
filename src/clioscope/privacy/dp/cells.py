"""Cells that can be voted for, as numbers: everything together, and each cluster of each level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.schema import EVERYTHING
from clioscope.privacy.dp.bounding import Cells

WHOLE = 0
"""The cell of everything."""


class Place(NamedTuple):
    """A cluster by level (0 = base) and number; ``None`` stands for everything."""

    level: int
    number: int

    @property
    def id(self) -> str:
        """As the codebook numbers it, not as an atlas does."""
        return f"{self.level}-{self.number}"


class Numbering:
    """Numbers the cells of a hierarchy. They are public: they depend on the codebook alone.

    Parameters
    ----------
    ancestors
        int32 [k] a level, base first: the cluster of that level that each base cluster is in.
    """

    def __init__(self, ancestors: Sequence[NDArray[np.int32]]) -> None:
        sizes = [int(level.max()) + 1 for level in ancestors]
        self._starts = [1 + sum(sizes[:level]) for level in range(len(sizes))]
        self.count = 1 + sum(sizes)
        self._ancestors = ancestors

    def paths(self, *, whole: bool = True) -> list[Cells]:
        """int64 [k] each, upper levels first: the cells that a vote for a base cluster is a vote for."""
        levels = [
            (start + ancestor).astype(np.int64) for start, ancestor in zip(self._starts, self._ancestors, strict=True)
        ][::-1]
        everything = [np.full(len(self._ancestors[0]), WHOLE, dtype=np.int64)] if whole else []
        return everything + levels

    def place(self, cell: int) -> Place | None:
        """What a cell stands for; ``None``: everything."""
        if cell == WHOLE:
            return None
        level = max(number for number, start in enumerate(self._starts) if start <= cell)
        return Place(level, cell - self._starts[level])

    def told(self, cell: int) -> str:
        """A cell by name, as it is kept in files."""
        place = self.place(cell)
        return EVERYTHING if place is None else place.id
