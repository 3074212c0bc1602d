"""Exact counts of conversations and distinct users, by cell. Private: nothing here is rounded or withheld."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]


class Counts(NamedTuple):
    """Of each group its conversations, its distinct users, and conversations of the busiest; int64 [groups] each.

    Conversations without a user count as one user's, in all of them: nobody knows that they are of several.
    """

    conversations: Codes
    users: Codes
    most: Codes

    def of(self, groups: Codes) -> Counts:
        """The counts of some groups."""
        return Counts(*(values[groups] for values in self))


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
        user, the fewest they can be, who holds them all. ``None``: no user is known, and the users of a group are not
        counted (0).
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
        return Counts(found, np.zeros(n_groups, dtype=np.int64), np.zeros(n_groups, dtype=np.int64))
    if conversations is not None:
        groups, users = _once(groups, conversations, users)
    return Counts(found, *_users(groups, users, n_groups))


def _users(groups: Codes, users: NDArray[np.int32], n_groups: int) -> tuple[Codes, Codes]:
    """How many different users each group has, and how many conversations are of the busiest."""
    width = np.int64(users.max(initial=0)) + 2
    pairs, conversations = np.unique(groups * width + users + 1, return_counts=True)
    distinct = np.bincount(pairs // width, minlength=n_groups).astype(np.int64)
    most = np.zeros(n_groups, dtype=np.int64)
    np.maximum.at(most, pairs // width, conversations)
    return distinct, most


def _once(groups: Codes, conversations: Codes, users: NDArray[np.int32]) -> tuple[Codes, NDArray[np.int32]]:
    """Each conversation once in each of its groups."""
    width = np.int64(conversations.max(initial=0)) + 1
    _, first = np.unique(groups * width + conversations, return_index=True)
    return groups[first], users[first]


def _distinct(groups: Codes, of: Codes, n_groups: int) -> Codes:
    """How many different values each group has; int64 [groups]."""
    width = np.int64(of.max(initial=0)) + 1
    pairs = np.unique(groups * width + of)
    return np.bincount(pairs // width, minlength=n_groups).astype(np.int64)


def about(number: int) -> int:
    """A count that nobody is to compare with another release's, to tens and to two figures."""
    digits = max(1, len(str(number)) - 2)
    return round(number, -digits)


def some(number: int) -> int:
    """A private count as others may see it: :func:`about`, 10 where it is fewer, and 0 where it is none."""
    return max(10, about(number)) if number else 0


def rounded(counts: Codes, to: int) -> Codes:
    """``counts`` to the nearest multiple of ``to``, halves up."""
    return (counts + to // 2) // to * to
