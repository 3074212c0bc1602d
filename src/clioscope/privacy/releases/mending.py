"""Repeating and withholding more, until no sum of shown figures tells of too few people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes
from clioscope.privacy.lattice import BlockKey, Lattice, Sum
from clioscope.privacy.limits import Limits
from clioscope.privacy.releases.known import Known, KnownBlock
from clioscope.privacy.releases.members import Pairs, enough
from clioscope.privacy.suppression import exposed_for_good

if TYPE_CHECKING:
    from clioscope.privacy.releases.joint import _Cells


class _Equation(NamedTuple):
    """Totals and parts whose shown figures can be subtracted.

    ``totals``: what is subtracted from, in ``total_block`` or, where that is ``None``, numbered known cells. ``part``
    and ``of``: the parts, in ``part_block`` or, where that is ``None``, numbered known cells, and the index into
    ``totals`` of each.
    """

    total_block: BlockKey | None
    totals: Codes
    part_block: BlockKey | None
    parts: Codes
    of: Codes


class Mending:
    """The cells of a new release, and the sums that tie their figures to one another and to published ones.

    Parameters
    ----------
    several
        Whether a conversation may be in several clusters, so that a total is at most the sum of its parts.
    """

    def __init__(
        self, lattice: Lattice, cells: Mapping[BlockKey, _Cells], known: Known, limits: Limits, *, several: bool
    ) -> None:
        self._lattice, self._cells, self._known, self._limits = lattice, cells, known, limits
        self._people = next(iter(cells.values())).members.people
        self._several = several
        self._erased = any(block.of.erased for block in known.blocks)
        self._links: list[_Equation] = []
        self._failed: set[tuple[BlockKey | None, int]] = set()
        self._never: set[tuple[BlockKey | None, int]] = set()
        self._sums = [_of_sum(lattice, a_sum) for a_sum in lattice.sums()]

    def link(self, key: BlockKey, block: KnownBlock, pairs: Pairs) -> None:
        """Remember which cells of a known block lie for the most part in one of a new block, and the reverse.

        Only of cells of the same values, and where several are in one: single pairs are compared anyhow.
        """
        pairs = Pairs(*(values[block.labels[pairs.old] == self._cells[key].labels[pairs.new]] for values in pairs))
        ours, theirs = self._cells[key].members.sizes, block.members.sizes
        inside = block.shown[pairs.old] & (2 * pairs.shared > theirs[pairs.old])
        totals, of = _several(pairs.new[inside])
        if len(totals):
            parts = block.start + pairs.old[inside][of >= 0]
            self._links.append(_Equation(key, totals, None, parts, of[of >= 0]))
        inside = block.shown[pairs.old] & (2 * pairs.shared > ours[pairs.new])
        totals, of = _several(pairs.old[inside])
        if len(totals):
            self._links.append(_Equation(None, block.start + totals, key, pairs.new[inside][of >= 0], of[of >= 0]))

    def mend(self) -> bool:
        """Go through all sums once, and change one cell of each that tells too much. Whether anything changed."""
        changed, self._failed = False, set()  # what cannot be mended counts once nothing else changes any more
        for equation in (*self._sums, *self._links):
            for total in self._telling(equation).tolist():
                changed |= self._change(equation, total)
        for total, cell in exposed_for_good(self._lattice, self._limits):
            changed |= self._change_total(total, cell)
        return changed

    def failed(self) -> int:
        """How many figures tell too much and could not be mended."""
        return len(self._failed | self._never)

    def _telling(self, equation: _Equation) -> Codes:
        """The indices of those totals whose sum tells of too few."""
        shown, fresh = self._states(equation.part_block, equation.parts)
        total_shown, total_fresh = self._states(equation.total_block, equation.totals)
        n = len(equation.totals)
        any_fresh = total_fresh | (np.bincount(equation.of[fresh], minlength=n) > 0)
        any_repeated = ~total_fresh | (np.bincount(equation.of[shown & ~fresh], minlength=n) > 0)
        asked = np.flatnonzero(total_shown & any_fresh & any_repeated)
        if equation.part_block is None or equation.total_block is None:
            asked = asked[np.bincount(equation.of[shown], minlength=n)[asked] > 0]
        if not len(asked):
            return asked
        place = np.full(n, -1, np.int64)
        place[asked] = np.arange(len(asked))
        counted = np.flatnonzero(shown & (place[equation.of] >= 0))
        index, whole = self._entries(equation.total_block, equation.totals[asked])
        part_index, parts = self._entries(equation.part_block, equation.parts[counted])
        groups, conversations = _disagreed(
            (index, whole), (place[equation.of[counted]][part_index], parts), len(self._people.users), self._several
        )
        good = enough(groups, conversations, len(asked), self._people, self._limits)
        if self._erased:  # what was erased is missing on one side, and nobody knows where it was
            good &= np.bincount(groups, minlength=len(asked)) > 0
        return asked[~good]

    def _states(self, key: BlockKey | None, cells: Codes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which cells are shown, and which of those with a figure of their own."""
        if key is None:
            return np.ones(len(cells), np.bool_), np.zeros(len(cells), np.bool_)
        block = self._lattice.blocks[key]
        assert block.standing is not None
        return block.shown[cells], (block.shown & ~block.standing.fixed)[cells]

    def _entries(self, key: BlockKey | None, cells: Codes) -> tuple[Codes, Codes]:
        """What the shown figures of cells count: for each an index into ``cells``, and the conversation."""
        if key is None:
            return self._known.entries(cells)
        mine = self._cells[key]
        repeated = mine.source[cells] >= 0
        own, found = mine.members.entries(cells[~repeated])
        other, theirs = self._known.entries(mine.source[cells[repeated]])
        index = np.concatenate([np.flatnonzero(~repeated)[own], np.flatnonzero(repeated)[other]])
        return index, np.concatenate([found, theirs])

    def _change(self, equation: _Equation, total: int) -> bool:
        """Have one part of a total repeat its figure, or withheld; or else the total."""
        key = equation.part_block
        if key is not None:
            mine = equation.parts[(equation.of == total)]
            fresh = mine[self._states(key, mine)[1]]
            options = fresh[self._cells[key].option[fresh] >= 0]
            if len(options):
                return self._repeat(key, int(options[np.argmin(self._cells[key].option_far[options])]))
            if key.attributes and len(fresh):
                return self._bar(key, int(fresh[np.argmin(self._cells[key].members.sizes[fresh])]))
        return self._change_total(equation.total_block, int(equation.totals[total]))

    def _change_total(self, key: BlockKey | None, cell: int) -> bool:
        if key is None or not self._states(key, np.array([cell]))[1][0]:
            return self._give_up(key, cell)
        if self._cells[key].option[cell] >= 0:
            return self._repeat(key, cell)
        return self._bar(key, cell) or self._give_up(key, cell)

    def refuse(self, key: BlockKey) -> None:
        """Have clusters repeat their totals that may not be shown anew, or count them as failed."""
        standing = self._lattice.blocks[key].standing
        assert standing is not None
        for cell in np.flatnonzero(standing.barred).tolist():
            if not (self._cells[key].option[cell] >= 0 and self._repeat(key, cell)):
                self._never.add((key, cell))

    def _repeat(self, key: BlockKey, cell: int) -> bool:
        """Have a cell repeat the figure of the known cell that it may repeat."""
        standing, mine = self._lattice.blocks[key].standing, self._cells[key]
        assert standing is not None
        if standing.fixed[cell]:
            return False
        mine.source[cell], mine.far[cell] = mine.option[cell], mine.option_far[cell]
        conversations, users = self._known.figures(mine.source[[cell]])
        standing.fixed[cell], standing.barred[cell] = True, False
        standing.conversations[cell], standing.users[cell] = conversations[0], users[0]
        return True

    def _bar(self, key: BlockKey, cell: int) -> bool:
        """Have a cell withheld; a cluster's own total cannot be."""
        standing = self._lattice.blocks[key].standing
        assert standing is not None
        if not key.attributes or standing.fixed[cell] or standing.barred[cell]:
            return False
        standing.barred[cell] = True
        return True

    def _give_up(self, key: BlockKey | None, cell: int) -> bool:
        self._failed.add((key, cell))
        return False


