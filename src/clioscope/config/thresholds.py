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

    def in_words(self, *, users_known: bool = True) -> str:
        """What is asked of a figure: ``10 users and 15 conversations``; where no user is known, the conversations."""
        asked = counted(self.conversations, "conversation")
        return f"{counted(self.users, 'user')} and {asked}" if users_known else asked


def counted(number: int, noun: str) -> str:
    """``1 user``, ``2,000 users``."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


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


def refuse_weaker(profile: Profile, users: int | None, conversations: int | None) -> None:
    """Refuse minimums below those of a profile that is chosen for what it promises.

    Raises
    ------
    ValueError
        With a sentence that says which, and what to do.
    """
    if profile not in ("strict", "public"):
        return
    promised = PROFILES[profile]
    for option, given, least in (
        ("users", users, promised.users),
        ("conversations", conversations, promised.conversations),
    ):
        if given is not None and given < least:
            raise ValueError(
                f"--profile {profile} promises at least {least} {option} of every figure, and --min-{option} {given} "
                "is less. Leave it out, or use --profile default, which promises what you set."
            )


def changed(profile: Profile, users: int | None, conversations: int | None) -> Thresholds:
    """A profile's thresholds with minimums that were given.

    What is asked of a cluster is never less than what is asked of a figure, and falls below the profile's only where
    the minimum of figures does.
    """
    own = PROFILES[profile]
    if users is not None:
        of_clusters = users if users < own.users else max(own.cluster_users, users)
        own = own._replace(users=users, support=max(own.support, users), cluster_users=of_clusters)
    if conversations is not None:
        of_clusters = conversations
        if conversations >= own.conversations:
            of_clusters = max(own.cluster_conversations, conversations)
        own = own._replace(conversations=conversations, cluster_conversations=of_clusters)
    return own
