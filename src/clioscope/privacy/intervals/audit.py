"""The audit of a whole lattice: what can be deduced of every withheld cell, a few clusters at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Figures, Flags
from clioscope.privacy.intervals.plan import Pending, Plan, Work
from clioscope.privacy.intervals.program import Program
from clioscope.privacy.intervals.search import Targets, find
from clioscope.privacy.lattice import BlockKey

_AHEAD = 8
"""Blocks that are under way at once: memory does not grow with their number."""


class Cell(NamedTuple):
    """A cell of the lattice, by its block and its place there."""

    key: BlockKey
    cell: int


class Exposed(NamedTuple):
    """A withheld cell that was not shown to be open, and the shown figures that give it away, nearest first."""

    attributes: tuple[int, ...]
    cell: Cell
    by: list[Cell]


class Audit:
    """What is known so far of a lattice. Withholding more leaves what was shown to be open as it is.

    Parameters
    ----------
    figures
        Its lattice must have been through :func:`clioscope.privacy.suppression.suppress`.
    pairs
        By which attributes cells are looked at: pairs of them, each with both margins, or single ones.
    """

    def __init__(self, figures: Figures, pairs: Sequence[tuple[int, ...]]) -> None:
        self._figures = figures
        self._lattice = figures.lattice
        self._pairs = pairs
        self._plans = {pair: Plan(figures, pair) for pair in self._pairs}
        self._open = {
            (pair, BlockKey(level, table)): np.zeros(len(self._lattice.blocks[BlockKey(level, table)].keys), np.bool_)
            for pair in self._pairs
            for table in self._tables(pair)
            for level in self._lattice.levels
        }

    def pending(self) -> int:
        """How many withheld cells have not been shown to be open, each in every pair that has it."""
        return sum(int((self._figures.small(key) & ~is_open).sum()) for (_, key), is_open in self._open.items())

    def count(self) -> int:
        """How many withheld cells were shown to be open, each in every pair that has it."""
        return sum(int((self._figures.small(key) & is_open).sum()) for (_, key), is_open in self._open.items())

    def run(self, advance: Callable[[float], None] = lambda _: None) -> list[Exposed]:
        """Look at all withheld cells that are not known to be open. ``advance`` is told how many are done."""
        exposed: list[Exposed] = []
        with ThreadPoolExecutor(min(os.cpu_count() or 1, _AHEAD)) as pool:
            # Most cells are shown to be open among a few clusters; the others are looked at again among more.
            for last, work in ((False, self._by_cluster()), (True, self._by_value())):
                for found in _in_order(pool, partial(self._audit_block, one_by_one=last), work):
                    for pair, cell in found.open:
                        self._open[pair, cell.key][cell.cell] = True
                    exposed += found.exposed
                    advance(len(found.open) + len(found.exposed))
        return exposed

    def _by_cluster(self) -> Iterator[Work]:
        for pair in self._pairs:
            pending = self._pending(pair, 0)
            if any(flags.any() for flags in pending.values()):
                yield from self._plans[pair].by_cluster(pending)

    def _by_value(self) -> Iterator[Work]:
        for pair in self._pairs:
            for level in self._lattice.levels:
                yield from self._plans[pair].by_value(level, self._pending(pair, level))

    def _tables(self, pair: tuple[int, ...]) -> list[tuple[int, ...]]:
        return [table for table in self._plans[pair].tables if not self._figures.tells_nothing(table)]

    def _pending(self, pair: tuple[int, ...], level: int) -> Pending:
        keys = {table: BlockKey(level, table) for table in self._tables(pair)}
        return {table: self._figures.small(key) & ~self._open[pair, key] for table, key in keys.items()}

    def _audit_block(self, work: Work, *, one_by_one: bool) -> _Found:
        program = Program(self._figures, work.attributes, work.values, work.base)
        targets = _targets(self._figures, program, work)
        found = find(program, targets, self._figures.limits.users, one_by_one=one_by_one)
        cells = [Cell(BlockKey(work.level, of), int(cell)) for of, some in work.cells.items() for cell in some]
        exposed = [
            Exposed(work.attributes, cells[i], _culprits(self._figures, program, int(targets.columns[i]), binding))
            for i, binding in found.binding.items()
        ]
        return _Found([(work.attributes, cells[i]) for i in np.flatnonzero(found.open)], exposed)


class _Found(NamedTuple):
    open: list[tuple[tuple[int, ...], Cell]]
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
    for table in program.layout.tables:
        cells = work.cells.get(table.attributes)
        if cells is None or len(cells) == 0:
            continue
        block = figures.lattice.blocks[BlockKey(work.level, table.attributes)]
        rest, place = block.keys[cells], np.zeros(len(cells), dtype=np.int64)
        step = 1
        for attribute, size in zip(reversed(table.attributes), reversed(table.shape), strict=True):
            width = len(figures.lattice.attributes[attribute].values)
            at = np.searchsorted(program.layout.values[work.attributes.index(attribute)], rest % width)
            place, step, rest = place + at * step, step * size, rest // width
        columns.append(program.column(work.level, rest) + table.start + place)
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
