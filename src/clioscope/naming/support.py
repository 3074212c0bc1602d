"""How many people hold a thing: the count that every shown word rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from clioscope.naming.base import Member

K = TypeVar("K", bound=Hashable)


class Support(NamedTuple):
    """How many hold something: distinct users, and conversations."""

    users: int
    conversations: int


def users_of(members: Sequence[Member]) -> list[int]:
    """Number the user of each member; one without a user becomes a user of its own (a negative number)."""
    return [-1 - i if member.user is None else member.user for i, member in enumerate(members)]


def supports(held: Iterable[Collection[K]], users: Sequence[int], floor: int) -> dict[K, Support]:
    """Count the holders of every key.

    Parameters
    ----------
    held
        The distinct keys of each conversation.
    users
        The user of each conversation, as :func:`users_of` gives it.
    floor
        Keys with fewer users are left out.

    Returns
    -------
    Support by key, in an order that depends on the input alone.
    """
    conversations: Counter[K] = Counter()
    by_user: dict[int, dict[K, None]] = {}
    for keys, user in zip(held, users, strict=True):
        distinct = dict.fromkeys(keys)
        conversations.update(distinct.keys())
        if user in by_user:
            by_user[user].update(distinct)
        else:
            by_user[user] = distinct
    holders: Counter[K] = Counter()
    for mine in by_user.values():
        holders.update(mine.keys())
    return {key: Support(n, conversations[key]) for key, n in holders.items() if n >= floor}
