"""Density bins of the map: boxes that each hold enough people.

References
----------
LeFevre, DeWitt and Ramakrishnan (2006), "Mondrian Multidimensional K-Anonymity": split at the median while both halves
remain large enough. Every bin passes the thresholds and the bins of a cluster hold all of it, so that nothing is left
over that could be had by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

_TRIMMED = 0.05
"""The share of a cluster's members beyond each edge of its outermost boxes."""


class Box(NamedTuple):
    """A box of grid cells, ``x1`` and ``y1`` outside it."""

    x0: int
    y0: int
    x1: int
    y1: int


class Bins(NamedTuple):
    """One entry a bin: int32 arrays of its cluster, its box and its counts. The counts are exact: not yet rounded."""

    cluster: NDArray[np.int32]
    x0: NDArray[np.int32]
    y0: NDArray[np.int32]
    x1: NDArray[np.int32]
    y1: NDArray[np.int32]
    conversations: NDArray[np.int32]
    users: NDArray[np.int32]


class _Rule(NamedTuple):
    users: NDArray[np.int32] | None
    min_users: int
    min_conversations: int

    def count_users(self, rows: Rows) -> int:
        return 0 if self.users is None else len(np.unique(self.users[rows]))

    def holds(self, rows: Rows) -> bool:
        if len(rows) < max(self.min_conversations, 1):
            return False
        return self.users is None or self.count_users(rows) >= self.min_users


def map_bins(
    positions: NDArray[np.float32],
    labels: NDArray[np.int32],
    users: NDArray[np.int32] | None,
    *,
    min_users: int,
    min_conversations: int,
    grid: int,
) -> Bins:
    """Cut every cluster into boxes that hold at least the thresholds.

    Parameters
    ----------
    positions
        float32 [n, 2] in the unit square.
    labels
        int32 [n]: the base cluster of each conversation.
    users
        int32 [n], -1 where unknown (all of those count as one); ``None`` where users are not counted.
    grid
        Boxes lie on a grid of so many cells a side.

    Notes
    -----
    What a box tells is that its conversations are in it, to within the grid, but for the members beyond a trimmed edge:
    a cluster's outermost edges are where a twentieth of its members, and at least ``min_users`` and
    ``min_conversations`` of them, lie beyond, so that no single conversation sets an edge. Cuts are medians on the
    grid. A cluster below the thresholds has no box.
    """
    cells = np.clip((positions * grid).astype(np.int64), 0, grid - 1)
    rule = _Rule(users, min_users, min_conversations)
    order = np.argsort(labels, kind="stable")
    clusters, starts = np.unique(labels[order], return_index=True)
    found: list[tuple[int, Box, Rows]] = []
    for cluster, rows in zip(clusters.tolist(), np.split(order, starts[1:]), strict=True):
        if rule.holds(rows):
            box = _trimmed_box(cells[rows], rule)
            found.extend((cluster, part, inside) for part, inside in _split(box, rows, cells, rule))
    columns = [[cluster, *box, len(rows), rule.count_users(rows)] for cluster, box, rows in found]
    return Bins(*np.array(columns, dtype=np.int32).reshape(-1, 7).T)


def _trimmed_box(cells: Rows, rule: _Rule) -> Box:
    beyond = min(max(int(_TRIMMED * len(cells)), rule.min_users, rule.min_conversations), (len(cells) - 1) // 2)
    low = np.sort(cells, axis=0)[beyond]
    high = np.sort(cells, axis=0)[-1 - beyond]
    return Box(int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1)


def _split(box: Box, rows: Rows, cells: Rows, rule: _Rule) -> Iterator[tuple[Box, Rows]]:
    waiting = [(box, rows)]
    while waiting:
        box, rows = waiting.pop()
        halves = _halves(box, rows, cells, rule)
        if halves:
            waiting.extend(halves)
        else:
            yield box, rows


def _halves(box: Box, rows: Rows, cells: Rows, rule: _Rule) -> list[tuple[Box, Rows]] | None:
    """Both halves of a box, cut at the median of its longer side, or of the other; ``None`` where neither holds."""
    sides = (0, 1) if box.x1 - box.x0 >= box.y1 - box.y0 else (1, 0)
    for axis in sides:
        low, high = (box.x0, box.x1) if axis == 0 else (box.y0, box.y1)
        cut = int(np.median(cells[rows, axis])) + 1
        if not low < cut < high:
            continue
        below = cells[rows, axis] < cut
        if rule.holds(rows[below]) and rule.holds(rows[~below]):
            first = box._replace(x1=cut) if axis == 0 else box._replace(y1=cut)
            second = box._replace(x0=cut) if axis == 0 else box._replace(y0=cut)
            return [(second, rows[~below]), (first, rows[below])]
    return None
