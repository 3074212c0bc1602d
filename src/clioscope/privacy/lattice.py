"""The cells that can be counted, and the sums that tie them to one another.

A *cell* is a cluster of one level (or everything), with a value for each of at most two attributes. A *sum* says that
a cell is the total of other cells: of the values of one of its attributes that it leaves open, or of its cluster's
children. Whoever sees all but one term of a sum knows the last one, so the sums are what suppression has to guard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.config import Thresholds
from clioscope.privacy.counting import Codes, Counts, count, rounded
from clioscope.privacy.limits import cell_limits

NONE = -1
"""The attribute code of a conversation that has no value, and the level of the cell that holds everything."""


UNDETERMINED, ABSENT = "und", "(none)"
"""The values that stand for no answer: a language that could not be told, a column that is empty."""


@dataclass(frozen=True)
class Attribute:
    """A category facet of every conversation.

    Parameters
    ----------
    name
        As published.
    codes
        int32 [n]: an index into ``values``, or -1 where a conversation has no value.
    values
        The values, sorted.
    open
        Whether so many conversations have no value that anything left over may be theirs.
    """

    name: str
    codes: NDArray[np.int32]
    values: tuple[str, ...]
    open: bool = False


def attribute(
    name: str,
    codes: NDArray[np.int32],
    values: tuple[str, ...],
    users: NDArray[np.int32] | None,
    thresholds: Thresholds,
    conversations: Codes | None = None,
) -> Attribute:
    """An :class:`Attribute` from all answers, among them those that stand for none.

    Conversations whose language could not be told are in no cell: any conversation may be one of them, so whatever is
    left over may be theirs. The same holds of an empty column where enough conversations have it empty to pass the
    thresholds. Where there are only a few, they are a value as any other, and withheld as any other.
    """
    missing = next((i for i, value in enumerate(values) if value in (UNDETERMINED, ABSENT)), None)
    if missing is None:
        return Attribute(name, codes, values)
    without = count(np.where(codes == missing, 0, NONE).astype(np.int64), users, 1, conversations=conversations)
    enough = cell_limits(thresholds).enough(without, users is not None)[0]
    if values[missing] == ABSENT and not enough:
        return Attribute(name, codes, values)
    kept = tuple(value for value in values if value != values[missing])
    moved = np.where(codes > missing, codes - 1, codes).astype(np.int32)
    return Attribute(name, np.where(codes == missing, NONE, moved).astype(np.int32), kept, open=True)


class BlockKey(NamedTuple):
    """Which cells a block holds: those of one level, by these attributes (indices, ascending, at most two)."""

    level: int
    attributes: tuple[int, ...]


class Standing(NamedTuple):
    """What earlier publications decide of the cells of a block; arrays [cells].

    ``fixed`` bool: shown with the figure that was published, ``conversations`` and ``users`` int64. ``barred`` bool:
    not shown.
    """

    fixed: NDArray[np.bool_]
    barred: NDArray[np.bool_]
    conversations: Codes
    users: Codes


@dataclass
class Block:
    """All cells of one :class:`BlockKey` that hold a conversation.

    ``keys`` int64 [cells], ascending: cluster, first value and second value, packed. ``shown`` bool [cells] is the
    decision; ``standing`` what earlier publications leave open of it; the rest does not change.
    """

    keys: Codes
    counts: Counts
    shown: NDArray[np.bool_]
    standing: Standing | None = None

    def figures(self, rounding: int) -> tuple[Codes, Codes]:
        """The conversations and users of each cell, as they are shown where it is shown."""
        conversations, users = rounded(self.counts.conversations, rounding), rounded(self.counts.users, rounding)
        if self.standing is None:
            return conversations, users
        fixed = self.standing.fixed
        return np.where(fixed, self.standing.conversations, conversations), np.where(fixed, self.standing.users, users)


class Sum(NamedTuple):
    """``total`` of each part: int64 [cells of the part block], an index into the cells of the total's block.

    ``open``: the total may hold more than its parts, namely conversations without a value.
    """

    total: BlockKey
    part: BlockKey
    total_of: Codes
    open: bool


class Lattice:
    """All cells of a run, by level and by at most two attributes.

    Parameters
    ----------
    labels
        One int32 [n] a level, base first: the cluster of each conversation, -1 where it is in none.
    attributes
        What conversations are counted by.
    users, conversations
        As in :func:`clioscope.privacy.counting.count`. Where a conversation has several rows, a total is at most the
        sum of its parts; it is guarded as if it were equal, which withholds rather more.
    """

    def __init__(
        self,
        labels: Sequence[NDArray[np.int32]],
        attributes: Sequence[Attribute],
        users: NDArray[np.int32] | None,
        conversations: Codes | None = None,
    ) -> None:
        self.conversations = conversations
        self.labels = list(labels)
        self.attributes = list(attributes)
        self.users = users
        self.levels = (*range(len(labels)), NONE)
        self.blocks: dict[BlockKey, Block] = {}
        for key in self._keys():
            rows = self._rows(key)
            cells = np.unique(rows)
            cells = cells[cells >= 0]
            counts = count(_index(cells, rows), users, len(cells), conversations=conversations)
            self.blocks[key] = Block(cells, counts, np.ones(len(cells), dtype=np.bool_))

    def above(self, level: int) -> Lattice:
        """The part of it from ``level`` on, which is level 0 there. Its blocks are the very same."""
        upper = copy(self)
        upper.labels = self.labels[level:]
        upper.levels = (*range(len(upper.labels)), NONE)
        upper.blocks = {
            BlockKey(key.level - level if key.level != NONE else NONE, key.attributes): block
            for key, block in self.blocks.items()
            if key.level == NONE or key.level >= level
        }
        return upper

    def sums(self) -> Iterator[Sum]:
        """Every sum that ties two blocks, those of fewer attributes first."""
        for key, block in self.blocks.items():
            for left_out in key.attributes:
                total = BlockKey(key.level, tuple(a for a in key.attributes if a != left_out))
                yield Sum(total, key, self._totals(total, key, block), self.attributes[left_out].open)
            above = self._above(key.level)
            if above is not None:
                total = BlockKey(above, key.attributes)
                yield Sum(total, key, self._totals(total, key, block), open=False)

    def cell_of_rows(self, key: BlockKey) -> Codes:
        """int64 [n]: the cell of ``key``'s block that each conversation is in, -1 for none."""
        return _index(self.blocks[key].keys, self._rows(key))

    def unpacked(self, key: BlockKey) -> tuple[Codes, list[Codes]]:
        """The cluster of each cell, and its value of each attribute."""
        cells = self.blocks[key].keys
        values: list[Codes] = []
        for attribute in reversed(key.attributes):
            width = len(self.attributes[attribute].values)
            values.insert(0, cells % width)
            cells = cells // width
        return cells, values

    def _keys(self) -> Iterator[BlockKey]:
        for size in range(3):
            for attributes in combinations(range(len(self.attributes)), size):
                for level in self.levels:
                    yield BlockKey(level, attributes)

    def _rows(self, key: BlockKey) -> Codes:
        n = len(self.labels[0])
        labels = self.labels[key.level] if key.level != NONE else np.zeros(n, dtype=np.int32)
        inside = self.labels[0] >= 0
        packed = labels.astype(np.int64)
        for attribute in key.attributes:
            codes = self.attributes[attribute].codes
            packed = packed * len(self.attributes[attribute].values) + codes
            inside = inside & (codes >= 0)
        return np.where(inside, packed, NONE)

    def _above(self, level: int) -> int | None:
        if level == NONE:
            return None
        return level + 1 if level + 1 < len(self.labels) else NONE

    def _totals(self, total: BlockKey, part: BlockKey, block: Block) -> Codes:
        """The total's cell of each of the part's cells, by way of one conversation that is in both."""
        cells = self.cell_of_rows(part)
        member = np.zeros(len(block.keys), dtype=np.int64)
        rows = np.flatnonzero(cells >= 0)
        member[cells[rows]] = rows
        return self.cell_of_rows(total)[member]


def _index(cells: Codes, rows: Codes) -> Codes:
    if len(cells) == 0:
        return np.full(len(rows), NONE, dtype=np.int64)
    place = np.searchsorted(cells, rows)
    return np.where(rows >= 0, np.minimum(place, len(cells) - 1), NONE)
