"""Clusters too small to be shown become part of their nearest neighbours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.base import Vectors


class Merged(NamedTuple):
    """``labels`` int32 [n] and ``centroids`` float32 [k, d] after ``merged`` clusters went into others."""

    labels: NDArray[np.int32]
    centroids: Vectors
    merged: int


class Least(NamedTuple):
    """What a cluster must hold: users, conversations, and no more than ``share`` (0 to 1) of these of one user."""

    users: int
    conversations: int
    share: float = 1.0


@dataclass
class _Members:
    """Who is in a cluster: conversations of each user; all that are unknown are one, -1."""

    size: int
    of_users: Counter[int]
    own: set[int]

    def enough(self, least: Least, users_known: bool) -> bool:
        if self.size < least.conversations:
            return False
        most = max(self.of_users.values(), default=0)
        return not users_known or (len(self.of_users) >= least.users and most <= least.share * self.size)

    def take(self, other: _Members) -> None:
        self.of_users.update(other.of_users)
        # A conversation with rows in both counts twice for its user, which errs on the side of merging.
        self.own |= other.own
        self.size = len(self.own) if self.own else self.size + other.size


def merge_small(
    labels: NDArray[np.int32],
    users: NDArray[np.int32] | None,
    centroids: Vectors,
    least: Least,
    *,
    conversations: NDArray[np.int64] | None = None,
) -> Merged:
    """Merge every cluster that does not hold enough into its nearest one, the smallest first, until none is left.

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
    Clusters renumbered without gaps. One cluster may be left that does not hold enough, where all together do not.
    """
    k = len(centroids)
    members = _members(labels, users, conversations, k)
    vectors = centroids.copy()
    into = np.arange(k)
    left = np.array([c for c in range(k) if members[c].size > 0])
    small = {int(c) for c in left if not members[c].enough(least, users is not None)}
    while small and len(left) > 1:
        goes = min(small, key=lambda c: (members[c].size, len(members[c].of_users), c))
        left = left[left != goes]
        takes = int(left[int((vectors[left] @ vectors[goes]).argmax())])
        vectors[takes] = _mean(vectors[takes], members[takes].size, vectors[goes], members[goes].size)
        members[takes].take(members[goes])
        into[into == goes] = takes
        small -= {goes, takes}
        if not members[takes].enough(least, users is not None):
            small.add(takes)
    kept = np.unique(into[labels])
    place = np.full(k, -1, dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    return Merged(place[into[labels]], vectors[kept], k - len(kept))


def _members(
    labels: NDArray[np.int32], users: NDArray[np.int32] | None, conversations: NDArray[np.int64] | None, k: int
) -> list[_Members]:
    rows = np.arange(len(labels)) if conversations is None else conversations
    pairs, first = np.unique(np.stack([labels.astype(np.int64), rows], axis=1), axis=0, return_index=True)
    starts = np.searchsorted(pairs[:, 0], np.arange(k + 1))
    found = []
    for c in range(k):
        inside = slice(starts[c], starts[c + 1])
        of_users = Counter(users[first[inside]].tolist()) if users is not None else Counter[int]()
        own = set(pairs[inside, 1].tolist()) if conversations is not None else set[int]()
        found.append(_Members(int(starts[c + 1] - starts[c]), of_users, own))
    return found


def _mean(one: Vectors, weight: int, other: Vectors, other_weight: int) -> Vectors:
    mean = weight * one + other_weight * other
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)
