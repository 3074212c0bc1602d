"""Vectors to base clusters, and base clusters to a hierarchy that needs no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering import Least, SphericalKMeans, assign, choose_k, diagnostics, merge_small
from clioscope.clustering.subset import Subset
from clioscope.hierarchy import arrange, plan_levels
from clioscope.pipeline.areas import names_on_top, plan_by_area, shares_of_areas, sorted_by_area
from clioscope.pipeline.as_published import base_as_published, last_recorded, parents_as_published
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.population import Population
from clioscope.privacy.counting import count, rounded
from clioscope.privacy.places import hashed_order, numbered
from clioscope.vault import in_order, write_array
from clioscope.vault.files import read_array
from clioscope.version import __version__

Labels = NDArray[np.int32]
T = TypeVar("T")

_TO_SPARE = 2
"""Clusters are to hold twice what they must, where that is more than what figures about them need."""


class Groups(NamedTuple):
    """The hierarchy as arrays.

    ``labels``: int32 [m] a level, base first: the cluster of each item. ``parents``: int32 [k] a level but the top:
    each cluster's parent. ``centroids``: float32 [k, d] of the base clusters.
    """

    labels: list[Labels]
    parents: list[Labels]
    centroids: NDArray[np.float32]


class Clusters(NamedTuple):
    """``labels`` int32 [m], ``centroids`` float32 [k, d], and ``areas`` int32 [k], or ``None`` where there are none."""

    labels: Labels
    centroids: NDArray[np.float32]
    areas: Labels | None


def clusters(context: Context, asked: Found, read: Found, people: Population) -> Found:
    """Group the vectors into base clusters that all pass the thresholds, numbered by falling size."""
    config, thresholds = context.config, context.config.thresholds
    clusterer = SphericalKMeans()
    wanted = config.hierarchy[0] if config.hierarchy else config.clusters
    smallest = max(thresholds.conversations, thresholds.cluster_conversations // _TO_SPARE)
    choice = choose_k(len(people.rows), smallest, clusters=wanted, cluster_size=config.cluster_size)
    inputs = {
        "the texts": asked["texts"][context.home.facet],
        "the users": read["content"],
        "the embedding model": context.embedder.name,
        "the languages": context.key("Aligning"),
        "the clustering": clusterer.name,
        "how many clusters": choice.k,
        "the thresholds": [thresholds.cluster_users, thresholds.cluster_conversations, thresholds.share],
        "the areas": [asked["all"], [area.model_dump() for area in config.areas]] if config.areas else [],
        "the seed": config.seed,
        **published_clusters(context),
    }

    def make() -> Found:
        vectors = context.home.vectors()
        least = Least(thresholds.cluster_users, thresholds.cluster_conversations, thresholds.share)
        area_of = sorted_by_area(context, people, vectors) if config.areas else None
        found: list[tuple[Labels, NDArray[np.float32], int, int]] = []
        with context.progress.stage("Clustering", 3, "steps") as work:
            kept = base_as_published(context, people) if config.like_published else None
            base = np.full(len(vectors), -1, dtype=np.int32)
            shares = {} if area_of is None else shares_of_areas(choice.k, area_of)
            for area in shares or (None,):
                inside = None if area is None or area_of is None else np.flatnonzero(area_of == area)
                store = vectors if inside is None else Subset(vectors, inside)
                k = choice.k if area is None else shares[area]
                users = people.users if inside is None or people.users is None else people.users[inside]
                rows = people.conversations
                rows = rows if inside is None or rows is None else rows[inside]
                centroids = clusterer.fit(store, k, config.seed) if kept is None else kept.centroids
                labels = assign(store, centroids).labels if kept is None else kept.labels
                merged = merge_small(labels, users, centroids, least, conversations=rows)
                start = sum(len(centres) for _, centres, _, _ in found)
                base[slice(None) if inside is None else inside] = merged.labels + start
                found.append((merged.labels, merged.centroids, merged.merged, area or 0))
            work.advance(2)
            areas = np.concatenate([np.full(len(centres), area, np.int32) for _, centres, _, area in found])
            all_centroids = np.concatenate([centres for _, centres, _, _ in found])
            labels, centroids, areas = _by_falling_size(base, all_centroids, areas)
            measured = diagnostics(vectors, labels, centroids, config.seed)
            work.advance(1)
        folder = context.home.assignments
        write_array(folder / "base.npy", labels)
        write_array(folder / "centroids.npy", centroids)
        write_array(folder / "areas.npy", areas)
        return {
            "wanted": choice.k,
            "rule": choice.rule,
            "merged": sum(merged for _, _, merged, _ in found),
            "diagnostics": measured,
        }

    return context.stage(context.name("Clustering"), inputs, make)


def base_clusters(context: Context) -> Clusters:
    """What the clustering left in the vault."""
    folder = context.home.assignments
    areas = read_array(folder / "areas.npy") if context.config.areas else None
    return Clusters(read_array(folder / "base.npy"), read_array(folder / "centroids.npy"), areas)


def published_clusters(context: Context) -> dict[str, object]:
    """Which publication's clusters are kept, as an input of a stage; nothing where none is."""
    if not context.config.like_published:
        return {}
    row = last_recorded(context)
    return {"the published clusters": [row.number, row.hash, row.erased]}


