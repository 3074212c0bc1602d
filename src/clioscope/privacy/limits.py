"""The least that anything shown must stand on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.config import Thresholds
from clioscope.privacy.counting import Counts


class Limits(NamedTuple):
    """What a shown cell needs.

    Parameters
    ----------
    users, conversations
        The least of anything that is shown.
    rounding
        Counts are shown as multiples of it, which is what an onlooker subtracts.
    share
        The most of a shown cell's conversations that are one user's, 0 to 1.
    """

    users: int
    conversations: int
    rounding: int
    share: float = 1.0

    def enough(self, counts: Counts, users_known: bool) -> NDArray[np.bool_]:
        """Which cells may be shown. Where no user is known, the conversations alone decide."""
        enough = counts.conversations >= self.conversations
        if not users_known:
            return enough
        return enough & (counts.users >= self.users) & (counts.most <= self.share * counts.conversations)


def cell_limits(thresholds: Thresholds) -> Limits:
    """What a profile asks of cells."""
    return Limits(thresholds.users, thresholds.conversations, thresholds.rounding, thresholds.share)


def cluster_limits(thresholds: Thresholds) -> Limits:
    """What a profile asks of clusters."""
    return Limits(thresholds.cluster_users, thresholds.cluster_conversations, thresholds.rounding, thresholds.share)
