"""Which conversations a cluster is named from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.naming import Member
from clioscope.pipeline.grouping import Labels
from clioscope.vault import RunFolder, requests_of

_MEMBERS_IN_ALL = 250_000
_FEWEST_MEMBERS, _MOST_MEMBERS = 100, 400
_LONGEST_TEXT = 2_000


class SampledTexts:
    """A bounded sample of each base cluster's requests; see :class:`clioscope.naming.ClusterTexts`.

    Members are drawn so that no user is drawn twice before every user of the cluster was drawn once.
    """

    def __init__(self, folder: RunFolder, labels: Labels, users: Labels | None, k: int, seed: int) -> None:
        each = int(np.clip(_MEMBERS_IN_ALL // k, _FEWEST_MEMBERS, _MOST_MEMBERS))
        rows = _sample(labels, users, k, each, seed)
        drawn = np.unique(np.concatenate(rows))
        texts = dict(zip(drawn.tolist(), requests_of(folder.facets, drawn, _LONGEST_TEXT), strict=True))
        self._members = [
            [Member(texts[row], None if users is None else int(users[row])) for row in of_cluster.tolist()]
            for of_cluster in rows
        ]

    def __len__(self) -> int:
        return len(self._members)

    def members(self, cluster: int) -> Sequence[Member]:
        """The sampled members of one cluster."""
        return self._members[cluster]


def _sample(labels: Labels, users: Labels | None, k: int, each: int, seed: int) -> list[NDArray[np.int64]]:
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


def _turn_of_user(users: Labels) -> NDArray[np.int64]:
    """For each row, how often its user came before."""
    order = np.argsort(users, kind="stable")
    _, starts, counts = np.unique(users[order], return_index=True, return_counts=True)
    turns = np.empty(len(users), dtype=np.int64)
    turns[order] = np.arange(len(users)) - np.repeat(starts, counts)
    return turns
