"""The naming seam: sampled texts of clusters in, names and terms out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from clioscope.embeddings.base import Vectors


class Member(NamedTuple):
    """One conversation of a cluster, as naming sees it."""

    text: str
    """What the user wrote: one line a turn. It never leaves the naming code; only shared words of it do."""

    user: int | None
    """Who wrote it, numbered over the whole run; ``None`` where the source does not say."""


class ClusterTexts(Protocol):
    """The texts of the clusters of one level, read one cluster at a time."""

    def __len__(self) -> int:
        """The number of clusters, k."""

    def members(self, cluster: int) -> Sequence[Member]:
        """Read a bounded sample (a few hundred at most) of one cluster. Every call gives the same members."""


@dataclass(frozen=True, slots=True)
class Term:
    """Words that several people of one cluster share.

    Parameters
    ----------
    text
        One to four words, lower-cased.
    users
        Distinct users of the sample whose texts hold the term; a conversation without a user counts as one.
    conversations
        Conversations of the sample that hold it.
    score
        How well it describes its cluster and sets it apart; larger is better, comparable within a cluster.
    """

    text: str
    users: int
    conversations: int
    score: float


@dataclass(frozen=True, slots=True)
class ClusterName:
    """The name of one cluster.

    Parameters
    ----------
    name
        Distinct within its level, also when case is ignored. ``None``: too few people share words for a safe name.
    terms
        The terms that describe the cluster, best first; empty where ``name`` is ``None``.
    """

    name: str | None
    terms: tuple[Term, ...]


class Namer(Protocol):
    """Names the clusters of one level."""

    def name(self, clusters: ClusterTexts, centroids: Vectors, *, min_support: int) -> list[ClusterName]:
        """Name every cluster from terms that at least ``min_support`` distinct users of it share.

        Parameters
        ----------
        clusters
            The texts, k clusters.
        centroids
            float32 [k, d], unit length, made by the embedder that the namer holds.
        min_support
            Distinct users (conversations where users are unknown) that every shown word needs.

        Returns
        -------
        One name a cluster, in order; names are distinct after ``casefold``.
        """

    def name_parents(
        self, children: Sequence[Sequence[int]], clusters: ClusterTexts, centroids: Vectors, *, min_support: int
    ) -> list[ClusterName]:
        """Name the parents of one level from the base clusters below each.

        Parameters
        ----------
        children
            For each parent, the base clusters that descend from it.
        clusters
            The texts of the base clusters.
        centroids
            float32 [k, d] of the base clusters, unit length.
        min_support
            As in :meth:`name`.

        Returns
        -------
        One name a parent, in order; names are distinct after ``casefold``.
        """
