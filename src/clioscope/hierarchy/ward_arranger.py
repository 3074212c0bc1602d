"""A hierarchy without a model: clusters near each other share a parent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.ranking import by_falling_size
from clioscope.ward import Labels, ward


def arrange(centroids: NDArray[np.float32], sizes: NDArray[np.int64], levels: Sequence[int]) -> list[Labels]:
    """Arrange base clusters level by level, by Ward's method weighted with their sizes.

    Parameters
    ----------
    centroids
        float32 [k, d], unit length.
    sizes
        int64 [k]: conversations in each.
    levels
        Clusters on each level, base first, falling; ``levels[0]`` is k.

    Returns
    -------
    For every level but the top, int32: the parent of each of its clusters in the level above. Clusters of every level
    above the base are numbered by falling size, and each has at least one child.
    """
    above = ward(centroids, sizes, levels[1:])
    parents = []
    below = np.arange(levels[0], dtype=np.int32)
    for groups in above:
        ranked = by_falling_size(groups, sizes)
        parent = np.empty(int(below.max()) + 1, dtype=np.int32)
        parent[below] = ranked
        parents.append(parent)
        below = ranked
    return parents
