"""Which withheld cells are looked at together, and in which base clusters other conversations are looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Figures, Flags, Reals
from clioscope.privacy.lattice import NONE, BlockKey, Lattice

_TOGETHER, _TOGETHER_FIXED = 2, 6
"""Base clusters of a block in which all values are looked at, at least; and of one where only pairs differ."""

_HOLDING, _PARTNERS, _MOST_PARTNERS = 12, 4, 20
"""Base clusters of a block that hold cells, and twice so many that give to these or take from them; more if small."""

_MOST_CELLS, _FEW_CELLS, _MOST_FIXED = 2000, 2000, 800
"""Smallest cells of a block in which all values are looked at, few values, or one pair of attributes. There are more
where the cells that are looked at need them. Larger blocks keep a few more figures and take several times as long."""

Pending = dict[BlockKey, Flags]
"""Whether each cell of a block is still to be looked at."""


class Work(NamedTuple):
    """Int64 ``base`` clusters, ``values`` of each attribute, and the cells to look at.

    ``cells``: int64, by their places in blocks of the lattice. ``fixed``: whether figures by fewer attributes stay as
    they are. ``one_by_one``: whether cells are looked at alone, too. ``last``: whether one that is not shown to be open
    counts as given away.
    """

    attributes: tuple[int, ...]
    base: Codes
    values: list[Codes]
    cells: dict[BlockKey, Codes]
    fixed: bool
    one_by_one: bool
    last: bool


class Leaves:
    """The smallest cells: those of base clusters by ``depth`` of the attributes, of all tables one after the other.

    ``base`` int64 [leaves]: the place of the base cluster. ``values`` int64 [attributes, leaves]: -1 for an attribute
    that the cell is not by. ``conversations`` float64 [leaves].
    """

    def __init__(self, lattice: Lattice, attributes: tuple[int, ...], depth: int) -> None:
        self._tables = [lattice.blocks[BlockKey(0, of)] for of in combinations(attributes, depth)]
        unpacked = [lattice.unpacked(BlockKey(0, of)) for of in combinations(attributes, depth)]
        self.base = np.searchsorted(lattice.blocks[BlockKey(0, ())].keys, np.concatenate([of for of, _ in unpacked]))
        self.conversations = np.concatenate([table.counts.conversations for table in self._tables]).astype(np.float64)
        self.values = np.full((len(attributes), len(self.base)), NONE, dtype=np.int64)
        start = 0
        for of, (clusters, values) in zip(combinations(range(len(attributes)), depth), unpacked, strict=True):
            self.values[list(of), start : start + len(clusters)] = values
            start += len(clusters)

    def shown(self) -> Flags:
        """Which are shown by now."""
        return np.concatenate([table.shown for table in self._tables])


class Plan:
    """Blocks of the cells that are still to be shown open.

    Parameters
    ----------
    attributes, depth
        As in :class:`~clioscope.privacy.intervals.tables.Layout`.
    """

    def __init__(self, figures: Figures, attributes: tuple[int, ...], depth: int) -> None:
        self._lattice, self._figures, self._attributes, self._depth = figures.lattice, figures, attributes, depth
        self.tables = [of for number in range(depth, 0, -1) for of in combinations(attributes, number)]
        self._base = self._lattice.blocks[BlockKey(0, ())].keys
        self._of = {level: figures.node(level, self._base) for level in self._lattice.levels}
        self._leaves = Leaves(self._lattice, attributes, depth)

    def by_cluster(self, pending: Pending, fixed: bool) -> Iterator[Work]:
        """Base clusters that are near one another, with all their values. Cells of what these are all of, too."""
        cells = {key: np.flatnonzero(flags) for key, flags in pending.items()}
        clusters = {key: self._lattice.unpacked(key)[0][cells[key]] for key in cells}
        wanted = {level: np.zeros(0, dtype=np.int64) for level in self._lattice.levels}
        for key, of in clusters.items():
            wanted[key.level] = np.union1d(wanted[key.level], of)
        order = np.lexsort([self._of[level] for level in self._lattice.levels])
        order = order[np.any([np.isin(self._of[level], of) for level, of in wanted.items()], axis=0)[order]]
        most = _MOST_FIXED if fixed else _MOST_CELLS
        for mine in self._groups(order, _TOGETHER_FIXED if fixed else max(_TOGETHER, most // self._cells())):
            whole = {level: np.setdiff1d(of[mine], np.delete(of, mine)) for level, of in self._of.items()}
            found = {key: cells[key][np.isin(of, whole[key.level])] for key, of in clusters.items()}
            if any(map(len, found.values())):
                block = self._block(self._base[mine], found, most)
                yield block._replace(fixed=fixed, one_by_one=not fixed)

    def _groups(self, order: Codes, most: int) -> Iterator[Codes]:
        """Cut base clusters, by place, into groups of so many; where that can be between parents, there."""
        parents = self._of[1 if 1 in self._of else NONE][order]
        start = 0
        while start < len(order):
            end = min(start + most, len(order))
            if end < len(order) and parents[end] == parents[end - 1] != parents[start]:
                end = start + int(np.argmax(parents[start:end] == parents[end]))
            yield np.sort(order[start:end])
            start = end

    def by_value(self, pending: Pending) -> Iterator[Work]:
        """All base clusters that hold some cells of the same values, those that can give or take, and few values."""
        for key, flags in pending.items():
            level, table = key
            cells = np.flatnonzero(flags)
            keys = self._lattice.blocks[key].keys[cells]
            width = self._width(table)
            for value in np.unique(keys % width):
                leaves = np.logical_and.reduce(self._having(table, int(value)))
                mine: list[int] = []
                base = np.zeros(0, dtype=np.int64)
                for cell, cluster in zip(*(of[keys % width == value] for of in (cells, keys // width)), strict=True):
                    of_cluster = self._of[level][self._leaves.base] == cluster
                    holding = np.unique(self._leaves.base[leaves & of_cluster])
                    if mine and len(np.union1d(base, holding)) > _HOLDING * len(table) // self._depth:
                        yield self._with_partners(BlockKey(level, table), mine, base, int(value))
                        mine, base = [], np.zeros(0, dtype=np.int64)
                    mine.append(int(cell))
                    base = np.union1d(base, holding)
                if mine:
                    yield self._with_partners(BlockKey(level, table), mine, base, int(value))

    def _width(self, attributes: Sequence[int]) -> int:
        return int(np.prod([len(self._lattice.attributes[a].values) for a in attributes]))

    def _cells(self, most: int | None = None) -> int:
        """The smallest cells of a cluster, with so many values of an attribute at most."""
        sizes = [len(self._lattice.attributes[a].values) for a in self._attributes]
        return sum(int(np.prod([min(size, most or size) for size in of])) for of in combinations(sizes, self._depth))

    def _having(self, table: tuple[int, ...], value: int) -> list[Flags]:
        """By attribute of ``table``, which of the smallest cells have the value that is packed in ``value``."""
        found = []
        for attribute in reversed(table):
            value, wanted = divmod(value, self._width([attribute]))
            found.append(self._leaves.values[self._attributes.index(attribute)] == wanted)
        return found

    def _with_partners(self, key: BlockKey, cells: list[int], base: Codes, value: int) -> Work:
        """``base``: by place. Partners hide most of the same values, near by and anywhere, or most of any values."""
        having, shown = self._having(key.attributes, value), self._leaves.shown()
        leaves = np.logical_and.reduce(having)
        hidden = np.where(shown, 0.0, self._leaves.conversations)
        same = np.bincount(self._leaves.base, weights=hidden * leaves, minlength=len(self._base))
        any_value = np.bincount(self._leaves.base, weights=hidden, minlength=len(self._base))
        # A cell can only be emptied of values that are looked at, and what its total loses, other hidden cells have to.
        held = (leaves | (np.logical_or.reduce(having) & ~shown)) & np.isin(self._leaves.base, base)
        above = self._figures.above(key.level)
        near = self._of[NONE if above is None else above]
        is_near = np.isin(near, near[base])
        partners = min(max(_PARTNERS, _FEW_CELLS // (3 * self._cells(4))), _MOST_PARTNERS)
        base = _with_most(base, np.where(is_near, same + 1e-3 * any_value, -1.0), partners)
        base = _with_most(base, same + 1e-3 * any_value, partners)
        block = self._block(self._base[base], {key: np.array(cells, dtype=np.int64)}, _FEW_CELLS, held)
        return block._replace(one_by_one=True, last=True)

    def _block(self, base: Codes, cells: dict[BlockKey, Codes], most: int, held: Flags | None = None) -> Work:
        tables = comb(len(self._attributes), self._depth)
        room = max(3, int((most / len(base) / tables) ** (1 / self._depth)))
        here = np.isin(self._base[self._leaves.base], base)
        weights = np.where(self._leaves.shown(), 1e-3, 1.0) * self._leaves.conversations
        values = []
        for attribute, of in zip(self._attributes, self._leaves.values, strict=True):
            mine = here & (of != NONE)
            common = np.bincount(of[mine], weights=weights[mine], minlength=self._width([attribute]))
            wanted = [self._values_of(key, attribute, found) for key, found in cells.items()]
            wanted += [] if held is None else [of[held & (of != NONE)]]
            values.append(
                _with_most(np.unique(np.concatenate(wanted)), np.where(common > 0, common, -1.0), room, all_in=True)
            )
        return Work(self._attributes, base, values, cells, fixed=False, one_by_one=False, last=False)

    def _values_of(self, key: BlockKey, attribute: int, cells: Codes) -> Codes:
        if attribute not in key.attributes:
            return np.zeros(0, dtype=np.int64)
        keys = self._lattice.blocks[key].keys[cells]
        return keys // self._width([a for a in key.attributes if a > attribute]) % self._width([attribute])


def _with_most(chosen: Codes, weights: Reals, count: int, *, all_in: bool = False) -> Codes:
    """``chosen`` and ``count`` others of most weight, negative ones never. ``all_in``: ``count`` with the chosen."""
    others = weights.copy()
    others[chosen] = -1.0
    order = np.argsort(-others, kind="stable")[: max(0, count - len(chosen)) if all_in else count]
    return np.union1d(chosen, order[others[order] >= 0]).astype(np.int64)
