"""Showing that withheld cells are open: worlds in which they hold nothing, and worlds in which they hold much."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Flags, Reals
from clioscope.privacy.intervals.program import Program
from clioscope.privacy.intervals.solver import Solver, World

_NOTHING = 1e-6
_ROUNDS, _WORTH = 4, 4
"""Worlds are looked for with many cells in mind so often at least, and on while that shows so many cells to be open at
once; then cells are looked at one by one."""


class Targets(NamedTuple):
    """Withheld cells of a program: int64 [targets], their variables; bool [targets], whether they may be empty."""

    columns: Codes
    small: Flags


class Found(NamedTuple):
    """Of each target the least and the most conversations in any world that was found; float64 [targets].

    ``open`` bool [targets]: the interval holds 0 for a small cell, and is ``k`` wide for another. ``binding``: for
    each that is not, the variables whose bounds prove it.
    """

    least: Reals
    most: Reals
    open: Flags
    binding: dict[int, Flags]


def find(program: Program, targets: Targets, k: int, *, one_by_one: bool = True) -> Found:
    """Look for worlds until every target is open, or the solver has proven that it is not.

    Parameters
    ----------
    one_by_one
        Whether cells are looked at alone, where looking at many at once did not show them to be open. Only then is
        anything proven.

    Worlds are convex: whatever lies between two of them is one too, so that the least and the most that were seen
    bound an interval that is possible as a whole.
    """
    return _Search(program, targets, k).run(one_by_one)


class _Search:
    def __init__(self, program: Program, targets: Targets, k: int) -> None:
        self._solver, self._targets, self._k = Solver(program), targets, k
        self._count = program.count
        self.least = program.truth[targets.columns]
        self.most = self.least.copy()
        self.binding: dict[int, Flags] = {}

    def run(self, one_by_one: bool) -> Found:
        rng = np.random.default_rng(len(self.least))
        few = 1 if one_by_one else 0
        turn, closed, gained = 0, int(np.count_nonzero(~self._open())), 0
        while closed > few and (turn < _ROUNDS or gained >= _WORTH):
            # All at once, and then some: what one cell gives, another takes.
            some = rng.random(len(self.least)) < (1.0 if turn == 0 else 0.4)
            self._look(self._full() & some, 1.0)
            self._look(self._narrow() & some, -1.0)
            self._look(self._narrow() & some, 1.0)
            left = int(np.count_nonzero(~self._open()))
            turn, closed, gained = turn + 1, left, closed - left
        for target in np.flatnonzero(~self._open()) if one_by_one else ():
            self._look_at(int(target))
        return Found(self.least, self.most, self._open(), self.binding)

    def _full(self) -> Flags:
        return self._targets.small & (self.least > _NOTHING)

    def _narrow(self) -> Flags:
        return ~self._targets.small & (self.most - self.least < self._k - _NOTHING)

    def _open(self) -> Flags:
        return ~(self._full() | self._narrow())

    def _look(self, wanted: Flags, sign: float) -> World | None:
        if not wanted.any():
            return None
        costs = np.zeros(self._count)
        np.add.at(costs, self._targets.columns[wanted], sign)
        world = self._solver.least(costs)
        if world is not None:
            values = world.conversations[self._targets.columns]
            self.least, self.most = np.minimum(self.least, values), np.maximum(self.most, values)
        return world

    def _look_at(self, target: int) -> None:
        """Look at one cell alone, and note what stands in the way."""
        alone = np.zeros(len(self.least), dtype=np.bool_)
        alone[target] = True
        down = self._look(alone, 1.0)
        up = self._look(alone, -1.0) if self._narrow()[target] else None
        if self._open()[target]:
            return
        full = bool(self._full()[target])
        shown = [world.binding for world in ([down] if full else [up, down]) if world is not None]
        self.binding[target] = np.logical_or.reduce(shown) if shown else np.zeros(0, dtype=np.bool_)
