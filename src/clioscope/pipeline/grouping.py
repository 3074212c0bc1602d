"""Vectors to base clusters, and base clusters to a hierarchy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering import SphericalKMeans, assign, choose_k, diagnostics, merge_small
from clioscope.hierarchy import arrange, plan_levels
from clioscope.pipeline.context import Context, Found
from clioscope.vault import write_array
from clioscope.version import __version__

Labels = NDArray[np.int32]


class Groups(NamedTuple):
    """The hierarchy as arrays.

    ``labels``: int32 [n] a level, base first. ``parents``: int32 [k] a level but the top: each cluster's parent.
    ``centroids``: float32 [k, d] of the base clusters.
    """

    labels: list[Labels]
    parents: list[Labels]
    centroids: NDArray[np.float32]


def clusters(context: Context, asked: Found, read: Found, users: Labels | None) -> Found:
    """Group the vectors into base clusters that all pass the thresholds, numbered by falling size."""
    config, thresholds = context.config, context.config.thresholds
    clusterer = SphericalKMeans()
    wanted = config.hierarchy[0] if config.hierarchy else config.clusters
    choice = choose_k(
        read["conversations"], thresholds.conversations, clusters=wanted, cluster_size=config.cluster_size
    )
    inputs = {
        "the requests": asked["requests"],
        "the users": read["content"],
        "the embedding model": context.embedder.name,
        "the clustering": clusterer.name,
        "how many clusters": choice.k,
        "the thresholds": [thresholds.users, thresholds.conversations],
        "the seed": config.seed,
    }

    def make(fresh: bool) -> Found:
        vectors = context.folder.vectors()
        with context.progress.stage("Clustering", 3, "steps") as work:
            centroids = clusterer.fit(vectors, choice.k, config.seed)
            work.advance(1)
            assignment = assign(vectors, centroids)
            work.advance(1)
            merged = merge_small(assignment.labels, users, centroids, thresholds.users, thresholds.conversations)
            labels, centroids = _by_falling_size(merged.labels, merged.centroids)
            measured = diagnostics(vectors, labels, centroids, config.seed)
            work.advance(1)
        write_array(context.folder.assignments / "base.npy", labels)
        write_array(context.folder.assignments / "centroids.npy", centroids)
        return {"wanted": choice.k, "rule": choice.rule, "merged": merged.merged, "diagnostics": measured}

    return context.stage("Clustering", inputs, make)


def hierarchy(context: Context) -> Found:
    """Arrange the base clusters, level by level, up to the top."""
    config = context.config
    inputs = {
        "the clusters": context.folder.stages.key("Clustering"),
        "the hierarchy": [config.hierarchy, config.branching, config.top_clusters],
        "the version": __version__,
    }

    def make(fresh: bool) -> Found:
        folder = context.folder.assignments
        for old in (*folder.glob("level_*.npy"), *folder.glob("parents_*.npy")):
            old.unlink()
        base = np.load(folder / "base.npy")
        centroids = np.load(folder / "centroids.npy")
        sizes = np.bincount(base, minlength=len(centroids))
        levels = plan_levels(
            len(centroids), hierarchy=config.hierarchy, branching=config.branching, top_clusters=config.top_clusters
        )
        parents = arrange(centroids, sizes, levels)
        labels = base
        write_array(folder / "level_0.npy", labels)
        for level, above in enumerate(parents):
            write_array(folder / f"parents_{level}.npy", above)
            labels = above[labels]
            write_array(folder / f"level_{level + 1}.npy", labels)
        return {"levels": levels}

    return context.stage("Arranging", inputs, make)


def groups(context: Context) -> Groups:
    """What the two stages left in the vault."""
    folder = context.folder.assignments
    return Groups(
        [np.load(path) for path in sorted(folder.glob("level_*.npy"))],
        [np.load(path) for path in sorted(folder.glob("parents_*.npy"))],
        np.load(folder / "centroids.npy"),
    )


def _by_falling_size(labels: Labels, centroids: NDArray[np.float32]) -> tuple[Labels, NDArray[np.float32]]:
    sizes = np.bincount(labels, minlength=len(centroids))
    order = np.lexsort((np.arange(len(sizes)), -sizes))
    number = np.empty(len(order), dtype=np.int32)
    number[order] = np.arange(len(order), dtype=np.int32)
    return number[labels], centroids[order]
