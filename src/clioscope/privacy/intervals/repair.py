"""Withholding more until every withheld cell is open."""

from __future__ import annotations

from typing import NamedTuple

from clioscope.config import Thresholds
from clioscope.privacy.intervals.audit import Audit, Cell, Exposed
from clioscope.privacy.intervals.figures import Figures
from clioscope.privacy.lattice import BlockKey, Lattice
from clioscope.privacy.limits import cell_limits, cluster_limits
from clioscope.privacy.map_bins import Bins
from clioscope.privacy.suppression import guard
from clioscope.progress import Progress, Silent

_GENTLE, _FIRM = 4, 8
"""Rounds in which one figure is withheld for each cell, and after which a cluster's whole table is."""


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
    """

    cells: int
    withheld: int
    without: list[tuple[str, ...]]


def audit(lattice: Lattice, thresholds: Thresholds, bins: Bins | None = None, progress: Progress | None = None) -> Audited:
    """Withhold more of ``lattice`` until nobody can tell much of any withheld cell.

    For every pair of attributes, from all that is shown by these two, by each of them and of all clusters of all
    levels, conversations and users, and from the map: what a withheld cell may hold is an interval at least k wide (k:
    the least users of a shown cell; in conversations), and one that holds 0 where the cell is below the limits.

    Where a cell fails, the smallest shown figure that gives it away is withheld; where that does not help for long, all
    that is shown of its cluster by this pair; then by either of the two; then of all clusters. A cluster's own total is
    always shown. Where users or conversations have no minimum, nothing is withheld and nothing is to be shown.

    Notes
    -----
    The onlooker who is reckoned with knows all figures of one pair of attributes at a time, and that whatever is shown
    has the least that is asked for. What several pairs tell together is not looked at, nor what is known from
    elsewhere. Where a conversation has several rows, what they have in common is taken to be known.
    """
    limits = cell_limits(thresholds)
    if limits.conversations <= 1 or not lattice.attributes:
        return Audited(0, 0, [])
    progress = progress or Silent()
    before = _shown(lattice)
    run = Audit(Figures(lattice, limits, cluster_limits(thresholds), bins))
    failed: dict[tuple[object, ...], int] = {}
    turn = 0
    with progress.stage("Auditing what is withheld", run.pending(), "cells") as work:
        exposed = run.run(work.advance)
        while exposed:
            turn += 1
            for found in exposed:
                _withhold(lattice, found, failed, turn)
            guard(lattice, limits)
            exposed = run.run()
    return Audited(run.count(), before - _shown(lattice), _without(lattice, run))


def _shown(lattice: Lattice) -> int:
    return sum(int(block.shown.sum()) for key, block in lattice.blocks.items() if key.attributes)


def _withhold(lattice: Lattice, found: Exposed, failed: dict[tuple[object, ...], int], turn: int) -> None:
    """Withhold for one cell: a figure, or more the more often its cluster failed."""
    key, (cluster,) = found.cell.key, lattice.unpacked(found.cell.key)[0][[found.cell.cell]]
    where = (found.attributes, key.level, int(cluster))
    if not failed.get((where, turn)):
        failed[where] = failed.get(where, 0) + 1
        failed[where, turn] = 1
    times = failed[where]
    culprits = [cell for cell in found.by if lattice.blocks[cell.key].shown[cell.cell]]
    if times <= _GENTLE and len(culprits) < len(found.by):
        return
    if times <= _GENTLE and culprits:
        _hide(lattice, culprits[0])
    elif not _hide_table(lattice, key.level, found.attributes, int(cluster)):
        of_one = [_hide_table(lattice, key.level, (a,), int(cluster)) for a in found.attributes]
        if not any(of_one):
            _hide_everywhere(lattice, found.attributes, times)


def _hide(lattice: Lattice, cell: Cell) -> None:
    lattice.blocks[cell.key].shown[cell.cell] = False


def _hide_table(lattice: Lattice, level: int, attributes: tuple[int, ...], cluster: int) -> bool:
    """Withhold all that is shown of a cluster by some attributes. Returns whether there was anything."""
    key = BlockKey(level, attributes)
    mine = lattice.blocks[key].shown & (lattice.unpacked(key)[0] == cluster)
    lattice.blocks[key].shown[mine] = False
    return bool(mine.any())


def _hide_everywhere(lattice: Lattice, attributes: tuple[int, ...], times: int) -> None:
    """Withhold a pair of all clusters, and at last both of its attributes."""
    tables = [attributes] if times <= _FIRM else [attributes, *((a,) for a in attributes)]
    for table in tables:
        for level in lattice.levels:
            lattice.blocks[BlockKey(level, table)].shown[:] = False


def _without(lattice: Lattice, run: Audit) -> list[tuple[str, ...]]:
    return [
        tuple(lattice.attributes[a].name for a in pair)
        for pair in run.pairs
        if not any(lattice.blocks[BlockKey(level, pair)].shown.any() for level in lattice.levels)
    ]
