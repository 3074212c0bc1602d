"""An atlas as an outsider has it: the files that are published, and what they say of themselves."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas
from clioscope.config import PROFILES
from clioscope.errors import RunError


class Minimums(NamedTuple):
    """What ``privacy.json`` promises of every figure; see :class:`clioscope.config.Thresholds`."""

    users: int
    conversations: int
    cluster_users: int
    cluster_conversations: int
    share: float
    support: int
    rounding: int

    @property
    def promised(self) -> bool:
        """Whether anything is promised: a profile of one's own export promises nothing."""
        return self.users > 1 or self.conversations > 1


class Span(NamedTuple):
    """What a published figure can stand for: int64 arrays, both ends inside."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]


class Published:
    """One atlas, read once.

    Parameters
    ----------
    path
        The folder of the atlas.

    Raises
    ------
    RunError
        A file is missing or damaged, or the hierarchy does not hang together.
    """

    def __init__(self, path: Path) -> None:
        self.atlas = Atlas.open(path)
        self.name = self.atlas.path.name
        self.clusters: list[dict[str, Any]] = list(self.atlas.clusters)
        self._check()

    @property
    def noisy(self) -> bool:
        """Whether figures are noisy votes of users, released with differential privacy."""
        return self.atlas.counted == "user"

    @property
    def facet(self) -> str:
        """What is clustered."""
        return str(self.atlas.about["facet"])

    @property
    def users_known(self) -> bool:
        """Whether users are counted."""
        return self.atlas.users is not None

    @cached_property
    def minimums(self) -> Minimums:
        """What is promised. Of a release with noise, which promises no minimum, those of its profile."""
        told = self.atlas.privacy
        usual = PROFILES.get(told.get("profile", "default"), PROFILES["default"])
        if self.noisy:
            return Minimums(
                usual.users, usual.conversations, usual.users, usual.conversations, 1.0, usual.support, rounding=1
            )
        users, share = told["min_users"], told.get("largest_share_of_one_user")
        return Minimums(
            1 if users is None else users,  # where no user is known nothing is asked of them
            told["min_conversations"],
            told.get("min_users_of_a_cluster", users) or 1,
            told.get("min_conversations_of_a_cluster", told["min_conversations"]),
            1.0 if share is None else share,
            told["term_support"],
            told["rounding"],
        )

    @cached_property
    def parents(self) -> list[NDArray[np.int64]]:
        """One int64 [k] a level, base first: the parent of each cluster in the level above; at the top all are 0."""
        found = []
        for level, size in enumerate(self.sizes):
            above = np.zeros(size, dtype=np.int64)
            for row in self.clusters:
                if row["level"] == level and row["parent_id"] is not None:
                    above[number_of(row["id"])] = number_of(row["parent_id"])
            found.append(above)
        return found

    @cached_property
    def sizes(self) -> list[int]:
        """Clusters a level, base first."""
        levels = [row["level"] for row in self.clusters]
        return [levels.count(level) for level in range(max(levels, default=-1) + 1)]

    def span(self, figures: NDArray[np.int64], least: int) -> Span:
        """What figures can stand for, given how they are rounded. One that is no multiple was not rounded.

        Parameters
        ----------
        least
            The minimum that all shown figures have.
        """
        to, seen = self.minimums.rounding, figures.astype(np.int64)
        whole = seen % to == 0
        low = np.where(whole, seen - to // 2, seen)
        return Span(np.maximum(low, np.minimum(least, seen)), np.where(whole, seen + (to - 1) // 2, seen))

    def _check(self) -> None:
        if self.noisy:
            return
        ids = {row["id"] for row in self.clusters}
        numbers = {(row["level"], number_of(row["id"])) for row in self.clusters}
        parents = {row["parent_id"] for row in self.clusters} - {None}
        above = {row["id"] for row in self.clusters if row["level"] > 0}
        complete = all((level, number) in numbers for level, size in enumerate(self.sizes) for number in range(size))
        if not complete or parents != above or not parents <= ids:
            raise RunError(
                f"{self.atlas.path}: its hierarchy does not hang together, so nothing can be worked out from it. "
                "Give the `clioscope run` command of this run again."
            )


def number_of(cluster: str) -> int:
    """The number of a cluster in its level, from its id."""
    return int(cluster.rpartition("-")[2])
