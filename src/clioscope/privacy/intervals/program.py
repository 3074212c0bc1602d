"""Other conversations that would have given the same figures, as the points of a linear program.

The variables are the conversations and the users of every cell by some attributes and by any two of them, of a few
base clusters and of all that these are part of. The rows are what anybody knows of cells: a total has the conversations
of its parts; it has no more users than these together, and no fewer than any of them; nobody is without a conversation.
The bounds are the figures that are shown. Whatever lies outside the few base clusters, or has other values, stays as it
was: there are fewer such worlds than an onlooker must reckon with, so that what they leave open is open.

References
----------
Fischetti and Salazar (2001), "Solving the cell suppression problem on tabular data with linear constraints": the
attacker's problem.
"""

from __future__ import annotations

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Figures, Flags, Reals
from clioscope.privacy.intervals.rows import Matrix, Rows
from clioscope.privacy.intervals.sums import Sums, sums_of
from clioscope.privacy.intervals.tables import Layout, nodes

_LEAVES, _OTHERS = 1, 3
"""In the worlds that are looked at, a withheld cell may have more than it has by so many times the least conversations
of a shown one: enough to take what a cell beside it gives."""


class Program:
    """The worlds in which only the conversations in ``base`` differ, by some attributes.

    ``truth``, ``low`` and ``high`` are float64 [variables], ``rows`` a :class:`Matrix`. Variables come cluster by
    cluster, base first, the conversations of all ``count`` cells before the users of all.

    Parameters
    ----------
    layout
        By which attributes, and with which of their values.
    base
        int64 [m], ascending: base clusters.
    fixed
        Whether only the cells by most attributes differ, and all that they add up to is as it was.
    """

    def __init__(self, figures: Figures, layout: Layout, base: Codes, *, fixed: bool = False) -> None:
        self.layout = layout
        levels = [
            nodes(figures, layout, level, np.unique(figures.node(level, base))) for level in figures.lattice.levels
        ]
        self.nodes = levels
        self.starts = [0, *np.cumsum([found.cells.size for found in levels]).tolist()]
        self.count = self.starts[-1]
        self.shown: Flags = np.concatenate([found.shown.ravel() for found in levels])
        self.cells: Codes = np.concatenate([found.cells.ravel() for found in levels])
        self._known, self._exact = figures.users_known, figures.lattice.conversations is None
        self.truth: Reals = np.concatenate(
            [n.conversations.ravel() for n in levels] + [n.users.ravel() for n in levels]
        )
        sums = sums_of(figures, layout, levels, self.starts)
        self._room = float(figures.limits.conversations)
        self.low, self.high = self._bounds(self._room)
        matrix = self._conversations(sums)
        if self._known:
            matrix = matrix.and_also(self._users(sums))
        if fixed:
            stays = np.tile(np.tile(np.arange(layout.width) >= layout.leaves, sum(len(n.clusters) for n in levels)), 2)
            self.low[stays] = self.high[stays] = self.truth[stays]
        self.rows = matrix.needed(self.low, self.high)

    def column(self, level: int, clusters: Codes) -> Codes:
        """int64: where the cells of clusters of one level begin."""
        number = next(i for i, found in enumerate(self.nodes) if found.level == level)
        at: Codes = np.searchsorted(self.nodes[number].clusters, clusters).astype(np.int64)
        return np.asarray(self.starts[number] + at * self.layout.width)

    def _is_leaf(self) -> Flags:
        leaf = np.zeros(self.count, dtype=np.bool_)
        leaf[: self.starts[1]] = np.tile(np.arange(self.layout.width) < self.layout.leaves, len(self.nodes[0].clusters))
        return leaf

    def _bounds(self, room: float) -> tuple[Reals, Reals]:
        """The least and the most of every variable, as far as its own figure tells."""
        truth = self.truth[: self.count]
        figures, people = (
            [np.concatenate([getattr(n, name)[end].ravel() for n in self.nodes]) for end in (0, 1)]
            for name in ("figures", "figures_users")
        )
        most = truth + np.where(self._is_leaf(), _LEAVES * room, _OTHERS * room)
        low, high = np.where(self.shown, figures[0], 0.0), np.where(self.shown, figures[1], most)
        low_users, high_users = np.where(self.shown, people[0], 0.0), np.where(self.shown, people[1], high)
        if not self._known:
            low_users, high_users = low_users * 0, high_users * 0
        return np.append(np.maximum(low, low_users), low_users), np.append(high, np.minimum(high_users, high))

    def _conversations(self, sums: Sums) -> Matrix:
        rows = Rows()
        rows.less_parts(sums.total, sums.of, sums.part, sums.outside, sums.outside, only=sums.counted)
        if not self._exact:
            rows.ordered(sums.total[sums.of], sums.part)
        return rows.matrix()

    def _users(self, sums: Sums) -> Matrix:
        """What ties users. Some worlds are left out so that most cells need no variable of their own for their users.

        A cell that is not shown has at most as many users as the smallest shown total above it has at the least,
        unless it has more in truth (``crowded``). Where all that it holds is not shown either, every conversation is
        taken to be of another user (``alike``), which is the best for every total.
        """
        known, n = self.shown, self.count
        low, high = self.low[n:], self.high[n:]
        np.maximum.at(low, sums.total, sums.most)
        cap = self._cap(sums)
        crowded = self.truth[n:] > cap
        high[:] = np.where(crowded, high, np.maximum(np.minimum(high, cap), low))
        free = ~known & ~crowded & (self.truth[:n] + self._room <= cap)
        self.high[:n] = np.where(free, np.minimum(self.high[:n], cap), self.high[:n])
        alike = self._alike(sums, free)
        needed = self._needed(sums, alike)
        rows = Rows()
        part = sums.part + np.where(alike[sums.part], 0, n)
        rows.less_parts(sums.total + n, sums.of, part, -np.inf, sums.users, only=needed)
        ordered = crowded[sums.part] | (known[sums.part] & known[sums.total[sums.of]])
        rows.ordered(sums.total[sums.of][ordered] + n, sums.part[ordered] + n)
        own = np.zeros(n, dtype=np.bool_)
        own[part[needed[sums.of] & (part >= n)] - n] = True
        # Users of a shown cell that no total needs may be the fewest.
        idle = known & self._is_leaf() & ~own
        high[idle] = low[idle]
        own |= known | crowded
        rows.ordered(np.flatnonzero(own), np.flatnonzero(own) + n)
        return rows.matrix()

    def _cap(self, sums: Sums) -> Reals:
        """The fewest users that any shown total above each cell may have."""
        cap = np.full(self.count, np.inf)
        for _ in range(len(self.nodes) + 2):
            above = np.where(self.shown, np.minimum(self.low[self.count :], cap), cap)
            np.minimum.at(cap, sums.part, above[sums.total[sums.of]])
        return cap

    def _alike(self, sums: Sums, free: Flags) -> Flags:
        alike = free.copy()
        for _ in range(len(self.nodes) + 2):
            spoilt = ~sums.distinct & sums.named
            np.logical_or.at(spoilt, sums.of, ~alike[sums.part])
            np.logical_and.at(alike, sums.total, ~spoilt)
        return alike

    def _needed(self, sums: Sums, alike: Flags) -> Flags:
        """Sums that bound the users of a total that is shown, or of one that such a sum counts on."""
        wanted = self.shown.copy()
        for _ in range(len(self.nodes) + 2):
            needed = sums.named & wanted[sums.total]
            parts = sums.part[needed[sums.of]]
            wanted[parts[~alike[parts]]] = True
        return sums.named & wanted[sums.total]
