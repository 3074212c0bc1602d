"""The tables by some attributes, for a few base clusters and all that these are part of, as one long vector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Figures, Flags, Interval, Reals
from clioscope.privacy.lattice import NONE, BlockKey


class Split(NamedTuple):
    """A total of one cluster and its parts, by place.

    ``by``: the attribute that splits it, an index. ``missing``: the total is of those without a value.
    """

    total: int
    parts: Codes
    by: int
    missing: bool


class Table(NamedTuple):
    """The cells by ``attributes``, at ``start`` and the places that follow, in this ``shape``."""

    attributes: tuple[int, ...]
    shape: tuple[int, ...]
    start: int

    def places(self) -> Codes:
        """int64, in the table's shape."""
        return self.start + np.arange(int(np.prod(self.shape)), dtype=np.int64).reshape(self.shape)


class Layout:
    """Where the cells of one cluster lie: those by pairs of ``attributes``, then by one, then the cluster itself.

    Parameters
    ----------
    attributes
        Ascending.
    depth
        By how many attributes cells are looked at, at most: 1 or 2. No more than there are.
    values
        int64, ascending, for each attribute: those that are looked at. An attribute that some conversations have no
        value of has one more place, the last, for these.
    """

    def __init__(self, figures: Figures, attributes: tuple[int, ...], depth: int, values: Sequence[Codes]) -> None:
        self.attributes, self.depth, self.values = attributes, depth, list(values)
        known = figures.lattice.attributes
        self.open = [known[a].open for a in attributes]
        sizes = [len(of) + is_open for of, is_open in zip(values, self.open, strict=True)]
        self.tables: list[Table] = []
        start = 0
        for number in range(depth, -1, -1):
            for of in combinations(range(len(attributes)), number):
                shape = tuple(sizes[i] for i in of)
                self.tables.append(Table(tuple(attributes[i] for i in of), shape, start))
                start += int(np.prod(shape))
        self.width = start
        self.leaves = sum(int(np.prod(table.shape)) for table in self.tables if len(table.attributes) == depth)

    def splits(self) -> Iterator[Split]:
        """Every sum inside one cluster."""
        for first, second, pair in self.pairs():
            for margin, other, parts in ((first, second, pair), (second, first, pair.T)):
                is_open = self.open[self.attributes.index(margin.attributes[0])]
                for i, place in enumerate(margin.places()):
                    yield Split(int(place), parts[i], other.attributes[0], is_open and i == margin.shape[0] - 1)
        for margin in self.margins():
            yield Split(self.width - 1, margin.places(), margin.attributes[0], False)

    def margins(self) -> list[Table]:
        """The tables by one attribute."""
        return [table for table in self.tables if len(table.attributes) == 1]

    def pairs(self) -> Iterator[tuple[Table, Table, Codes]]:
        """Two margins each, and the places of the cells by both."""
        of = {table.attributes[0]: table for table in self.margins()}
        for table in self.tables:
            if len(table.attributes) == 2:
                first, second = table.attributes
                yield of[first], of[second], table.places()


class Nodes(NamedTuple):
    """Clusters of one level, by their layout; [clusters, width] each.

    ``cells``: int64, the place in the lattice's block, -1 where nobody is; ``named``: bool, a cell that could be shown.
    ``conversations`` and ``users``: the truth. ``figures`` and ``figures_users``: what a shown figure stands for.
    """

    level: int
    clusters: Codes
    cells: Codes
    named: Flags
    shown: Flags
    conversations: Reals
    users: Reals
    figures: Interval
    figures_users: Interval


def nodes(figures: Figures, layout: Layout, level: int, clusters: Codes) -> Nodes:
    """Look clusters up."""
    shape = (len(clusters), layout.width)
    found = Nodes(
        level,
        clusters,
        np.full(shape, NONE, dtype=np.int64),
        np.zeros(shape, dtype=np.bool_),
        np.zeros(shape, dtype=np.bool_),
        np.zeros(shape),
        np.zeros(shape),
        Interval(np.zeros(shape), np.zeros(shape)),
        Interval(np.zeros(shape), np.zeros(shape)),
    )
    for table in layout.tables:
        _fill(figures, layout, table, found)
    _count_missing(figures, layout, found)
    for table in layout.tables:
        _count_missing_users(figures, layout, table, found)
    return found


class Held(NamedTuple):
    """What all parts of every cell hold in truth, float64 [clusters, width]; 0 where a cell is not split so.

    ``conversations`` and ``users``: added up. ``most``: the users of the largest.
    """

    conversations: Reals
    users: Reals
    most: Reals


