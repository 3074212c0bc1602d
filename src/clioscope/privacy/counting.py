"""Exact counts of conversations and distinct users, by cell. Private: nothing here is rounded or withheld."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


class Counts(NamedTuple):
    """Conversations and distinct users of each group; int64 [groups] each."""

    conversations: Codes
    users: Codes


def count(
    groups: Codes, users: NDArray[np.int32] | None, n_groups: int, *, conversations: Codes | None = None
) -> Counts:
    """Count by group.

    Parameters
    ----------
    groups
        int64 [n]: the group of each conversation, 0 to ``n_groups`` - 1; negative: in none.
    users
        int32 [n]: the user of each conversation. Those whose user is unknown share the code -1 and so count as one
        user, the fewest they can be. ``None``: no user is known, and the users of a group are not counted (0).
    conversations
        int64 [n]: the conversation of each row, where one may have several; each counts once in a group.
    """
    counted = groups >= 0
    if not counted.all():
        groups = groups[counted]
        users = users[counted] if users is not None else None
        conversations = conversations[counted] if conversations is not None else None
    if conversations is None:
        found = np.bincount(groups, minlength=n_groups).astype(np.int64)
    else:
        found = _distinct(groups, conversations, n_groups)
    if users is None:
        return Counts(found, np.zeros(n_groups, dtype=np.int64))
    return Counts(found, _distinct(groups, users.astype(np.int64) + 1, n_groups))


def _distinct(groups: Codes, of: Codes, n_groups: int) -> Codes:
    """How many different values each group has; int64 [groups]."""
    width = np.int64(of.max(initial=0)) + 1
    pairs = np.unique(groups * width + of)
    return np.bincount(pairs // width, minlength=n_groups).astype(np.int64)


def passes(counts: Counts, min_users: int, min_conversations: int, users_known: bool) -> NDArray[np.bool_]:
    """Which groups reach the thresholds. Where users are unknown, the conversations alone decide."""
    enough = counts.conversations >= min_conversations
    return enough & (counts.users >= min_users) if users_known else enough


def rounded(counts: Codes, to: int) -> Codes:
    """``counts`` to the nearest multiple of ``to``, halves up."""
    return (counts + to // 2) // to * to
