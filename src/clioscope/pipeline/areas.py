"""Areas: conversations sorted under names of the user's own, each with its own hierarchy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.base import VectorStore
from clioscope.facets import AREA
from clioscope.hierarchy import arrange, by_falling_size, plan_levels
from clioscope.pipeline.context import Context
from clioscope.pipeline.population import Population
from clioscope.privacy.counting import count
from clioscope.privacy.limits import cluster_limits
from clioscope.vault import categories_of

Labels = NDArray[np.int32]


def sorted_by_area(context: Context, people: Population, vectors: VectorStore) -> Labels:
    """int32 [m]: the area of each item, as the model said, or else the one whose description is nearest.

    An area that does not pass the thresholds is dissolved into the others, or it would show its few.
    """
    config, thresholds = context.config, context.config.thresholds
    described = context.embedder.embed([f"{area.name}. {area.description}" for area in config.areas])
    area_of = _as_answered(context, people)
    open_areas = list(range(len(config.areas)))
    while True:
        _fill_in(area_of, vectors, described, open_areas)
        counts = count(area_of.astype(np.int64), people.users, len(described), conversations=people.conversations)
        enough = cluster_limits(thresholds).enough(counts, people.users is not None)
        small = [area for area in open_areas if not enough[area] and counts.conversations[area] > 0]
        empty = [area for area in open_areas if counts.conversations[area] == 0]
        if not small or len(open_areas) - len(empty) == 1:
            break
        least = min(small, key=lambda area: (counts.conversations[area], area))
        context.progress.note(f"Too few conversations are in the area {config.areas[least].name}: it is left out.")
        open_areas = [area for area in open_areas if area != least and area not in empty]
        area_of[area_of == least] = -1
    return area_of


def _as_answered(context: Context, people: Population) -> Labels:
    """The area that the model named, -1 where it named none."""
    names = {area.name: number for number, area in enumerate(context.config.areas)}
    for name, codes, values in categories_of(context.folder.facets):
        if name == AREA:
            number = np.array([names.get(value, -1) for value in values], dtype=np.int32)
            return number[codes][people.rows]
    return np.full(len(people.rows), -1, dtype=np.int32)


def _fill_in(area_of: Labels, vectors: VectorStore, described: NDArray[np.float32], open_areas: list[int]) -> None:
    choices = np.array(open_areas, dtype=np.int32)
    for start, block in vectors.blocks():
        here = area_of[start : start + len(block)]
        without = np.flatnonzero(here < 0)
        here[without] = choices[(block[without] @ described[choices].T).argmax(axis=1)]


def plan_by_area(
    context: Context, centroids: NDArray[np.float32], sizes: NDArray[np.int64], areas: Labels
) -> tuple[list[int], list[Labels]]:
    """Levels with the areas at the top, and each area's clusters arranged among themselves.

    Returns
    -------
    The number of clusters on each level, base first, and the parents of each level but the top.
    """
    present = np.unique(areas)
    levels = planned_by_area(context, len(centroids), len(present))
    parents: list[Labels] = []
    below, below_sizes, below_areas = centroids, sizes, areas
    for wanted in levels[1:-1]:
        shares = shares_of_areas(wanted, below_areas)
        above = np.empty(len(below), dtype=np.int32)
        start = 0
        for area, share in shares.items():
            inside = np.flatnonzero(below_areas == area)
            within = arrange(below[inside], below_sizes[inside], [len(inside), share])[0]
            above[inside] = within + start
            start += share
        parents.append(by_falling_size(above, below_sizes))
        below, below_sizes, below_areas = _summed(parents[-1], below, below_sizes, below_areas)
    top = np.searchsorted(present, below_areas).astype(np.int32)
    parents.append(by_falling_size(top, below_sizes))
    return [len(centroids), *(int(p.max()) + 1 for p in parents)], parents


def planned_by_area(context: Context, k: int, areas: int) -> list[int]:
    """The levels, base first, with ``areas`` at the top."""
    config = context.config
    if config.hierarchy is not None:
        return [k, *(count for count in config.hierarchy[1:] if areas < count < k), areas]
    if areas >= k:
        return [k, areas]
    return plan_levels(k, branching=config.branching, top_clusters=areas)


def shares_of_areas(wanted: int, areas: Labels) -> dict[int, int]:
    """How many of ``wanted`` groups each area gets, by how often it is in ``areas``: at least one, at most so many."""
    present, counts = np.unique(areas, return_counts=True)
    shares = np.ones(len(present), dtype=np.int64)
    for _ in range(min(wanted, int(counts.sum())) - len(present)):
        # The next one goes where an area's groups stand for the most; every group has to have something in it.
        shares[np.where(shares < counts, counts / (shares + 0.5), 0.0).argmax()] += 1
    return dict(zip(present.tolist(), shares.tolist(), strict=True))


def names_on_top(context: Context, areas: Labels | None, parents: Sequence[Labels]) -> list[str]:
    """The areas' names in the order of the top clusters; empty where there are no areas.

    ``areas``: of each base cluster. ``parents``: of each level but the top.
    """
    if areas is None:
        return []
    for above in parents:
        of_group = np.empty(int(above.max()) + 1, dtype=np.int32)
        of_group[above] = areas
        areas = of_group
    return [context.config.areas[area].name for area in areas.tolist()]


def _summed(
    parents: Labels, centroids: NDArray[np.float32], sizes: NDArray[np.int64], areas: Labels
) -> tuple[NDArray[np.float32], NDArray[np.int64], Labels]:
    k = int(parents.max()) + 1
    totals = np.bincount(parents, weights=sizes, minlength=k).astype(np.int64)
    means = np.zeros((k, centroids.shape[1]), dtype=np.float32)
    np.add.at(means, parents, centroids * sizes[:, None].astype(np.float32))
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    area = np.empty(k, dtype=np.int32)
    area[parents] = areas
    return means, totals, area
