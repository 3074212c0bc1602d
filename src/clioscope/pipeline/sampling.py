"""Which conversations a cluster is named from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering import VectorStore
from clioscope.naming import Member
from clioscope.pipeline.context import Context
from clioscope.vault import texts_of

Labels = NDArray[np.int32]
Whose = NDArray[np.int32] | NDArray[np.int64]
"""The user of each item, or the conversation where users are not counted."""

_MEMBERS_IN_ALL = 250_000
_FEWEST_MEMBERS, _MOST_MEMBERS = 100, 400
_LONGEST_TEXT = 2_000


class SampledTexts:
    """A bounded sample of each base cluster's requests; see :class:`clioscope.naming.ClusterTexts`.

    Members are drawn so that no user is drawn twice before every user of the cluster was drawn once.
    """

    def __init__(self, context: Context, labels: Labels, users: Whose | None, k: int) -> None:
        each = int(np.clip(_MEMBERS_IN_ALL // k, _FEWEST_MEMBERS, _MOST_MEMBERS))
        rows = sample(labels, users, k, each, context.config.seed)
        drawn = np.unique(np.concatenate(rows))
        texts = dict(zip(drawn.tolist(), context_texts(context, drawn), strict=True))
        self._members = [
            [Member(texts[row], None if users is None else int(users[row])) for row in of_cluster.tolist()]
            for of_cluster in rows
        ]

    def __len__(self) -> int:
        return len(self._members)

    def members(self, cluster: int) -> Sequence[Member]:
        """The sampled members of one cluster."""
        return self._members[cluster]


def context_texts(context: Context, items: NDArray[np.int64]) -> list[str]:
    """The texts of the items (ascending) of the facet that is clustered."""
    return texts_of(context.folder.facets, context.home.facet, items, _LONGEST_TEXT)


def nearest_others(
    vectors: VectorStore, labels: Labels, centroids: NDArray[np.float32], each: int
) -> list[NDArray[np.int64]]:
    """For each cluster, the ``each`` items nearest to its centroid that are not in it, nearest first."""
    k = len(centroids)
    best = np.full((k, each), -np.inf, dtype=np.float32)
    items = np.full((k, each), -1, dtype=np.int64)
    clusters = np.arange(k)[:, None]
    for start, block in vectors.blocks():
        # Rounded, so that the last bit of a product does not decide who is shown to a model.
        nearness = (centroids @ block.T).round(4)
        nearness[labels[start : start + len(block)], np.arange(len(block))] = -np.inf
        merged = np.concatenate([best, nearness], axis=1)
        numbers = np.concatenate([items, np.broadcast_to(np.arange(start, start + len(block)), nearness.shape)], axis=1)
        chosen = np.argsort(-merged, axis=1, kind="stable")[:, :each]
        best, items = merged[clusters, chosen], numbers[clusters, chosen]
    return [mine[(mine >= 0) & np.isfinite(near)] for mine, near in zip(items, best, strict=True)]


def sample(labels: Labels, users: Whose | None, k: int, each: int, seed: int) -> list[NDArray[np.int64]]:
    """Up to ``each`` items of each cluster, at random; no user twice before every user was drawn once."""
    order = np.random.default_rng(seed).permutation(len(labels)).astype(np.int64)
    order = order[np.argsort(labels[order], kind="stable")]
    starts = np.searchsorted(labels[order], np.arange(k + 1))
    rows = []
    for cluster in range(k):
        inside = order[starts[cluster] : starts[cluster + 1]]
        if users is not None and len(inside) > each:
            inside = inside[np.argsort(_turn_of_user(users[inside]), kind="stable")]
        rows.append(inside[:each])
    return rows


def _turn_of_user(users: Whose) -> NDArray[np.int64]:
    """For each row, how often its user came before."""
    order = np.argsort(users, kind="stable")
    _, starts, counts = np.unique(users[order], return_index=True, return_counts=True)
    turns = np.empty(len(users), dtype=np.int64)
    turns[order] = np.arange(len(users)) - np.repeat(starts, counts)
    return turns
