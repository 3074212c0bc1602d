"""How many people hold a thing: the count that every shown word rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from clioscope.naming.base import Member
from clioscope.naming.votes import Stems, Votes

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


class Crowd(NamedTuple):
    """Who may stand behind what is shown of a cluster.

    Parameters
    ----------
    users
        The user of each conversation, as :func:`users_of` gives it.
    texts
        The stems of each.
    needed
        Votes that a key needs; see :class:`~clioscope.naming.votes.Votes`.
    """

    users: Sequence[int]
    texts: Sequence[Stems]
    needed: int

    def behind(self, held: Iterable[Collection[K]], among: Mapping[K, Support]) -> set[K]:
        """The keys of ``among`` that enough different users hold with enough different texts.

        A short text, with all that nearly equal it, has at most half of the votes that are needed: people ask the same
        short question by themselves, and copies alone, with one honest user, are still too few. A longer one has one.
        """
        limit = max(1, self.needed // 2)
        votes = {key: Votes(self.needed, limit) for key, mine in among.items() if mine.users >= self.needed}
        for keys, user, text in zip(held, self.users, self.texts, strict=True):
            for key in keys:
                if key in votes:
                    votes[key].cast(user, text)
        return {key for key, mine in votes.items() if mine.enough}
