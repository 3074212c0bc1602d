"""Which withheld cells are looked at together, and in which base clusters other conversations are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Figures, Flags, Reals
from clioscope.privacy.lattice import NONE, BlockKey

_TOGETHER = 6
"""Base clusters of a block in which all values are looked at."""

_HOLDING, _PARTNERS, _MOST_PARTNERS = 12, 4, 20
"""Base clusters of a block that hold cells, and twice so many that give to these or take from them; more if small."""

_MOST_CELLS, _FEW_CELLS = 800, 800
"""Cells of a block's base clusters, of all values or of few, where the cells that are looked at do not need more."""

Pending = dict[tuple[int, ...], Flags]
"""By the attributes of a table, whether each of its cells is still to be looked at."""


class Work(NamedTuple):
    """One block: int64 ``base`` clusters, ``values`` of each attribute, and the cells of ``level`` to look at.

    ``cells``: by attributes, int64 indices into the lattice's block of that level.
    """

    attributes: tuple[int, ...]
    base: Codes
    values: list[Codes]
    level: int
    cells: dict[tuple[int, ...], Codes]


class Plan:
    """Blocks of the cells that are still to be shown open, by one or two attributes.

    Parameters
    ----------
    attributes
        One or two, ascending.
    """

    def __init__(self, figures: Figures, attributes: tuple[int, ...]) -> None:
        self._lattice, self._figures, self._attributes = figures.lattice, figures, attributes
        self.tables = [attributes, *((a,) for a in attributes)] if len(attributes) > 1 else [attributes]
        self._base = self._lattice.blocks[BlockKey(0, ())].keys
        self._of = {level: figures.node(level, self._base) for level in self._lattice.levels}
        self._leaves = self._lattice.blocks[BlockKey(0, attributes)]
        self._leaf_base = np.searchsorted(self._base, self._leaves.keys // self._width(attributes))
        self._leaf_values = self._lattice.unpacked(BlockKey(0, attributes))[1]

    def by_cluster(self, pending: Pending) -> Iterator[Work]:
        """A few base clusters that are near one another, with all their values."""
        clusters = {table: self._lattice.unpacked(BlockKey(0, table))[0] for table in self.tables}
        wanted = np.unique(np.concatenate([clusters[table][flags] for table, flags in pending.items()]))
        order = self._base[np.lexsort([self._of[level] for level in self._lattice.levels])]
        order = order[np.isin(order, wanted)]
        for start in range(0, len(order), _TOGETHER):
            mine = np.sort(order[start : start + _TOGETHER])
            cells = {table: np.flatnonzero(flags & np.isin(clusters[table], mine)) for table, flags in pending.items()}
            yield self._block(mine, 0, cells, _MOST_CELLS)

    def by_value(self, level: int, pending: Pending) -> Iterator[Work]:
        """All base clusters that hold some cells of the same values, those that can give or take, and few values."""
        for table, flags in pending.items():
            cells = np.flatnonzero(flags)
            keys = self._lattice.blocks[BlockKey(level, table)].keys[cells]
            width = self._width(table)
            for value in np.unique(keys % width):
                leaves = self._leaves_of(table, int(value))
                mine: list[int] = []
                base = np.zeros(0, dtype=np.int64)
                for cell, cluster in zip(*(of[keys % width == value] for of in (cells, keys // width)), strict=True):
                    holding = np.unique(self._leaf_base[leaves & (self._of[level][self._leaf_base] == cluster)])
                    if mine and len(np.union1d(base, holding)) > _HOLDING * len(table) // len(self._attributes):
                        yield self._with_partners(level, table, mine, base, leaves)
                        mine, base = [], np.zeros(0, dtype=np.int64)
                    mine.append(int(cell))
                    base = np.union1d(base, holding)
                if mine:
                    yield self._with_partners(level, table, mine, base, leaves)

    def _width(self, attributes: Sequence[int]) -> int:
        return int(np.prod([len(self._lattice.attributes[a].values) for a in attributes]))

    def _leaves_of(self, table: tuple[int, ...], value: int) -> Flags:
        """Which of the smallest cells are part of a cell of ``table`` with this packed value."""
        packed = np.zeros(len(self._leaves.keys), dtype=np.int64)
        for attribute in table:
            values = self._leaf_values[self._attributes.index(attribute)]
            packed = packed * self._width([attribute]) + values
        return np.asarray(packed == value)

    def _with_partners(self, level: int, table: tuple[int, ...], cells: list[int], base: Codes, leaves: Flags) -> Work:
        """``base``: by place. Partners hide most of the same values, near by and anywhere, or most of any values."""
        hidden = np.where(self._leaves.shown, 0.0, self._leaves.counts.conversations)
        same = np.bincount(self._leaf_base, weights=hidden * leaves, minlength=len(self._base))
        any_value = np.bincount(self._leaf_base, weights=hidden, minlength=len(self._base))
        # A cell can only be emptied of the values that are looked at.
        held = leaves & np.isin(self._leaf_base, base)
        above = self._figures.above(level)
        near = self._of[NONE if above is None else above]
        is_near = np.isin(near, near[base])
        few = int(np.prod([min(len(self._lattice.attributes[a].values), 4) for a in self._attributes]))
        partners = min(max(_PARTNERS, _FEW_CELLS // (3 * few)), _MOST_PARTNERS)
        base = _with_most(base, np.where(is_near, same + 1e-3 * any_value, -1.0), partners)
        base = _with_most(base, same + 1e-3 * any_value, partners)
        found = {table: np.array(cells, dtype=np.int64)}
        return self._block(self._base[base], level, found, _FEW_CELLS, held)

    def _block(
        self, base: Codes, level: int, cells: dict[tuple[int, ...], Codes], most: int, held: Flags | None = None
    ) -> Work:
        room = max(3, int((most / len(base)) ** (1 / len(self._attributes))))
        here = np.isin(self._base[self._leaf_base], base)
        weights = np.where(self._leaves.shown, 1e-3, 1.0) * self._leaves.counts.conversations
        values = []
        for attribute, of in zip(self._attributes, self._leaf_values, strict=True):
            common = np.bincount(of[here], weights=weights[here], minlength=self._width([attribute]))
            wanted = [self._values_of(level, table, attribute, found) for table, found in cells.items()]
            wanted += [] if held is None else [of[held]]
            values.append(
                _with_most(np.unique(np.concatenate(wanted)), np.where(common > 0, common, -1.0), room, all_in=True)
            )
        return Work(self._attributes, base, values, level, cells)

    def _values_of(self, level: int, table: tuple[int, ...], attribute: int, cells: Codes) -> Codes:
        if attribute not in table:
            return np.zeros(0, dtype=np.int64)
        keys = self._lattice.blocks[BlockKey(level, table)].keys[cells]
        return keys // self._width([a for a in table if a > attribute]) % self._width([attribute])


def _with_most(chosen: Codes, weights: Reals, count: int, *, all_in: bool = False) -> Codes:
    """``chosen`` and ``count`` others of most weight, negative ones never. ``all_in``: ``count`` with the chosen."""
    others = weights.copy()
    others[chosen] = -1.0
    order = np.argsort(-others, kind="stable")[: max(0, count - len(chosen)) if all_in else count]
    return np.union1d(chosen, order[others[order] >= 0]).astype(np.int64)
