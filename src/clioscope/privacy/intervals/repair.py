"""Withholding more until every withheld cell is open."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from clioscope.config import Thresholds
from clioscope.privacy.intervals.audit import Audit, Cell, Exposed
from clioscope.privacy.intervals.figures import Figures
from clioscope.privacy.lattice import BlockKey, Lattice
from clioscope.privacy.limits import cell_limits, cluster_limits
from clioscope.privacy.map_bins import Bins
from clioscope.privacy.suppression import guard
from clioscope.progress import Progress, Silent

_GENTLE = 5
"""Times that one figure is withheld for a cell, before its cluster's whole table is."""


class Audited(NamedTuple):
    """What the audit of a lattice came to.

    Parameters
    ----------
    cells
        Withheld cells that were shown to be open, each once for every pair of attributes that it was looked at in.
    withheld
        Shown cells that were withheld for it.
    without
        Pairs of attributes of which nothing is shown any more, by name.
    left
        Withheld cells that were not shown to be open, though nothing of their clusters is shown any more by these
        attributes: other clusters' figures may still bound them.
    """

    cells: int
    withheld: int
    without: list[tuple[str, ...]]
    left: int


def audit(
    lattice: Lattice, thresholds: Thresholds, bins: Bins | None = None, progress: Progress | None = None
) -> Audited:
    """Withhold more of ``lattice`` until nobody can tell much of any withheld cell.

    For every pair of attributes, from all that is shown by these two, by each of them and of all clusters of all
    levels, conversations and users, and from the map: what a withheld cell may hold is an interval at least k wide (k:
    the least users of a shown cell; in conversations), and one that holds 0 where the cell is below the limits.

    Where a cell fails, the smallest shown figure that gives it away is withheld; where that does not help for long, all
    that is shown of its cluster by this pair; then by either of the two. A cluster's own total is always shown. Where
    users or conversations have no minimum, nothing is withheld and nothing is to be shown.

    Notes
    -----
    The onlooker who is reckoned with knows all figures of one pair of attributes at a time, and that whatever is shown
    has the least that is asked for. What several pairs tell together is not looked at, nor what is known from
    elsewhere. Where a conversation has several rows, what they have in common is taken to be known.
    """
    limits = cell_limits(thresholds)
    if limits.conversations <= 1 or not lattice.attributes:
        return Audited(0, 0, [], 0)
    progress = progress or Silent()
    before = _shown(lattice)
    figures = Figures(lattice, limits, cluster_limits(thresholds), bins)
    run = Audit(figures)
    failed: Counter[tuple[tuple[int, ...], Cell]] = Counter()
    with progress.stage("Auditing what is withheld", run.pending(), "cells") as work:
        exposed = run.run(work.advance)
        while exposed:
            shown = _shown(lattice)
            for found in exposed:
                failed[found.attributes, found.cell] += 1
                _withhold(figures, found, failed[found.attributes, found.cell])
            guard(lattice, limits)
            if _shown(lattice) == shown:
                break
            exposed = run.run()
    return Audited(run.count(), before - _shown(lattice), _without(lattice, run), len(exposed))


def _shown(lattice: Lattice) -> int:
    return sum(int(block.shown.sum()) for key, block in lattice.blocks.items() if key.attributes)


def _withhold(figures: Figures, found: Exposed, times: int) -> None:
    """Withhold for one cell that failed so many ``times`` after something was withheld for it."""
    lattice = figures.lattice
    culprits = [cell for cell in found.by if lattice.blocks[cell.key].shown[cell.cell]]
    if times <= _GENTLE and len(culprits) < len(found.by):
        return  # One of them was withheld for another cell.
    if times <= _GENTLE and culprits:
        _hide(lattice, culprits[0])
        return
    key, cluster = found.cell.key, int(lattice.unpacked(found.cell.key)[0][found.cell.cell])
    tables = [found.attributes, *((a,) for a in found.attributes)]
    for table in tables:
        if not figures.tells_nothing(table) and _hide_table(lattice, key.level, table, cluster):
            return


def _hide(lattice: Lattice, cell: Cell) -> None:
    lattice.blocks[cell.key].shown[cell.cell] = False


def _hide_table(lattice: Lattice, level: int, attributes: tuple[int, ...], cluster: int) -> bool:
    """Withhold all that is shown of a cluster by some attributes. Returns whether there was anything."""
    key = BlockKey(level, attributes)
    mine = lattice.blocks[key].shown & (lattice.unpacked(key)[0] == cluster)
    lattice.blocks[key].shown[mine] = False
    return bool(mine.any())


def _without(lattice: Lattice, run: Audit) -> list[tuple[str, ...]]:
    return [
        tuple(lattice.attributes[a].name for a in pair)
        for pair in run.pairs
        if not any(lattice.blocks[BlockKey(level, pair)].shown.any() for level in lattice.levels)
    ]
