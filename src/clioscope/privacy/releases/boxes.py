"""The map of a release that stands beside others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes
from clioscope.privacy.map_bins import Bins
from clioscope.privacy.releases.joint import Joint

_GRID = 256


def map_beside(
    joint: Joint,
    bins: Bins,
    positions: NDArray[np.float32],
    labels: NDArray[np.int32],
    figures: tuple[Codes, Codes],
    clusters: tuple[Codes, Codes],
    grid: int = _GRID,
) -> tuple[Bins, Codes, Codes]:
    """The boxes of the map and their figures; of a cluster whose boxes would tell too much, one with its own figure.

    Parameters
    ----------
    positions
        float32 [n, 2], of all rows.
    labels
        int32 [n]: the base cluster of each row.
    figures, clusters
        Conversations and users, as shown, of the boxes and of the base clusters.
    """
    rows = boxes_of(bins, positions, labels, grid)
    whole = joint.crowded(rows, bins.cluster.astype(np.int64))
    merged, numbers = _merged(bins, whole)
    one = whole[merged.cluster]
    shown = []
    for own, of_cluster in zip(figures, clusters, strict=True):
        values = np.zeros(len(one), np.int64)
        values[numbers] = own
        shown.append(np.where(one, of_cluster[merged.cluster], values))
    joint.record_bins(np.where(rows >= 0, numbers[rows], -1), one, *shown)
    return merged, shown[0], shown[1]


def boxes_of(bins: Bins, positions: NDArray[np.float32], labels: NDArray[np.int32], grid: int = _GRID) -> Codes:
    """int64 [n]: the box of each row, -1 where its cluster has none; beyond a cluster's boxes, the nearest."""
    found = np.full(len(labels), -1, dtype=np.int64)
    cells = np.clip(np.nan_to_num(positions * np.float32(grid)), 0, grid - 1).astype(np.int64)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(int(labels.max(initial=-1)) + 2))
    painted = np.empty((grid, grid), dtype=np.int64)
    for cluster in np.unique(bins.cluster).tolist():
        rows = order[starts[cluster] : starts[cluster + 1]]
        mine = np.flatnonzero(bins.cluster == cluster)
        for number in mine.tolist():
            painted[bins.x0[number] : bins.x1[number], bins.y0[number] : bins.y1[number]] = number
        low = bins.x0[mine].min(), bins.y0[mine].min()
        high = bins.x1[mine].max() - 1, bins.y1[mine].max() - 1
        inside = np.clip(cells[rows], low, high)
        found[rows] = painted[inside[:, 0], inside[:, 1]]
    return found


def _merged(bins: Bins, whole: NDArray[np.bool_]) -> tuple[Bins, Codes]:
    """One box in the place of all of some clusters, and the number that each box has now."""
    alone = ~whole[bins.cluster]
    first = np.ones(len(alone), dtype=np.bool_)
    first[1:] = bins.cluster[1:] != bins.cluster[:-1]
    starts = np.flatnonzero(alone | first)
    numbers = np.cumsum(alone | first) - 1
    if not len(starts):
        return bins, numbers
    edges = [np.minimum.reduceat(values, starts) for values in (bins.x0, bins.y0)]
    edges += [np.maximum.reduceat(values, starts) for values in (bins.x1, bins.y1)]
    counts = [np.add.reduceat(values, starts) for values in (bins.conversations, bins.users)]
    return Bins(bins.cluster[starts], *edges, *counts), numbers
