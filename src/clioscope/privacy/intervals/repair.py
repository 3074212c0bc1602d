"""Withholding more until every withheld cell is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from clioscope.config import Thresholds
from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals import large
from clioscope.privacy.intervals.audit import Audit, Cell, Exposed
from clioscope.privacy.intervals.figures import Figures
from clioscope.privacy.intervals.large import hide_pairs, hide_telling_margins, pairs_from
from clioscope.privacy.lattice import NONE, BlockKey, Lattice
from clioscope.privacy.limits import cell_limits, cluster_limits
from clioscope.privacy.map_bins import Bins
from clioscope.privacy.suppression import guard
from clioscope.progress import Progress, Silent

_GENTLE, _FIRM, _SOME = 3, 8, 6
"""Times that one figure is withheld for a cell, and times in all that some figures are, before whole tables are."""


class Audited(NamedTuple):
    """What the audit of a lattice came to.

    Parameters
    ----------
    cells
        Withheld cells that were shown to be open.
    withheld
        Shown cells that were withheld for it.
    without
        Pairs of attributes of which nothing is shown any more, by name.
    left
        Withheld cells that were not shown to be open, though nothing is shown any more by their attributes.
    pairs_from
        The lowest level of which pairs of attributes are shown.
    apart
        Whether what pairs of upper levels and single figures of lower ones tell together was not looked at.
    """

    cells: int
    withheld: int
    without: list[tuple[str, ...]]
    left: int
    pairs_from: int
    apart: bool = False


def audit(
    lattice: Lattice, thresholds: Thresholds, bins: Bins | None = None, progress: Progress | None = None
) -> Audited:
    """Withhold more of ``lattice`` until every cell that is withheld for being small may hold nothing.

    From all that is shown, by any one or two attributes, of all clusters of all levels, conversations and users, and
    from the map: the least that such a cell may hold is 0. Nobody can then tell it from a cell that is empty. Cells
    that are large enough, and were withheld for the sake of others, need no guard.

    Where a cell fails, the smallest shown figure that gives it away is withheld, and then several; where that does not
    help for long, all that is shown of its cluster by its attributes, and then by others; then of the clusters above it
    and beside it; then of any cluster. A cluster's own total is always shown. Where users or conversations have no
    minimum, nothing is withheld and nothing is to be shown.

    Where there are many clusters or many pairs, pairs are shown of the upper levels alone
    (:mod:`clioscope.privacy.intervals.large`). What lies below is looked at together with them, up to
    :data:`~clioscope.privacy.intervals.large.MOST_TOGETHER` base clusters, and beyond that apart from them.

    Notes
    -----
    The onlooker who is reckoned with knows all figures, how they add up, and that whatever is shown has the least that
    is asked for. Not looked at is what follows from figures being whole numbers or from three attributes at once, what
    is known from elsewhere, and, of more clusters, what is said above. Where a conversation has several rows, what they
    have in common is taken to be known.

    That a small cell's interval were also wide is not asked for: an empty cell's is as narrow where the figures around
    it are exact to four conversations, and a total that is withheld for the sake of width would tell that the cell is
    not empty.
    """
    limits = cell_limits(thresholds)
    of = [i for i, attribute in enumerate(lattice.attributes) if attribute.values]
    if limits.conversations <= 1 or not of:
        return Audited(0, 0, [], 0, 0)
    before, level = _shown(lattice), pairs_from(lattice)
    figures = Figures(lattice, limits, cluster_limits(thresholds), bins)
    attributes, pairs = tuple(of), list(combinations(of, 2))
    apart = level > 0 and bool(pairs) and len(lattice.blocks[BlockKey(0, ())].keys) > large.MOST_TOGETHER
    if level > 0:
        hide_pairs(lattice, level)
    looked_at = [_Looked(figures, attributes, depth=2 if pairs and not apart else 1)]
    if apart:
        upper = Figures(lattice.above(level), limits, cluster_limits(thresholds))
        looked_at.append(_Looked(upper, attributes, depth=2))
    left = 0
    pending = sum(one.audit.pending() for one in looked_at)
    with (progress or Silent()).stage("Auditing what is withheld", pending, "cells") as work:
        while True:
            shown = _shown(lattice)
            hide_telling_margins(figures, level)
            left = sum([one.withhold(work.advance) for one in looked_at])
            guard(lattice, limits)
            if _shown(lattice) == shown:
                break
    cells = sum(one.audit.count() for one in looked_at)
    return Audited(cells, before - _shown(lattice), _without(lattice, pairs), left, level if pairs else 0, apart)


class _Looked:
    """One audit, and how often each cell failed in it."""

    def __init__(self, figures: Figures, attributes: tuple[int, ...], depth: int) -> None:
        self.audit = Audit(figures, attributes, depth)
        self._figures = figures
        self._failed: Counter[Cell] = Counter()

    def withhold(self, advance: Callable[[float], None]) -> int:
        """Withhold something for every cell that fails, and return how many do."""
        exposed = self.audit.run(advance)
        for found in exposed:
            self._failed[found.cell] += 1
            _withhold(self._figures, found, self._failed[found.cell], self.audit.tables)
        return len(exposed)


def _shown(lattice: Lattice) -> int:
    return sum(int(block.shown.sum()) for key, block in lattice.blocks.items() if key.attributes)


def _withhold(figures: Figures, found: Exposed, times: int, tables: Sequence[tuple[int, ...]]) -> None:
    """Withhold for one cell that failed so many ``times`` after something was withheld for it."""
    lattice = figures.lattice
    culprits = [cell for cell in found.by if lattice.blocks[cell.key].shown[cell.cell]]
    if times <= _GENTLE and len(culprits) < len(found.by):
        return  # One of them was withheld for another cell.
    if times <= _FIRM and culprits:
        for culprit in culprits[: 1 if times <= _GENTLE else _SOME]:
            _hide(lattice, culprit)
        return
    key, cluster = found.cell.key, int(lattice.unpacked(found.cell.key)[0][found.cell.cell])
    nearest = sorted(tables, key=lambda table: (-len({*table} & {*key.attributes}), -len(table)))
    for level, some in _around(figures, key.level, cluster):
        for table in nearest:
            if _hide_table(lattice, level, table, some):
                return
    for table in nearest:
        hidden = [_hide_table(lattice, level, table) for level in lattice.levels]
        if any(hidden):
            return


def _around(figures: Figures, level: int, cluster: int) -> Iterator[tuple[int, Codes]]:
    """The clusters of which something may have to be withheld for one: itself, its parents, and their other parts."""
    own = np.array([cluster], dtype=np.int64)
    yield level, own
    number, above = cluster, figures.above(level)
    chain = []
    while above is not None and above != NONE:
        number = figures.parent(level, number)
        chain.append((above, np.array([number], dtype=np.int64)))
        yield chain[-1]
        level, above = above, figures.above(above)
    for parents_level, parent in chain:
        parts = np.flatnonzero(figures.parents[parents_level - 1] == parent[0])
        yield parents_level - 1, parts.astype(np.int64)


def _hide(lattice: Lattice, cell: Cell) -> None:
    lattice.blocks[cell.key].shown[cell.cell] = False


def _hide_table(lattice: Lattice, level: int, attributes: tuple[int, ...], clusters: Codes | None = None) -> bool:
    """Withhold all that is shown by some attributes, of some clusters or of all. Returns whether there was anything."""
    key = BlockKey(level, attributes)
    mine = lattice.blocks[key].shown & (clusters is None or np.isin(lattice.unpacked(key)[0], clusters))
    lattice.blocks[key].shown[mine] = False
    return bool(mine.any())


def _without(lattice: Lattice, pairs: Sequence[tuple[int, ...]]) -> list[tuple[str, ...]]:
    return [
        tuple(lattice.attributes[a].name for a in pair)
        for pair in pairs
        if not any(lattice.blocks[BlockKey(level, pair)].shown.any() for level in lattice.levels)
    ]
