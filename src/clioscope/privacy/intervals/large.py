"""Large lattices: pairs of attributes are shown of few clusters alone, so that all that is shown can be audited.

Base clusters are small where there are many, and hardly a cell of two attributes is large enough to be shown of them.
Where there are many pairs, an audit of all of them together takes the longer for every cluster.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.figures import Figures, Flags
from clioscope.privacy.lattice import BlockKey, Lattice

MOST_CLUSTERS, _PAIRS = 100, 10
"""Clusters of a level of which so many pairs of attributes are shown, which five attributes have. What a cluster costs
grows with the square of the pairs, so that of more pairs fewer clusters are shown."""

MOST_TOGETHER = 500
"""Base clusters of which figures are audited together with the pairs of upper levels. Of 400, by three attributes, that
takes two and a half minutes of processor time, and it grows faster than their number."""


def pairs_from(lattice: Lattice) -> int:
    """The lowest level of which pairs of attributes are shown; the top where even that has too many clusters."""
    pairs = comb(sum(bool(attribute.values) for attribute in lattice.attributes), 2)
    most = MOST_CLUSTERS / max(1.0, pairs / _PAIRS) ** 2
    clusters = [len(lattice.blocks[BlockKey(level, ())].keys) for level in range(len(lattice.labels))]
    return next((level for level, count in enumerate(clusters) if count <= most), len(clusters) - 1)


def hide_pairs(lattice: Lattice, below: int) -> None:
    """Withhold all cells by two attributes of the levels below one."""
    for key, block in lattice.blocks.items():
        if len(key.attributes) == 2 and 0 <= key.level < below:
            block.shown[:] = False


def hide_telling_margins(figures: Figures, below: int) -> int:
    """Withhold figures by one attribute that prove a small cell by two not to be empty, and return how many.

    Of a cluster of n conversations, of which a have one value and b another, a + b - n have both at least (Fréchet).
    """
    lattice, hidden = figures.lattice, 0
    for level in range(below):
        for pair in combinations(range(len(lattice.attributes)), 2):
            hidden += _hide_margins(figures, level, pair)
    return hidden


def _hide_margins(figures: Figures, level: int, pair: tuple[int, int]) -> int:
    lattice, key = figures.lattice, BlockKey(level, pair)
    if any(figures.tells_nothing((attribute,)) for attribute in pair):
        return 0
    small = np.flatnonzero(figures.small(key))
    every, by_attribute = lattice.unpacked(key)
    clusters, values = every[small], [of[small] for of in by_attribute]
    totals = np.searchsorted(lattice.blocks[BlockKey(level, ())].keys, clusters)
    margins = [_margin(lattice, level, attribute, clusters, of) for attribute, of in zip(pair, values, strict=True)]
    shown = [lattice.blocks[BlockKey(level, (a,))].shown[cells] for a, cells in zip(pair, margins, strict=True)]
    low = [figures.conversations(BlockKey(level, (a,)), cells).low for a, cells in zip(pair, margins, strict=True)]
    tells = shown[0] & shown[1] & (low[0] + low[1] > figures.conversations(BlockKey(level, ()), totals).high)
    count = 0
    for side, is_smaller in ((0, low[0] <= low[1]), (1, low[0] > low[1])):
        count += _hide(lattice, BlockKey(level, (pair[side],)), margins[side][tells & is_smaller])
    return count


def _margin(lattice: Lattice, level: int, attribute: int, clusters: Codes, values: Codes) -> Codes:
    """The cells by one attribute that cells by two are part of."""
    packed = clusters * len(lattice.attributes[attribute].values) + values
    return np.searchsorted(lattice.blocks[BlockKey(level, (attribute,))].keys, packed).astype(np.int64)


def _hide(lattice: Lattice, key: BlockKey, cells: Codes) -> int:
    flags: Flags = np.zeros(len(lattice.blocks[key].keys), dtype=np.bool_)
    flags[cells] = True
    lattice.blocks[key].shown &= ~flags
    return int(flags.sum())