def of_parts(figures: Figures, layout: Layout, found: Nodes, by: int) -> Held:
    """Look up what parts hold, whether they are in the layout or not."""
    held = Held(*(np.zeros(found.cells.shape) for _ in range(3)))
    for table in layout.tables:
        places = table.places().ravel()
        cells = found.cells[:, places]
        for into, of in zip(held, figures.parts[BlockKey(found.level, table.attributes)], strict=True):
            if by in of and len(of[by]):
                into[:, places] = np.where(cells >= 0, of[by][cells], 0.0)
    return held


def _fill(figures: Figures, layout: Layout, table: Table, found: Nodes) -> None:
    lattice = figures.lattice
    key = BlockKey(found.level, table.attributes)
    block = lattice.blocks[key]
    keys, places = found.clusters[:, None], np.array([0])
    for attribute in table.attributes:
        of = layout.values[layout.attributes.index(attribute)]
        width, size = len(lattice.attributes[attribute].values), table.shape[table.attributes.index(attribute)]
        keys = (keys[:, :, None] * width + of).reshape(len(keys), -1)
        places = (places[:, None] * size + np.arange(len(of))).ravel()
    places = places + table.start
    at = np.minimum(np.searchsorted(block.keys, keys), max(len(block.keys) - 1, 0))
    there = block.keys[at] == keys if len(block.keys) else np.zeros(keys.shape, dtype=np.bool_)
    rows, columns = np.nonzero(there)
    cells, into = at[rows, columns], (rows, places[columns])
    found.named[:, places] = True
    found.cells[into] = cells
    found.shown[into] = block.shown[cells]
    found.conversations[into] = block.counts.conversations[cells]
    found.users[into] = block.counts.users[cells]
    for into_interval, interval in (
        (found.figures, figures.conversations(key, cells)),
        (found.figures_users, figures.users(key, cells)),
    ):
        into_interval.low[into], into_interval.high[into] = interval


def _count_missing(figures: Figures, layout: Layout, found: Nodes) -> None:
    """Those without a value: what all values of an attribute leave of the total.

    Those that have no value of either are counted where all values are looked at, and else stay out of it.
    """
    if not any(layout.open):
        return
    counts, total = found.conversations, layout.width - 1
    is_open = dict(zip(layout.attributes, layout.open, strict=True))
    held = {a: of_parts(figures, layout, found, a).conversations for a in layout.attributes}
    for margin in layout.margins():
        (attribute,) = margin.attributes
        if is_open[attribute]:
            counts[:, margin.places()[-1]] = np.maximum(counts[:, total] - held[attribute][:, total], 0)
    for first, second, pair in layout.pairs():
        margins, (a, b) = (first.places(), second.places()), (first.attributes[0], second.attributes[0])
        for other, by, last, other_open in (
            (margins[1], a, pair[-1], is_open[b]),
            (margins[0], b, pair[:, -1], is_open[a]),
        ):
            if is_open[by]:
                named = slice(0, -1) if other_open else slice(None)
                counts[:, last[named]] = np.maximum(counts[:, other[named]] - held[by][:, other[named]], 0)
        if is_open[a] and is_open[b]:
            all_here = [
                counts[:, margin[:-1]].sum(axis=1) == held[of][:, total]
                for margin, of in zip(margins, (a, b), strict=True)
            ]
            left = counts[:, margins[0][-1]] - counts[:, pair[-1, :-1]].sum(axis=1)
            counts[:, pair[-1, -1]] = np.where(all_here[0] & all_here[1], np.maximum(left, 0), 0)


def _count_missing_users(figures: Figures, layout: Layout, table: Table, found: Nodes) -> None:
    """Users of those without a value, as far as their conversations are counted."""
    missing = figures.missing.get(BlockKey(found.level, table.attributes))
    if missing is None or not len(missing.keys):
        return
    keys, lacks = found.clusters[:, None], np.zeros(1, dtype=np.bool_)
    for attribute in table.attributes:
        number = layout.attributes.index(attribute)
        width = len(figures.lattice.attributes[attribute].values)
        of = np.append(layout.values[number], width) if layout.open[number] else layout.values[number]
        keys = (keys[:, :, None] * (width + 1) + of).reshape(len(keys), -1)
        lacks = (lacks[:, None] | (of == width)).ravel()
    at = np.minimum(np.searchsorted(missing.keys, keys), len(missing.keys) - 1)
    users = np.where((missing.keys[at] == keys) & lacks, missing.users[at], 0)
    places = table.places().ravel()
    counted = np.minimum(users, found.conversations[:, places])
    found.users[:, places] = np.where(lacks, counted, found.users[:, places])
