"""Density bins of the map: boxes that each hold enough people.

References
----------
LeFevre, DeWitt and Ramakrishnan (2006), "Mondrian Multidimensional K-Anonymity": split while both halves remain large
enough. Every bin passes the thresholds and the bins of a cluster hold all of it, so that nothing is left over that
could be had by subtraction.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.map_edges import Box, Cells, Codes, outer_box

_FEWEST = 5
"""No cluster is cut into bins of fewer conversations, whatever the thresholds: a map never shows single ones."""


class Bins(NamedTuple):
    """One entry a bin: int32 arrays of its cluster, its box and its counts. The counts are exact: not yet rounded."""

    cluster: NDArray[np.int32]
    x0: NDArray[np.int32]
    y0: NDArray[np.int32]
    x1: NDArray[np.int32]
    y1: NDArray[np.int32]
    conversations: NDArray[np.int32]
    users: NDArray[np.int32]


class _Least(NamedTuple):
    """What a bin must hold: users, conversations, and no more than ``share`` (0 to 1) of these of one user."""

    users: int
    conversations: int
    share: float


class _Members(NamedTuple):
    """Conversations of one cluster in a box, sorted by user: ``cells`` int64 [m, 2], ``users`` [m] or ``None``."""

    box: Box
    cells: Cells
    users: Codes | None

    def count_users(self) -> int:
        return 0 if self.users is None else len(self.starts())

    def starts(self) -> Codes:
        """Where each user's conversations begin."""
        return np.zeros(1, np.int64) if self.users is None else np.flatnonzero(np.diff(self.users, prepend=-2))

    def passes(self, least: _Least) -> bool:
        if len(self.cells) < max(least.conversations, 1):
            return False
        return self.users is None or (self.count_users() >= least.users and self.is_shared(least.share))

    def is_shared(self, share: float, chosen: NDArray[np.bool_] | None = None) -> bool:
        """Whether nobody holds more than ``share`` of the conversations, or of the ``chosen``; bool [m]."""
        if self.users is None:
            return True
        each = np.diff(np.append(self.starts(), len(self.users)))
        if chosen is not None:
            each = np.add.reduceat(chosen, self.starts(), dtype=np.int64)
        return bool(each.max() <= share * each.sum())


def map_bins(
    positions: NDArray[np.float32],
    labels: NDArray[np.int32],
    users: NDArray[np.int32] | None,
    *,
    min_users: int,
    min_conversations: int,
    max_share: float = 1.0,
    grid: int = 256,
    max_bins_per_cluster: int = 256,
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
    max_share
        The most of a box's conversations that may be one user's, 0 to 1.
    grid
        Boxes lie on a grid of so many cells a side.
    max_bins_per_cluster
        The largest boxes are cut first, until a cluster has so many.

    Returns
    -------
    By cluster, and inside it by place. A cluster below the thresholds has none.

    Notes
    -----
    What a box tells: so many conversations of so many users lie in it, or, at an outer edge of the cluster, beyond it.
    Three things keep its edges from telling about a single person. An outer edge is set by many users and not by the
    farthest member (see :func:`~clioscope.privacy.map_edges.outer_box`). A cut has at least the thresholds on both
    sides. And of all cuts that do, the one is taken that is a multiple of the highest power of two: a place that nobody
    chose, where a median would be the place of one conversation. Fewer edges then
    move when one person goes, which is what two releases show.
    """
    least = _Least(min_users, min_conversations, max_share)
    cells = np.clip(np.nan_to_num(positions * np.float32(grid)), 0, grid - 1).astype(np.int64)
    order = np.argsort(labels, kind="stable") if users is None else np.lexsort((users, labels))
    clusters, starts = np.unique(labels[order], return_index=True)
    columns: list[list[int]] = []
    for cluster, rows in zip(clusters.tolist(), np.split(order, starts[1:]), strict=True):
        whole = _Members(Box(0, 0, grid, grid), cells[rows], None if users is None else users[rows].astype(np.int64))
        if whole.passes(least):
            found = _cut_up(_inside_outer_box(whole, least), least, max_bins_per_cluster)
            columns.extend([cluster, *part.box, len(part.cells), part.count_users()] for part in found)
    return Bins(*np.array(columns, dtype=np.int32).reshape(-1, 7).T)


def _inside_outer_box(whole: _Members, least: _Least) -> _Members:
    """A cluster's members, those beyond its box moved to its edges."""
    enough = least.conversations if whole.users is None else least.users
    box = outer_box(whole.cells, whole.users, enough, whole.box.x1)
    clamped = np.clip(whole.cells, [box.x0, box.y0], [box.x1 - 1, box.y1 - 1])
    return whole._replace(box=box, cells=clamped)


def _cut_up(whole: _Members, least: _Least, most: int) -> list[_Members]:
    """Cut the largest box while boxes can be cut and there are fewer than ``most``. By place."""
    done: list[_Members] = []
    waiting = [(-len(whole.cells), whole.box, whole)]
    while waiting and len(done) + len(waiting) < most:
        _, _, largest = heappop(waiting)
        halves = _halves(largest, least._replace(conversations=max(least.conversations, _FEWEST)))
        if halves is None:
            done.append(largest)
        else:
            for half in halves:
                heappush(waiting, (-len(half.cells), half.box, half))
    return sorted([*done, *(members for _, _, members in waiting)], key=lambda members: members.box)


def _halves(members: _Members, least: _Least) -> tuple[_Members, _Members] | None:
    """A box cut across its longer side, or else the other; ``None`` where no cut leaves enough in both halves."""
    box = members.box
    if len(members.cells) < 2 * least.conversations:
        return None
    for axis in (0, 1) if box.x1 - box.x0 >= box.y1 - box.y0 else (1, 0):
        cut = _cut(members, axis, least)
        if cut is not None:
            low, high = box.cut(axis, cut)
            below = members.cells[:, axis] < cut
            return _part(members, low, below), _part(members, high, ~below)
    return None


def _part(members: _Members, box: Box, chosen: NDArray[np.bool_]) -> _Members:
    return _Members(box, members.cells[chosen], None if members.users is None else members.users[chosen])


def _cut(members: _Members, axis: int, least: _Least) -> int | None:
    """The roundest of the cuts that leave enough on both sides; of those, the one that cuts most evenly."""
    low, high = members.box.side(axis)
    if high - low < 2:
        return None
    places = members.cells[:, axis] - low
    below = np.cumsum(np.bincount(places, minlength=high - low))[:-1]
    smaller = np.minimum(below, len(places) - below)
    allowed = smaller >= least.conversations
    if members.users is not None:
        starts = members.starts()
        first, last = np.minimum.reduceat(places, starts), np.maximum.reduceat(places, starts)
        users_below = np.cumsum(np.bincount(first, minlength=high - low))[:-1]
        users_above = len(starts) - np.cumsum(np.bincount(last, minlength=high - low))[:-1]
        allowed &= np.minimum(users_below, users_above) >= least.users
    cuts = np.arange(low + 1, high)[allowed]
    for cut in cuts[np.lexsort((-smaller[allowed], -(cuts & -cuts)))].tolist():
        under = members.cells[:, axis] < cut
        if members.is_shared(least.share, under) and members.is_shared(least.share, ~under):
            return int(cut)
    return None