def _of_sum(lattice: Lattice, a_sum: Sum) -> _Equation:
    totals, parts = np.arange(len(lattice.blocks[a_sum.total].keys)), np.arange(len(a_sum.total_of))
    return _Equation(a_sum.total, totals, a_sum.part, parts, a_sum.total_of)


def _several(totals: Codes) -> tuple[Codes, Codes]:
    """Those that occur more than once; and for each entry its index among them, -1 for none."""
    values, inverse, counts = np.unique(totals, return_inverse=True, return_counts=True)
    kept = np.flatnonzero(counts > 1)
    place = np.full(len(values), -1, np.int64)
    place[kept] = np.arange(len(kept))
    return values[kept], place[inverse]


def _disagreed(
    total: tuple[Codes, Codes], parts: tuple[Codes, Codes], width: int, several: bool
) -> tuple[Codes, Codes]:
    """The conversations that a total's figure and those of its parts do not count equally often, by total."""
    width = max(1, width)
    whole = total[0] * width + total[1]
    counted = parts[0] * width + parts[1]
    if several:
        counted = np.unique(counted)
    every = np.concatenate([whole, counted])
    pairs, of = np.unique(every, return_inverse=True)
    signs = np.concatenate([np.ones(len(whole)), -np.ones(len(counted))])
    uneven = pairs[np.bincount(of, weights=signs, minlength=len(pairs)) != 0]
    return uneven // width, uneven % width
