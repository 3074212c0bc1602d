"""The solver: HiGHS, on one thread and with fixed options, so that the same program has the same answer.

References
----------
Huangfu and Hall (2018), "Parallelizing the dual revised simplex method".
"""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np

from clioscope.privacy.intervals.figures import Flags, Reals
from clioscope.privacy.intervals.program import Program

_DUAL_SIMPLEX = 1
_MOST_ITERATIONS = 200_000
_PRICED, _SAME = 1e-7, 1e-9


class World(NamedTuple):
    """The best point for some costs: float64 [columns]; bool [variables] of those whose bounds stand in its way."""

    conversations: Reals
    binding: Flags


class Solver:
    """Solves one program for one cost after another, each from the truth.

    The variables are how far a world lies above the truth, and how far below: the truth itself is where the method
    starts, and few steps lead from there to the best world. Variables that no row mentions and users that no row
    mentions are left out.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        used = np.zeros(len(program.truth), dtype=np.bool_)
        used[: program.count] = True
        used[program.rows.columns] = True
        above, below = program.high - program.truth, program.truth - program.low
        self._above = np.flatnonzero(used & (above > _SAME))
        self._below = np.flatnonzero(used & (below > _SAME))
        self._room = np.concatenate([above[self._above], below[self._below]])
        self._highs = self._model()
        self._truth = self._basis()

    def least(self, costs: Reals) -> World | None:
        """The world with the least of ``costs`` [conversations of all cells]; ``None`` where none was found."""
        program, highs, size = self._program, self._highs, len(self._room)
        full = np.zeros(len(program.truth))
        full[: program.count] = costs
        moves = np.concatenate([full[self._above], -full[self._below]])
        highs.changeColsCost(size, np.arange(size, dtype=np.int32), moves)
        highs.setBasis(self._truth)
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        by, price = np.asarray(solution.col_value), np.abs(np.asarray(solution.col_dual)) > _PRICED
        split = len(self._above)
        world, binding = program.truth.copy(), np.zeros(len(program.truth), dtype=np.bool_)
        np.add.at(world, self._above, by[:split])
        np.subtract.at(world, self._below, by[split:])
        binding[self._above[price[:split]]] = True
        binding[self._below[price[split:]]] = True
        return World(world[: program.count], binding)

    def _basis(self) -> highspy.HighsBasis:
        """Where the truth is: no variable has moved."""
        basis = highspy.HighsBasis()
        basis.col_status = [highspy.HighsBasisStatus.kLower] * len(self._room)
        basis.row_status = [highspy.HighsBasisStatus.kBasic] * len(self._program.rows.low)
        basis.valid = True
        return basis

    def _model(self) -> highspy.Highs:
        program, rows = self._program, self._program.rows
        places = np.full((2, len(program.truth)), -1, dtype=np.int64)
        places[0, self._above] = np.arange(len(self._above))
        places[1, self._below] = len(self._above) + np.arange(len(self._below))
        entries = np.tile(rows.entries(), 2)
        columns = places[:, rows.columns].ravel()
        values = np.concatenate([rows.values, -rows.values])
        order = np.lexsort((columns, entries))
        order = order[columns[order] >= 0]
        at_truth = rows.times(program.truth)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._room), len(rows.low)
        model.col_cost_ = np.zeros(len(self._room))
        model.col_lower_, model.col_upper_ = np.zeros(len(self._room)), self._room
        model.row_lower_, model.row_upper_ = rows.low - at_truth, rows.high - at_truth
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        sizes = np.bincount(entries[order], minlength=len(rows.low))
        model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        model.a_matrix_.index_ = columns[order].astype(np.int32)
        model.a_matrix_.value_ = values[order]
        highs = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy gives its constructor no types
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("parallel", "off"),
            ("random_seed", 0),
            ("solver", "simplex"),
            ("simplex_strategy", _DUAL_SIMPLEX),
            ("simplex_iteration_limit", _MOST_ITERATIONS),
        ):
            highs.setOptionValue(option, value)
        highs.passModel(model)
        return highs
