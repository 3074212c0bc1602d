"""What follows from shown figures for those that are not shown: sums and intervals, until nothing changes.

Every cell has a lowest and a highest number of conversations and of users. A shown cell begins with what its figure
can stand for, any other with anything. A total is the sum of its parts, along an attribute and along the hierarchy; so
each end of each cell's interval gives one for the others of its sum. Users are counted apart: one may be in several
parts, so that a total has at most the sum of its parts and at least the largest.

References
----------
Davis (1987), "Constraint propagation with interval labels", Artificial Intelligence 32. Willenborg and de Waal (2001),
"Elements of Statistical Disclosure Control", chapter 6 (linked tables).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.progress import Work

Figures = NDArray[np.int64]
_ROUNDS = 40
"""What is worked out is true after any round, and hardly more of it after so many."""


class Axis(NamedTuple):
    """An attribute, as an outsider knows it.

    Parameters
    ----------
    values
        Those that some figure names; in an array there is one place more, for all others together.
    others
        Whether there are values that no figure names.
    open
        Whether there may be conversations without a value.
    """

    name: str
    values: tuple[str, ...]
    others: bool
    open: bool


@dataclass
class Interval:
    """The lowest and the highest of each cell; int64 arrays of one shape, clusters first."""

    low: Figures
    high: Figures

    def width(self) -> float:
        """How much is unknown; no sum, which could be too large for a number."""
        return float((self.high - self.low).sum(dtype=np.float64))


@dataclass
class Cells:
    """All cells of one level by some attributes: [clusters, values + 1, ...].

    ``shown``: those with a figure, and those that everybody knows to be empty.
    """

    shown: NDArray[np.bool_]
    conversations: Interval
    users: Interval


Key = tuple[int, tuple[int, ...]]
"""A level, or one above the top for everything together; and the attributes, ascending."""


@dataclass
class Interface:
    """All figures that an outsider can see, and how they hang together.

    Parameters
    ----------
    parents
        One int64 [k] a level: the parent of each cluster; at the top all are 0, which is everything.
    overlapping
        Whether a conversation may be in several clusters of a level.
    users_known
        Whether users are counted.
    """

    axes: Sequence[Axis]
    parents: Sequence[Figures]
    cells: Mapping[Key, Cells]
    overlapping: bool
    users_known: bool

    def width(self) -> float:
        """How much is unknown."""
        return sum(cells.conversations.width() + cells.users.width() for cells in self.cells.values())


def deduce(interface: Interface, work: Work) -> None:
    """Narrow every interval until nothing changes."""
    width = interface.width()
    for _ in range(_ROUNDS):
        for key, cells in interface.cells.items():
            _couple(cells, users_known=interface.users_known)
            _along_attributes(interface, key, cells)
            _along_hierarchy(interface, key, cells)
        work.advance(1)
        before, width = width, interface.width()
        if width == before:
            break


def _couple(cells: Cells, *, users_known: bool) -> None:
    """Everybody counted has a conversation."""
    if not users_known:
        return
    conversations, users = cells.conversations, cells.users
    np.minimum(users.high, conversations.high, out=users.high)
    np.maximum(conversations.low, users.low, out=conversations.low)
    np.maximum(users.low, conversations.low > 0, out=users.low)
    conversations.high[users.high == 0] = 0


def _along_attributes(interface: Interface, key: Key, part: Cells) -> None:
    level, attributes = key
    for place, attribute in enumerate(attributes):
        total = interface.cells[level, attributes[:place] + attributes[place + 1 :]]
        _tighten(part, total, _Values(place + 1), equal=not interface.axes[attribute].open, overlapping=False)


def _along_hierarchy(interface: Interface, key: Key, part: Cells) -> None:
    level, attributes = key
    if level < len(interface.parents):
        total = interface.cells[level + 1, attributes]
        _tighten(part, total, _Children(interface.parents[level]), equal=True, overlapping=interface.overlapping)


class _Values:
    """The values of one attribute are the parts."""

    def __init__(self, axis: int) -> None:
        self._axis = axis

    def add(self, parts: Figures) -> Figures:
        return np.asarray(parts.sum(axis=self._axis))

    def largest(self, parts: Figures) -> Figures:
        return np.asarray(parts.max(axis=self._axis))

    def each(self, totals: Figures) -> Figures:
        return np.expand_dims(totals, self._axis)


class _Children:
    """The clusters below a cluster are the parts. Every cluster of a level has some in the level below."""

    def __init__(self, parents: Figures) -> None:
        self._parents = parents
        self._order = np.argsort(parents, kind="stable")
        self._starts = np.unique(parents[self._order], return_index=True)[1]

    def add(self, parts: Figures) -> Figures:
        return np.add.reduceat(parts[self._order], self._starts, axis=0)

    def largest(self, parts: Figures) -> Figures:
        return np.maximum.reduceat(parts[self._order], self._starts, axis=0)

    def each(self, totals: Figures) -> Figures:
        return totals[self._parents]


def _tighten(part: Cells, total: Cells, sums: _Values | _Children, *, equal: bool, overlapping: bool) -> None:
    """Carry what is known of parts to their totals, and back."""
    conversations = _distinct if overlapping else _disjoint
    for narrow, parts, totals in (
        (conversations, part.conversations, total.conversations),
        (_distinct, part.users, total.users),
    ):
        narrow(parts, totals, sums, equal=equal)


def _disjoint(parts: Interval, totals: Interval, sums: _Values | _Children, *, equal: bool) -> None:
    """Parts that have nothing in common."""
    lows, highs = sums.add(parts.low), sums.add(parts.high)
    np.maximum(totals.low, lows, out=totals.low)
    if equal:
        np.minimum(totals.high, highs, out=totals.high)
    upper = sums.each(totals.high - lows) + parts.low
    if equal:
        np.maximum(parts.low, sums.each(totals.low - highs) + parts.high, out=parts.low)
    np.minimum(parts.high, upper, out=parts.high)


def _distinct(parts: Interval, totals: Interval, sums: _Values | _Children, *, equal: bool) -> None:
    """Parts that may have members in common."""
    highs = sums.add(parts.high)
    np.maximum(totals.low, sums.largest(parts.low), out=totals.low)
    if equal:
        np.minimum(totals.high, highs, out=totals.high)
        np.maximum(parts.low, sums.each(totals.low - highs) + parts.high, out=parts.low)
    np.minimum(parts.high, sums.each(totals.high), out=parts.high)
