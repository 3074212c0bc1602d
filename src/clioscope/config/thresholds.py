"""The least that anything published must stand on, by profile."""

from __future__ import annotations

from typing import Literal, NamedTuple

Profile = Literal["default", "strict", "public", "personal"]


class Thresholds(NamedTuple):
    """The least that anything published must stand on.

    Parameters
    ----------
    users, conversations
        Of every cell of the cube and every bin of the map.
    support
        Users that must share a term of a name (conversations, where users are unknown).
    rounding
        Counts are published as multiples of it.
    cluster_users, cluster_conversations
        Of every cluster.
    share
        The most of a figure's conversations that may be one user's, 0 to 1.
    """

    users: int
    conversations: int
    support: int
    rounding: int
    cluster_users: int
    cluster_conversations: int
    share: float


PROFILES: dict[Profile, Thresholds] = {
    # 15 conversations: the cell threshold of the Anthropic Economic Index; twice its 5 accounts. Rounding to 5: NHS
    # England and OpenSAFELY.
    "default": Thresholds(10, 15, 10, 5, 10, 15, 0.2),
    # 25: where CanaryBench (arXiv 2601.18834) found no more canaries in clusters.
    "strict": Thresholds(25, 40, 25, 5, 25, 40, 0.2),
    # 250 accounts and 500 conversations: what the Anthropic Economic Index asks of a cluster.
    "public": Thresholds(25, 40, 25, 10, 250, 500, 0.2),
    # One's own export: nobody else is in it. Terms still need three conversations, or names would be quotations.
    "personal": Thresholds(1, 1, 3, 1, 1, 1, 1.0),
}

FLOOR = Thresholds(5, 15, 5, 5, 5, 15, 0.2)
"""What is weaker in any of these is not for publishing, whatever its profile is called. 5 and 15: the accounts and
conversations that the Anthropic Economic Index asks of a figure."""


def is_publishable(thresholds: Thresholds) -> bool:
    """Whether what stands on ``thresholds`` may be published at all."""
    least = all(one >= floor for one, floor in zip(thresholds[:-1], FLOOR[:-1], strict=True))
    return least and thresholds.share <= FLOOR.share
