"""The order of clusters on a level: the largest first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.ward import Labels


def by_falling_size(groups: Labels, sizes: NDArray[np.int64]) -> Labels:
    """The groups numbered anew, by falling size.

    Parameters
    ----------
    groups
        int32 [k]: the group of each cluster.
    sizes
        int64 [k]: conversations in each cluster.
    """
    totals = np.bincount(groups, weights=sizes)
    order = np.lexsort((np.arange(len(totals)), -totals))
    rank = np.empty(len(totals), dtype=np.int32)
    rank[order] = np.arange(len(totals), dtype=np.int32)
    return rank[groups]
