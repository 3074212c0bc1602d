"""The audit of a whole lattice: what can be deduced of every withheld cell, a few clusters at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import combinations
from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Figures, Flags
from clioscope.privacy.intervals.plan import Pending, Plan, Work
from clioscope.privacy.intervals.program import Program
from clioscope.privacy.intervals.search import Targets, find
from clioscope.privacy.intervals.tables import Layout
from clioscope.privacy.lattice import BlockKey

_AHEAD = 8
"""Blocks that are under way at once: memory does not grow with their number."""


class Cell(NamedTuple):
    """A cell of the lattice, by its block and its place there."""

    key: BlockKey
    cell: int


class Exposed(NamedTuple):
    """A withheld cell that was not shown to be open, and the shown figures that give it away, nearest first."""

    cell: Cell
    by: list[Cell]


class Audit:
    """What is known so far of a lattice. Withholding more leaves what was shown to be open as it is.

    Parameters
    ----------
    figures
        Its lattice must have been through :func:`clioscope.privacy.suppression.suppress`.
    attributes, depth
        By which attributes cells are looked at, and by how many of them at once: 1 or 2.
    """

    def __init__(self, figures: Figures, attributes: tuple[int, ...], depth: int) -> None:
        self._figures = figures
        self._lattice = figures.lattice
        self._attributes, self._depth = attributes, depth
        self._all = Plan(figures, attributes, depth)
        self._pairs = [
            Plan(figures, pair, depth) for pair in combinations(attributes, depth) if depth < len(attributes)
        ]
        self.tables = [table for table in self._all.tables if not figures.tells_nothing(table)]
        self._open = {
            key: np.zeros(len(self._lattice.blocks[key].keys), np.bool_)
            for key in (BlockKey(level, table) for table in self.tables for level in self._lattice.levels)
        }

    def pending(self) -> int:
        """How many withheld cells have not been shown to be open."""
        return sum(int((self._figures.small(key) & ~is_open).sum()) for key, is_open in self._open.items())

    def count(self) -> int:
        """How many withheld cells were shown to be open."""
        return sum(int((self._figures.small(key) & is_open).sum()) for key, is_open in self._open.items())

    def run(self, advance: Callable[[float], None] = lambda _: None) -> list[Exposed]:
        """Look at all withheld cells that are not known to be open. ``advance`` is told how many are done."""
        exposed: list[Exposed] = []
        with ThreadPoolExecutor(min(os.cpu_count() or 1, _AHEAD)) as pool:
            for work in self._passes():
                for found in _in_order(pool, self._audit_block, work):
                    for cell in found.open:
                        self._open[cell.key][cell.cell] = True
                    exposed += found.exposed
                    advance(len(found.open) + len(found.exposed))
        return exposed

    def _passes(self) -> Iterator[Iterable[Work]]:
        """Most cells are shown to be open in small programs; the others are looked at again in larger ones.

        Where all figures by fewer attributes stay as they are, no other pair can tell, so that one pair is enough.
        """
        if self._pairs and self._depth > 1:
            yield self._by_cluster(self._pairs, fixed=True)
        yield self._by_cluster([self._all], fixed=False)
        yield self._all.by_value(self._pending(self._all, fixed=False))

    def _by_cluster(self, plans: Sequence[Plan], *, fixed: bool) -> Iterator[Work]:
        for plan in plans:
            yield from plan.by_cluster(self._pending(plan, fixed), fixed)

    def _pending(self, plan: Plan, fixed: bool) -> Pending:
        tables = [table for table in plan.tables if table in self.tables and not (fixed and len(table) < self._depth)]
        keys = [BlockKey(level, table) for level in self._lattice.levels for table in tables]
        return {key: self._figures.small(key) & ~self._open[key] for key in keys}

    def _audit_block(self, work: Work) -> _Found:
        layout = Layout(self._figures, work.attributes, self._depth, work.values)
        program = Program(self._figures, layout, work.base, fixed=work.fixed)
        targets = _targets(self._figures, program, work)
        found = find(program, targets, self._figures.limits.users, one_by_one=work.one_by_one)
        cells = [Cell(key, int(cell)) for key, some in work.cells.items() for cell in some]
        exposed = [
            Exposed(cells[i], _culprits(self._figures, program, int(targets.columns[i]), binding))
            for i, binding in found.binding.items()
            if work.last
        ]
        return _Found([cells[i] for i in np.flatnonzero(found.open)], exposed)


class _Found(NamedTuple):
    open: list[Cell]
    exposed: list[Exposed]


def _in_order(pool: ThreadPoolExecutor, task: Callable[[Work], _Found], work: Iterable[Work]) -> Iterator[_Found]:
    """Run a task over blocks, a few at once, and pass on what it found in their order."""
    waiting: deque[Future[_Found]] = deque()
    for block in work:
        waiting.append(pool.submit(task, block))
        if len(waiting) >= _AHEAD:
            yield waiting.popleft().result()
    for future in waiting:
        yield future.result()


def _targets(figures: Figures, program: Program, work: Work) -> Targets:
    columns, small = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.bool_)]
    tables = {table.attributes: table for table in program.layout.tables}
    for key, cells in work.cells.items():
        block, table = figures.lattice.blocks[key], tables[key.attributes]
        rest, place = block.keys[cells], np.zeros(len(cells), dtype=np.int64)
        step = 1
        for attribute, size in zip(reversed(table.attributes), reversed(table.shape), strict=True):
            width = len(figures.lattice.attributes[attribute].values)
            at = np.searchsorted(program.layout.values[program.layout.attributes.index(attribute)], rest % width)
            place, step, rest = place + at * step, step * size, rest // width
        columns.append(program.column(key.level, rest) + table.start + place)
        small.append(~figures.limits.enough(block.counts.of(cells), figures.users_known))
    return Targets(np.concatenate(columns), np.concatenate(small))


def _culprits(figures: Figures, program: Program, target: int, binding: Flags) -> list[Cell]:
    """The shown cells whose figures stand in the way: those of the same cluster first, and the smallest of these."""
    width = program.layout.width
    columns: Codes = np.unique(np.flatnonzero(binding) % program.count)
    columns = columns[program.shown[columns] & (columns % width != width - 1)]
    foreign = columns // width != target // width
    order = columns[np.lexsort((columns, program.truth[columns], foreign))]
    cells = [_cell(program, int(column)) for column in order]
    return [cell for cell in cells if not figures.tells_nothing(cell.key.attributes)]


def _cell(program: Program, column: int) -> Cell:
    number = int(np.searchsorted(program.starts, column, side="right")) - 1
    place = column % program.layout.width
    table = next(t for t in reversed(program.layout.tables) if t.start <= place)
    return Cell(BlockKey(program.nodes[number].level, table.attributes), int(program.cells[column]))
