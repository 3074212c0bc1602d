"""The rows of a linear program, collected, and without those that the bounds of the variables imply."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Flags, Reals


class Matrix(NamedTuple):
    """Rows with ``low`` <= values @ variables <= ``high``; row i has the entries from ``start[i]`` to the next."""

    start: Codes
    columns: Codes
    values: Reals
    low: Reals
    high: Reals

    def entries(self) -> Codes:
        """int64: the row of each entry."""
        return np.repeat(np.arange(len(self.low)), np.diff(self.start))

    def times(self, point: Reals) -> Reals:
        """float64 [rows]: the values at one point."""
        return np.bincount(self.entries(), weights=self.values * point[self.columns], minlength=len(self.low)).astype(
            float
        )

    def select(self, chosen: Flags) -> Matrix:
        """Some of the rows."""
        kept = chosen[self.entries()]
        sizes = np.diff(self.start)[chosen]
        start = np.concatenate([[0], np.cumsum(sizes)])
        return Matrix(start, self.columns[kept], self.values[kept], self.low[chosen], self.high[chosen])

    def and_also(self, other: Matrix) -> Matrix:
        """The rows of both."""
        start = np.concatenate([self.start, self.start[-1] + other.start[1:]])
        return Matrix(start, *(np.concatenate(pair) for pair in zip(self[1:], other[1:], strict=True)))

    def needed(self, low: Reals, high: Reals) -> Matrix:
        """Those that variables between ``low`` and ``high`` [variables] can break."""
        rows, most = self.entries(), len(self.low)
        ends = self.values * low[self.columns], self.values * high[self.columns]
        least = np.bincount(rows, weights=np.minimum(*ends), minlength=most)
        largest = np.bincount(rows, weights=np.maximum(*ends), minlength=most)
        return self.select((least < self.low - 1e-9) | (largest > self.high + 1e-9))


class Rows:
    """Collects rows of totals and parts."""

    def __init__(self) -> None:
        self._sizes: list[Codes] = []
        self._columns: list[Codes] = []
        self._values: list[Reals] = []
        self._low: list[Reals] = []
        self._high: list[Reals] = []

    def less_parts(
        self, totals: Codes, of: Codes, parts: Codes, low: Reals | float, high: Reals | float, *, only: Flags
    ) -> None:
        """Bound each of ``totals`` less all of its ``parts``. ``of``: the total of each part, ascending."""
        m = len(totals)
        starts = np.searchsorted(of, np.arange(m))
        columns = np.insert(parts, starts, totals)
        values = np.insert(np.full(len(parts), -1.0), starts, 1.0)
        kept = np.insert(only[of], starts, only)
        self._sizes.append((np.bincount(of, minlength=m) + 1)[only])
        self._columns.append(columns[kept])
        self._values.append(values[kept])
        self._low.append(np.broadcast_to(low, m)[only].astype(np.float64))
        self._high.append(np.broadcast_to(high, m)[only].astype(np.float64))

    def ordered(self, larger: Codes, smaller: Codes) -> None:
        """Each of ``smaller`` is no more than the one of ``larger``."""
        every = np.ones(len(larger), dtype=np.bool_)
        self.less_parts(larger, np.arange(len(larger)), smaller, 0.0, np.inf, only=every)

    def matrix(self) -> Matrix:
        """All rows."""
        nothing, none = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Matrix(
            np.concatenate([[0], np.cumsum(np.concatenate([nothing, *self._sizes]))]),
            np.concatenate([nothing, *self._columns]),
            np.concatenate([none, *self._values]),
            np.concatenate([none, *self._low]),
            np.concatenate([none, *self._high]),
        )