def hierarchy(context: Context, people: Population) -> Found:
    """Arrange the base clusters by their vectors, level by level, up to the top."""
    inputs = {
        "the clusters": context.key("Clustering"),
        "the hierarchy": levels_asked(context),
        "the rounding": context.config.thresholds.rounding,
        "the version": __version__,
        **published_clusters(context),
    }

    def make() -> Found:
        base = base_clusters(context)
        sizes = np.bincount(base.labels, minlength=len(base.centroids))
        if context.config.like_published:
            parents = parents_as_published(context, people, base.labels)
            levels = [len(sizes), *(int(above.max()) + 1 for above in parents)]
        elif base.areas is None:
            levels = planned(context, len(base.centroids))
            parents = arrange(base.centroids, sizes, levels)
        else:
            levels, parents = plan_by_area(context, base.centroids, sizes, base.areas)
        numbers = write_tree(context, people, base.labels, base.centroids, parents)
        return {"levels": levels, "areas": in_place(names_on_top(context, base.areas, parents), numbers[-1])}

    return context.stage(context.name("Arranging"), inputs, make)


def levels_asked(context: Context) -> list[object]:
    """What the user said of the hierarchy."""
    config = context.config
    return [config.hierarchy, config.branching, config.top_clusters, len(config.areas)]


def planned(context: Context, k: int) -> list[int]:
    """How many clusters each level is to have, base first."""
    config = context.config
    return plan_levels(k, hierarchy=config.hierarchy, branching=config.branching, top_clusters=config.top_clusters)


def write_tree(
    context: Context, people: Population, base: Labels, centroids: NDArray[np.float32], parents: list[Labels]
) -> list[Labels]:
    """Keep the hierarchy in the vault, its clusters numbered as they will be published.

    Returns
    -------
    One int32 [k] a level, base first: the number that each cluster has now.
    """
    folder = context.home.assignments
    for old in (*folder.glob("level_*.npy"), *folder.glob("parents_*.npy")):
        old.unlink()
    labels, numbers = base, list[Labels]()
    for level, hashed in enumerate(hashed_order(centroids, parents)):
        number = numbered(figures(context, labels, people), hashed).astype(np.int32)
        write_array(folder / f"level_{level}.npy", number[labels])
        if level < len(parents):
            labels = parents[level][labels]
        numbers.append(number)
    for level, above in enumerate(parents):
        write_array(folder / f"parents_{level}.npy", numbers[level + 1][above][np.argsort(numbers[level])])
    write_array(folder / "tree_centroids.npy", centroids[np.argsort(numbers[0])])
    return numbers


def figures(context: Context, labels: Labels, people: Population) -> NDArray[np.int64]:
    """int64 [k]: the conversations of each cluster of a level, as they are released."""
    exact = count(labels.astype(np.int64), None, int(labels.max(initial=-1)) + 1, conversations=people.conversations)
    return rounded(exact.conversations, context.config.thresholds.rounding)


def in_place(of_old: Sequence[T], numbers: Labels) -> list[T]:
    """What is known of each cluster, in the order of their new numbers; nothing where nothing is known of any."""
    return [of_old[old] for old in np.argsort(numbers).tolist()] if len(of_old) else []


def groups(context: Context) -> Groups:
    """The hierarchy that is in the vault."""
    folder = context.home.assignments
    return Groups(
        [read_array(path) for path in in_order(folder.glob("level_*.npy"))],
        [read_array(path) for path in in_order(folder.glob("parents_*.npy"))],
        read_array(folder / "tree_centroids.npy"),
    )


def _by_falling_size(
    labels: Labels, centroids: NDArray[np.float32], areas: Labels
) -> tuple[Labels, NDArray[np.float32], Labels]:
    sizes = np.bincount(labels, minlength=len(centroids))
    order = np.lexsort((np.arange(len(sizes)), -sizes))
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return number[labels], centroids[order], areas[order]
