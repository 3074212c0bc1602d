"""Clusters too small to be shown become part of their nearest neighbours."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.base import Vectors


class Merged(NamedTuple):
    """``labels`` int32 [n] and ``centroids`` float32 [k, d] after ``merged`` clusters went into others."""

    labels: NDArray[np.int32]
    centroids: Vectors
    merged: int


def merge_small(
    labels: NDArray[np.int32],
    users: NDArray[np.int32] | None,
    centroids: Vectors,
    min_users: int,
    min_conversations: int,
    *,
    conversations: NDArray[np.int64] | None = None,
) -> Merged:
    """Merge every cluster below the thresholds into its nearest one, the smallest first, until none is left.

    So no parent minus its children can reveal a small group: every conversation is in a cluster that is shown.

    Parameters
    ----------
    labels
        int32 [n].
    users
        int32 [n], -1 where a user is unknown (all of those count as one); ``None`` where users are not counted.
    conversations
        int64 [n]: the conversation of each row, where one may have several; each counts once in a cluster.
    centroids
        float32 [k, d], unit length. A merged cluster's centroid is the mean of both, by size.

    Returns
    -------
    Clusters renumbered without gaps. One cluster may be left that is still too small, where all together are.
    """
    k = len(centroids)
    sizes = np.bincount(labels, minlength=k)
    people = _by_cluster(labels, users, k)
    own = _by_cluster(labels, conversations, k)
    if own:
        sizes = np.array([len(of_cluster) for of_cluster in own])
    vectors = centroids.copy()
    into = np.arange(k)
    left = np.flatnonzero(sizes > 0)
    while len(left) > 1:
        small = [c for c in left if sizes[c] < min_conversations or (people and len(people[c]) < min_users)]
        if not small:
            break
        goes = min(small, key=lambda c: (sizes[c], len(people[c]) if people else 0, c))
        left = left[left != goes]
        takes = left[int((vectors[left] @ vectors[goes]).argmax())]
        vectors[takes] = _mean(vectors[takes], sizes[takes], vectors[goes], sizes[goes])
        if own:
            own[takes] |= own[goes]
            sizes[takes] = len(own[takes])
        else:
            sizes[takes] += sizes[goes]
        if people:
            people[takes] |= people[goes]
        into[into == goes] = takes
    kept = np.unique(into[labels])
    place = np.full(k, -1, dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    return Merged(place[into[labels]], vectors[kept], k - len(kept))


def _by_cluster(labels: NDArray[np.int32], of: NDArray[Any] | None, k: int) -> list[set[int]]:
    if of is None:
        return []
    pairs = np.unique(np.stack([labels.astype(np.int64), of.astype(np.int64)], axis=1), axis=0)
    starts = np.searchsorted(pairs[:, 0], np.arange(k + 1))
    return [set(pairs[starts[c] : starts[c + 1], 1].tolist()) for c in range(k)]


def _mean(one: Vectors, weight: int, other: Vectors, other_weight: int) -> Vectors:
    mean = weight * one + other_weight * other
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)
