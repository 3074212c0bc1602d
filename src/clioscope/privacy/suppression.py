"""Which cells are released: primary and secondary suppression over the lattice.

References
----------
Hundepool et al. (2012), "Statistical Disclosure Control", chapter 4 (tables, secondary cell suppression).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes, Counts, count
from clioscope.privacy.lattice import Block, BlockKey, Lattice, Sum
from clioscope.privacy.limits import Limits


class Suppressed(NamedTuple):
    """How many cells were withheld: for being small, and to keep the small ones from being worked out."""

    small: int
    complementary: int
    cells: int


def suppress(lattice: Lattice, limits: Limits) -> Suppressed:
    """Decide ``shown`` for every cell of ``lattice``.

    A cell below the limits is withheld. Then, until nothing changes: wherever a shown total has withheld parts that
    together fall below the limits, or one withheld part alone, and the figures prove that these are not empty (neither
    rounding nor conversations without a value may account for them), its smallest shown part is withheld too; and
    wherever a withheld total has all its parts shown, the smallest of them is withheld. The clusters' own totals are
    always shown: :func:`clioscope.clustering.merge_small` has made them large enough. What earlier publications decide
    of a cell (``standing``) is not changed.
    """
    small = 0
    for key, block in lattice.blocks.items():
        if key.attributes:
            block.shown = limits.enough(block.counts, lattice.users is not None)
            small += int((~block.shown).sum())
            if block.standing is not None:
                block.shown = (block.shown & ~block.standing.barred) | block.standing.fixed
    complementary = guard(lattice, limits)
    return Suppressed(small, complementary, sum(len(b.keys) for k, b in lattice.blocks.items() if k.attributes))


def guard(lattice: Lattice, limits: Limits) -> int:
    """Withhold more until no sum gives a withheld cell away. Returns how many cells."""
    sums = [s for s in lattice.sums() if s.part.attributes]
    complementary, changed = 0, True
    while changed:
        changed = False
        for a_sum in sums:
            withheld = _guard(lattice, a_sum, limits)
            complementary += withheld
            changed |= withheld > 0
    return complementary


def _guard(lattice: Lattice, a_sum: Sum, limits: Limits) -> int:
    """Withhold what ``a_sum`` needs, at most one part of each total. Returns how many."""
    part, exposed = lattice.blocks[a_sum.part], _exposed(lattice, a_sum, limits)
    open_to_choice = part.shown if part.standing is None else part.shown & ~part.standing.fixed
    chosen = _smallest_shown(a_sum.total_of, open_to_choice, part.counts.conversations, exposed)
    part.shown[chosen] = False
    return len(chosen)


def exposed_for_good(lattice: Lattice, limits: Limits) -> list[tuple[BlockKey, int]]:
    """Totals with a new figure that give away what is withheld of them, since only published figures are left of it."""
    found = []
    for a_sum in lattice.sums():
        part, total = lattice.blocks[a_sum.part], lattice.blocks[a_sum.total]
        if a_sum.part.attributes and part.standing is not None and total.standing is not None:
            fixed = np.bincount(a_sum.total_of[part.standing.fixed], minlength=len(total.keys))
            new = total.shown & ~total.standing.fixed
            exposed = _exposed(lattice, a_sum, limits) & (fixed > 0) & new
            found += [(a_sum.total, cell) for cell in np.flatnonzero(exposed).tolist()]
    return found


def _exposed(lattice: Lattice, a_sum: Sum, limits: Limits) -> NDArray[np.bool_]:
    """The totals of which one more part has to be withheld."""
    part, total = lattice.blocks[a_sum.part], lattice.blocks[a_sum.total]
    hidden = _counts_of_hidden(lattice, a_sum, part.shown)
    hidden_parts = np.bincount(a_sum.total_of[~part.shown], minlength=len(total.keys))
    alone = (hidden_parts == 1) | ~limits.enough(hidden, lattice.users is not None)
    proven = (least_remainder(a_sum, part, total, limits.rounding) > 0) & (not a_sum.open)
    return np.asarray(np.where(total.shown, (hidden_parts > 0) & alone & proven, hidden_parts == 0), dtype=np.bool_)


def least_remainder(a_sum: Sum, part: Block, total: Block, rounding: int) -> Codes:
    """For each total, the fewest conversations that its withheld parts can hold, as an onlooker works it out.

    A figure shown as a multiple of 5 stands for 2 less up to 2 more. Where this is not above 0, nobody can tell
    whether there is anything that is not shown. Everybody has a conversation, so that users whom the shown parts cannot
    account for count as conversations. Figures are those that are printed, also where they repeat earlier ones.
    """
    down, up = rounding // 2, (rounding - 1) // 2
    of = a_sum.total_of[part.shown]
    by_figure = [
        whole - down - np.bincount(of, weights=parts[part.shown] + up, minlength=len(total.keys)).astype(np.int64)
        for whole, parts in zip(total.figures(rounding), part.figures(rounding), strict=True)
    ]
    return np.maximum(*by_figure)


def _counts_of_hidden(lattice: Lattice, a_sum: Sum, shown: NDArray[np.bool_]) -> Counts:
    """Conversations and distinct users of all withheld parts of each total, taken together."""
    cells = lattice.cell_of_rows(a_sum.part)
    rows = np.flatnonzero(cells >= 0)
    rows = rows[~shown[cells[rows]]]
    users = lattice.users[rows] if lattice.users is not None else None
    conversations = lattice.conversations[rows] if lattice.conversations is not None else None
    return count(a_sum.total_of[cells[rows]], users, len(lattice.blocks[a_sum.total].keys), conversations=conversations)


def _smallest_shown(total_of: Codes, shown: NDArray[np.bool_], sizes: Codes, totals: NDArray[np.bool_]) -> Codes:
    """For each of ``totals``, the index of its smallest shown part, where it has one."""
    candidates = np.flatnonzero(shown & totals[total_of])
    order = candidates[np.lexsort((candidates, sizes[candidates], total_of[candidates]))]
    _, first = np.unique(total_of[order], return_index=True)
    return order[first]
