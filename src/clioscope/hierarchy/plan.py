"""How many levels, and how many clusters on each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from clioscope.errors import ConfigError

FEWEST_AT_THE_TOP, MOST_AT_THE_TOP = 5, 20
"""What a person can read at a glance."""

_ONE_LEVEL_UP_TO = 12
_MOST_CHILDREN = 12


def plan_levels(
    k: int,
    *,
    hierarchy: Sequence[int] | None = None,
    branching: int | None = None,
    top_clusters: int | None = None,
) -> list[int]:
    """The number of clusters on each level, base first.

    By default the top holds about the square root of ``k`` clusters, 5 to 20, and levels lie between so that a
    cluster has at most about twelve children: the ratio between levels is the same throughout, as in Clio
    (arXiv 2412.13678, appendix G). Up to twelve base clusters need no level above them.

    Parameters
    ----------
    k
        Base clusters that there are, which may be fewer than were asked for.
    hierarchy
        Every level as asked for, base first. Levels that ``k`` does not reach are left out.
    branching
        Children a cluster has on average.
    top_clusters
        Clusters at the top.

    Raises
    ------
    ConfigError
        More clusters at the top than at the base were asked for, levels that do not fall, or fewer than two children
        a cluster, with which no level would be smaller than the one below.
    """
    if hierarchy is not None and any(above >= below for below, above in pairwise(hierarchy)):
        raise ConfigError(
            f"--hierarchy {','.join(map(str, hierarchy))} must fall from the base to the top, such as "
            "--hierarchy 150,10."
        )
    if branching is not None and branching < 2:
        raise ConfigError(f"--branching {branching} makes no level smaller than the one below: give 2 or more.")
    if hierarchy is not None:
        return [k, *(count for count in hierarchy[1:] if count < k)]
    if top_clusters is not None and top_clusters > k:
        raise ConfigError(
            f"--top-clusters {top_clusters} is more than the {k} base clusters there are: lower it, or raise "
            "--clusters."
        )
    if k <= _ONE_LEVEL_UP_TO and top_clusters is None and branching is None:
        return [k]
    if branching is not None:
        return _by_branching(k, branching, top_clusters)
    top = top_clusters or min(MOST_AT_THE_TOP, max(FEWEST_AT_THE_TOP, round(math.sqrt(k))))
    if top == k:
        return [k]
    steps = max(1, math.ceil(math.log(k / top) / math.log(_MOST_CHILDREN) - 1e-9))
    ratio = (top / k) ** (1 / steps)
    return _falling([k, *(round(k * ratio**step) for step in range(1, steps)), top])


def _by_branching(k: int, branching: int, top_clusters: int | None) -> list[int]:
    levels = [k]
    most = top_clusters or MOST_AT_THE_TOP
    while levels[-1] > most:
        levels.append(max(top_clusters or 1, round(levels[-1] / branching)))
    return _falling(levels)


def _falling(levels: list[int]) -> list[int]:
    return [count for place, count in enumerate(levels) if place == 0 or count < levels[place - 1]]
