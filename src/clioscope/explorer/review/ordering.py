"""Which clusters to look at first: concern times growth times size, from released cells alone.

The three are of different kinds, and one of them would drown the others if they were multiplied as they are. So each is
taken as its rank among the clusters of the level, 0 to 1, and the ranks are multiplied. What is not released counts as
the middle: it neither raises nor lowers a cluster.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from clioscope.atlas.schema import EVERYTHING
from clioscope.explorer.cube import EVERYTHING_LEVEL, Choice, Cube
from clioscope.explorer.schemas import Cluster

CONCERN = "concern"
TIMES = ("month", "week")
_MIDDLE = 0.5
_LEAST_PART = 0.5
"""A first or last period with less than this part of the usual number is taken to be cut off."""


class Signals(NamedTuple):
    """What speaks for looking at a cluster. ``None`` is not released, or not asked.

    Parameters
    ----------
    concern
        The mean of its released concern, 1 to 5.
    growth
        Of its share of everything, from the first to the last whole period: 0.2 is a share that grew by a fifth.
    conversations
        As released.
    score
        The product of the three ranks, 0 to 1.
    """

    concern: float | None
    growth: float | None
    conversations: int | None
    score: float


def signals(cube: Cube, clusters: Sequence[Cluster], level: int) -> dict[str, Signals]:
    """Those of each cluster of ``level``, best to look at first.

    Parameters
    ----------
    clusters
        All of the atlas as published, in the order in which ``cube`` was opened with them.
    """
    here = [cluster for cluster in clusters if cluster.level == level]
    time = next((name for name in TIMES if cube.attribute(name)), None)
    concerns = _by_cluster(cube, clusters, level, CONCERN)
    concern = {id: _mean(cells) for id, cells in concerns.items()}
    growth: dict[str, float | None] = {}
    if time is not None:
        whole = _by_cluster(cube, clusters, EVERYTHING_LEVEL, time).get(EVERYTHING, {})
        growth = {id: growth_of(cells, whole) for id, cells in _by_cluster(cube, clusters, level, time).items()}
    size = {cluster.id: cluster.conversations for cluster in here}
    ranks = [_ranks([values.get(cluster.id) for cluster in here]) for values in (concern, growth, size)]
    found = {
        cluster.id: Signals(concern.get(cluster.id), growth.get(cluster.id), cluster.conversations, round(a * b * c, 4))
        for cluster, a, b, c in zip(here, *ranks, strict=True)
    }
    return dict(sorted(found.items(), key=lambda pair: -pair[1].score))


def growth_of(part: Mapping[str, int], whole: Mapping[str, int]) -> float | None:
    """How a cluster's share of everything changed between the first and the last whole period.

    ``None`` where one of them is not released. As the page computes it, so that both say the same.
    """
    names = sorted(whole)
    sizes = sorted(whole.values())
    usual = sizes[len(sizes) // 2] if sizes else 0
    last = len(names) - 1
    complete = [n for i, n in enumerate(names) if i not in (0, last) or whole[n] >= _LEAST_PART * usual]
    if len(complete) < 2 or complete[0] not in part or complete[-1] not in part:
        return None
    before, after = (min(1.0, part[n] / whole[n]) if whole[n] else 0.0 for n in (complete[0], complete[-1]))
    return after / before - 1 if before > 0 else None


def _by_cluster(cube: Cube, clusters: Sequence[Cluster], level: int, attribute: str) -> dict[str, dict[str, int]]:
    """Released conversations of each cluster of ``level`` by the values of ``attribute``."""
    known = cube.attribute(attribute)
    if known is None:
        return {}
    ids = [*(cluster.id for cluster in clusters), EVERYTHING]
    columns = cube.cells(level, Choice(attribute))
    found: dict[str, dict[str, int]] = {}
    rows = zip(columns.cluster.tolist(), columns.value_1.tolist(), columns.conversations.tolist(), strict=True)
    for number, value, conversations in rows:
        found.setdefault(ids[number], {})[known.values[value]] = conversations
    return found


def _mean(cells: Mapping[str, int]) -> float | None:
    known = {int(value): count for value, count in cells.items() if value.isdecimal() and count > 0}
    total = sum(known.values())
    return sum(value * count for value, count in known.items()) / total if total else None


def _ranks(values: Sequence[float | None]) -> list[float]:
    """For each the part of the known ones that are below it, those that are equal counted half."""
    known = sorted(value for value in values if value is not None)
    return [
        _MIDDLE if value is None else (bisect_left(known, value) + bisect_right(known, value)) / (2 * len(known))
        for value in values
    ]
