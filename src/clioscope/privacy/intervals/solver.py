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

_DUAL_SIMPLEX, _PRIMAL_SIMPLEX = 1, 4
_MOST_ITERATIONS = 200_000
_PRICED = 1e-7


class World(NamedTuple):
    """The best point for some costs: float64 [columns]; bool [variables] of those whose bounds stand in its way."""

    conversations: Reals
    binding: Flags


class Solver:
    """Solves one program for one cost after another, each from where the last one ended.

    Variables that no row mentions and users that no row mentions are left out.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        used = np.zeros(len(program.truth), dtype=np.bool_)
        used[: program.count] = True
        used[program.rows.columns] = True
        self._used = np.flatnonzero(used)
        self._highs = self._model()

    def least(self, costs: Reals) -> World | None:
        """The world with the least of ``costs`` [conversations of all cells]; ``None`` where none was found."""
        program, highs = self._program, self._highs
        size = len(self._used)
        full = np.zeros(size)
        full[: program.count] = costs
        highs.changeColsCost(size, np.arange(size, dtype=np.int32), full)
        if not self._solved() and not self._solved(afresh=True):
            return None
        solution = highs.getSolution()
        binding = np.zeros(len(program.truth), dtype=np.bool_)
        binding[self._used] = np.abs(np.asarray(solution.col_dual)) > _PRICED
        return World(np.asarray(solution.col_value)[: program.count], binding)

    def _solved(self, *, afresh: bool = False) -> bool:
        """Whatever the next costs are, the last point satisfies all rows: that is where the primal method starts."""
        if afresh:
            self._highs.clearSolver()
            self._highs.setOptionValue("simplex_strategy", _DUAL_SIMPLEX)
        self._highs.run()
        self._highs.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _model(self) -> highspy.Highs:
        program, rows = self._program, self._program.rows
        new = np.full(len(program.truth), -1, dtype=np.int64)
        new[self._used] = np.arange(len(self._used))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._used), len(rows.low)
        model.col_cost_ = np.zeros(len(self._used))
        model.col_lower_, model.col_upper_ = program.low[self._used], program.high[self._used]
        model.row_lower_, model.row_upper_ = rows.low, rows.high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = rows.start.astype(np.int32)
        model.a_matrix_.index_ = new[rows.columns].astype(np.int32)
        model.a_matrix_.value_ = rows.values
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
