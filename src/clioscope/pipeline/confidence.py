"""How far the grouping and the naming can be relied on, cluster by cluster, in steps that are too coarse to count by.

References
----------
Hruschka, de Castro and Campello (2004), "Evolutionary algorithms for clustering gene-expression data": the simplified
silhouette, which takes distances to centroids.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.pipeline.context import Context
from clioscope.pipeline.grouping import Groups, figures
from clioscope.pipeline.population import Population
from clioscope.pipeline.sampling import sample

_MEMBERS = 100
"""Of a base cluster that are looked at; no user twice before every user was once."""

_STEP = 0.05
"""One member in a hundred moves the mean by less than a fifth of it."""

Vectors = NDArray[np.float32]
Confidences = list[float | None]


def centroids_by_level(context: Context, groups: Groups, people: Population) -> list[Vectors]:
    """Float32 [k, d], unit length, of every level: a parent's is the mean of its clusters' by released figures."""
    found, weights = [groups.centroids], figures(context, groups.labels[0], people).astype(np.float32)
    sums = groups.centroids * np.maximum(weights, 1)[:, None]
    for parents in groups.parents:
        above = np.zeros((int(parents.max()) + 1, sums.shape[1]), dtype=np.float32)
        np.add.at(above, parents, sums)
        sums = above
        found.append(above / np.maximum(np.linalg.norm(above, axis=1, keepdims=True), 1e-12))
    return found


def fits(context: Context, groups: Groups, people: Population, centroids: Sequence[Vectors]) -> list[Confidences]:
    """By level, how much nearer a cluster's parts are to it than to the next one: 0 (no nearer) to 1.

    The parts of a base cluster are a sample of its members, those of any other the clusters that it holds.
    """
    whose = people.conversations if people.users is None else people.users
    rows = sample(groups.labels[0], whose, len(groups.centroids), _MEMBERS, context.config.seed)
    store = context.home.vectors()
    found = [_means([silhouettes(store.take(np.sort(mine)), own, centroids[0]) for own, mine in enumerate(rows)])]
    for level, parents in enumerate(groups.parents):
        of = [np.flatnonzero(parents == parent) for parent in range(len(centroids[level + 1]))]
        found.append(
            _means([silhouettes(centroids[level][mine], own, centroids[level + 1]) for own, mine in enumerate(of)])
        )
    return found


def name_confidences(
    context: Context, names: Sequence[Sequence[str | None]], centroids: Sequence[Vectors]
) -> list[Confidences]:
    """By level, how much nearer a name's vector is to its own cluster than to any other: 0 to 1; ``None``: no name."""
    found: list[Confidences] = []
    for of_level, centres in zip(names, centroids, strict=True):
        named = [i for i, name in enumerate(of_level) if name]
        vectors = context.embedder.embed([of_level[i] or "" for i in named])
        values: Confidences = [None] * len(of_level)
        for i, vector in zip(named, vectors, strict=True):
            values[i] = _stepped(silhouettes(vector[None, :], i, centres))
        found.append(values)
    return found


def silhouettes(vectors: NDArray[np.float32], own: int, centroids: Vectors) -> NDArray[np.float32]:
    """Float32 [n]: ``1 - d(own) / d(nearest other)`` in cosine distance; below 0 where another one is nearer."""
    if len(centroids) < 2:
        return np.zeros(0, dtype=np.float32)
    distances = 1 - vectors @ centroids.T
    mine = distances[:, own].copy()
    distances[:, own] = np.inf
    other = np.maximum(distances.min(axis=1), 1e-6)
    return np.asarray(1 - mine / other, dtype=np.float32)


def _means(of_clusters: Sequence[NDArray[np.float32]]) -> Confidences:
    return [_stepped(values) for values in of_clusters]


def _stepped(values: NDArray[np.float32]) -> float | None:
    """The mean in whole steps, 0 where it is below; ``None`` where there is nothing to compare with."""
    if not len(values):
        return None
    return round(_STEP * round(max(0.0, float(values.mean())) / _STEP), 2)
