"""What an onlooker knows of every cell by itself: an interval of conversations and one of users."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes, count, rounded
from clioscope.privacy.lattice import NONE, BlockKey, Lattice
from clioscope.privacy.limits import Limits
from clioscope.privacy.map_bins import Bins

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Interval(NamedTuple):
    """From ``low`` to ``high``, both possible; float64 [cells] each."""

    low: Reals
    high: Reals

    def and_also(self, other: Interval) -> Interval:
        """What both allow."""
        return Interval(np.maximum(self.low, other.low), np.minimum(self.high, other.high))


def stands_for(counts: Codes, least: int, rounding: int) -> Interval:
    """What a shown figure may stand for: whatever is rounded to it, and no fewer than anything shown has."""
    figure = rounded(counts, rounding).astype(np.float64)
    return Interval(np.maximum(figure - rounding // 2, least), figure + (rounding - 1) // 2)


class Parts(NamedTuple):
    """Of each cell of a block, what its parts hold in truth; float64 [cells].

    ``conversations`` and ``users``: of all parts added up, by the attribute that splits the cell, or by
    :data:`CHILDREN`. ``most``: the users of the largest part.
    """

    conversations: dict[int, Reals]
    users: dict[int, Reals]
    most: dict[int, Reals]


class Missing(NamedTuple):
    """Cells of conversations that have no value of an attribute that may be without; int64 [cells] each.

    ``keys``: ascending, cluster and values, packed with one value more an attribute, the last, for none. ``users``: the
    distinct ones.
    """

    keys: Codes
    users: Codes


CHILDREN = -1
"""Stands for the split of a cluster into those of the level below, where a split is named by its attribute."""


class Figures:
    """A lattice as it is published, and what was counted.

    Parameters
    ----------
    limits, of_clusters
        The least of a shown cell, and of a cluster.
    bins
        The map, which tells of every base cluster how many are in each part of it.
    """

    def __init__(self, lattice: Lattice, limits: Limits, of_clusters: Limits, bins: Bins | None = None) -> None:
        self.lattice, self.limits = lattice, limits
        self.users_known = lattice.users is not None
        self._of_clusters = of_clusters
        self._small: dict[BlockKey, Flags] = {}
        self._totals = {level: self._total(level, bins) for level in lattice.levels}
        self.parents = self._find_parents()
        self.parts = self._add_up()
        self.missing = self._without_values()

    def conversations(self, key: BlockKey, cells: slice | Codes) -> Interval:
        """What the shown figures of some cells of a block stand for, whether they are shown or not."""
        return self._of(key, cells, users=False)

    def users(self, key: BlockKey, cells: slice | Codes) -> Interval:
        """The same of users."""
        return self._of(key, cells, users=True)

    def node(self, level: int, base: Codes) -> Codes:
        """int64: the cluster of ``level`` that each base cluster is part of."""
        at = base
        for below in range(level if level != NONE else len(self.lattice.labels)):
            at = self.parents[below][at]
        return at

    def small(self, key: BlockKey) -> Flags:
        """Which cells of a block are withheld for being small."""
        if key not in self._small:
            block = self.lattice.blocks[key]
            self._small[key] = ~self.limits.enough(block.counts, self.users_known)
        return self._small[key] & ~self.lattice.blocks[key].shown

    def tells_nothing(self, attributes: tuple[int, ...]) -> bool:
        """Whether these attributes have one value each, so that their cells are what their clusters' totals are."""
        known = [self.lattice.attributes[a] for a in attributes]
        return all(len(a.values) == 1 and not a.open for a in known)

    def parent(self, level: int, cluster: int) -> int:
        """The cluster of the level above that a cluster is part of; everything is part of itself."""
        return 0 if level == NONE else int(self.parents[level][cluster])

    def above(self, level: int) -> int | None:
        """The level that the clusters of a level are parts of."""
        if level == NONE:
            return None
        return level + 1 if level + 1 < len(self.lattice.labels) else NONE

    def _of(self, key: BlockKey, cells: slice | Codes, users: bool) -> Interval:
        if not key.attributes:
            total = self._totals[key.level][int(users)]
            return Interval(total.low[cells], total.high[cells])
        counts = self.lattice.blocks[key].counts
        least = self.limits.users if users else self.limits.conversations
        return stands_for((counts.users if users else counts.conversations)[cells], least, self.limits.rounding)

    def _total(self, level: int, bins: Bins | None) -> tuple[Interval, Interval]:
        block, limits = self.lattice.blocks[BlockKey(level, ())], self._of_clusters
        conversations = stands_for(block.counts.conversations, limits.conversations, limits.rounding)
        users = stands_for(block.counts.users, limits.users, limits.rounding)
        if level == 0 and bins is not None and len(bins.cluster):
            by_place, by_user = self._by_bins(bins, block.keys)
            conversations, users = conversations.and_also(by_place), users.and_also(by_user)
        return conversations, users

    def _by_bins(self, bins: Bins, clusters: Codes) -> tuple[Interval, Interval]:
        """Of every cluster what its bins tell: their sum, and of users no fewer than in one and no more than in all."""
        at = np.searchsorted(clusters, bins.cluster)
        places = stands_for(bins.conversations.astype(np.int64), self.limits.conversations, self.limits.rounding)
        people = stands_for(bins.users.astype(np.int64), self.limits.users, self.limits.rounding)
        has_none = np.bincount(at, minlength=len(clusters)) == 0

        def together(values: Reals) -> Reals:
            return np.bincount(at, weights=values, minlength=len(clusters)).astype(np.float64)

        most = np.zeros(len(clusters))
        np.maximum.at(most, at, people.low)
        return (
            Interval(together(places.low), np.where(has_none, np.inf, together(places.high))),
            Interval(most, np.where(has_none, np.inf, together(people.high))),
        )

    def _find_parents(self) -> list[Codes]:
        """By level, the cluster of the level above that each cluster is part of."""
        found = []
        for level, labels in enumerate(self.lattice.labels):
            inside = self.lattice.labels[0] >= 0
            above = self.lattice.labels[level + 1] if level + 1 < len(self.lattice.labels) else np.zeros_like(labels)
            parents = np.full(int(labels.max(initial=-1)) + 1, NONE, dtype=np.int64)
            parents[labels[inside]] = above[inside]
            found.append(parents)
        return found

    def _add_up(self) -> dict[BlockKey, Parts]:
        found = {key: Parts({}, {}, {}) for key in self.lattice.blocks}
        for a_sum in self.lattice.sums():
            counts, into = self.lattice.blocks[a_sum.part].counts, found[a_sum.total]
            split = next(iter(set(a_sum.part.attributes) - set(a_sum.total.attributes)), CHILDREN)
            size = len(self.lattice.blocks[a_sum.total].keys)
            into.conversations[split] = np.bincount(
                a_sum.total_of, weights=counts.conversations, minlength=size
            ).astype(float)
            into.users[split] = np.bincount(a_sum.total_of, weights=counts.users, minlength=size).astype(float)
            into.most[split] = np.zeros(size)
            np.maximum.at(into.most[split], a_sum.total_of, counts.users)
        return found

    def _without_values(self) -> dict[BlockKey, Missing]:
        """By block, the cells of those who lack a value; none are of attributes that everybody has a value of."""
        lattice, found = self.lattice, {}
        inside = lattice.labels[0] >= 0
        for key in lattice.blocks:
            attributes = [lattice.attributes[a] for a in key.attributes]
            if not any(attribute.open for attribute in attributes):
                continue
            packed = (lattice.labels[key.level] if key.level != NONE else np.zeros(len(inside))).astype(np.int64)
            lacking = np.zeros(len(inside), dtype=np.bool_)
            for attribute in attributes:
                width, is_none = len(attribute.values), attribute.codes < 0
                packed = packed * (width + 1) + np.where(is_none, width, attribute.codes)
                lacking |= is_none
            cells, of = np.unique(packed[inside & lacking], return_inverse=True)
            groups = np.full(len(inside), NONE, dtype=np.int64)
            groups[inside & lacking] = of
            counts = count(groups, lattice.users, len(cells), conversations=lattice.conversations)
            found[key] = Missing(cells, counts.users)
        return found
