"""In which order clusters are published and where they lie on the map: nothing of it may tell more than their figures.

An order by exact size tells, of clusters whose rounded figures are equal, which is the largest. A middle that is
weighted with exact sizes, and written down exactly, is an equation from which they can be solved. So clusters are
ordered by their released figures, and those with equal ones by a hash; clusters lie in the middle of a cell of a grid;
and a cluster above others lies in the plain middle of them, whatever their sizes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes

MAP_GRID = 256
"""The map's clusters and bins lie on a grid of so many cells a side."""


def hashed_order(centroids: NDArray[np.float32], parents: Sequence[NDArray[np.int32]]) -> list[Codes]:
    """One int64 [k] a level, base first: an order of its clusters that has nothing to do with how large they are.

    It is that of hashes of the base clusters' centroids, which nobody outside has; of a cluster above, of its
    children's hashes. It depends on what the clusters are, and not on how they are numbered.

    Parameters
    ----------
    centroids
        float32 [k, d] of the base clusters.
    parents
        For every level but the top, base first: the parent of each of its clusters in the level above.
    """
    hashes = [hashlib.sha256(row.tobytes()).digest() for row in np.ascontiguousarray(centroids, dtype=np.float32)]
    found = [_ranks(hashes)]
    for above in parents:
        children: list[list[bytes]] = [[] for _ in range(int(above.max()) + 1)]
        for child, parent in zip(hashes, above.tolist(), strict=True):
            children[parent].append(child)
        hashes = [hashlib.sha256(b"".join(sorted(mine))).digest() for mine in children]
        found.append(_ranks(hashes))
    return found


def _ranks(hashes: Sequence[bytes]) -> Codes:
    number = {one: place for place, one in enumerate(sorted(set(hashes)))}
    return np.array([number[one] for one in hashes], dtype=np.int64)


def numbered(figures: Codes, hashed: Codes) -> Codes:
    """The number of each cluster of a level: by falling released figure, and of equal ones by the hashed order.

    Parameters
    ----------
    figures
        int64 [k]: the conversations of each cluster as they are released.
    hashed
        int64 [k], from :func:`hashed_order`.
    """
    number = np.empty(len(figures), dtype=np.int64)
    number[np.lexsort((hashed, -figures))] = np.arange(len(figures))
    return number


def placed(centres: NDArray[np.float32], parents: Sequence[NDArray[np.int32]]) -> list[NDArray[np.float32]]:
    """One float32 [k, 2] a level, base first: the place of each cluster, always the middle of a cell of the grid.

    Parameters
    ----------
    centres
        float32 [k, 2] in the unit square: where the base clusters lie.
    parents
        As in :func:`hashed_order`. A parent lies in the middle of its children's published places; each counts once.
    """
    found = [_snapped(centres.astype(np.float64))]
    for above in parents:
        below, children = found[-1].astype(np.float64), np.bincount(above)
        middle = [np.bincount(above, weights=below[:, axis]) / children for axis in (0, 1)]
        found.append(_snapped(np.stack(middle, axis=1)))
    return found


def _snapped(places: NDArray[np.float64]) -> NDArray[np.float32]:
    cells = np.clip(np.floor(places * MAP_GRID), 0, MAP_GRID - 1)
    return ((cells + 0.5) / MAP_GRID).astype(np.float32)
