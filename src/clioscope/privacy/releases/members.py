"""Which conversations are in which cells, and in which cells of two releases they differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes
from clioscope.privacy.limits import Limits


class People(NamedTuple):
    """Everybody in any of the releases.

    Parameters
    ----------
    users
        int64 [conversations of all releases]: whose each is, 0 where unknown (all of those count as one user).
    known
        Whether users are counted at all.
    """

    users: Codes
    known: bool

    @property
    def width(self) -> int:
        """One more than the largest user."""
        return int(self.users.max(initial=0)) + 1


@dataclass(frozen=True)
class Members:
    """The conversations of the cells of one block; each once in a cell, ordered by cell.

    Parameters
    ----------
    cells, conversations
        int64 [p]: pairs of a cell and a conversation in it.
    n
        How many cells there are.
    people
        Whose conversations they are.
    """

    cells: Codes
    conversations: Codes
    n: int
    people: People

    @classmethod
    def of(cls, cells: Codes, conversations: Codes, n: int, people: People) -> Members:
        """From the cell of each row, negative where it is in none, and the conversation of each row."""
        inside = cells >= 0
        width = max(1, len(people.users))
        pairs = np.unique(cells[inside] * width + conversations[inside])
        return cls(pairs // width, pairs % width, n, people)

    @cached_property
    def sizes(self) -> Codes:
        """int64 [n]: the conversations of each cell."""
        return np.bincount(self.cells, minlength=self.n).astype(np.int64)

    @cached_property
    def starts(self) -> Codes:
        """int64 [n]: where each cell's conversations begin."""
        return np.cumsum(self.sizes) - self.sizes

    @cached_property
    def users(self) -> Codes:
        """int64 [n]: the distinct users of each cell."""
        return np.bincount(self._by_user[0] // self.people.width, minlength=self.n).astype(np.int64)

    def conversations_of(self, cells: Codes, users: Codes) -> Codes:
        """How many conversations of a user are in a cell; pairs that are there."""
        pairs, counts = self._by_user
        found: Codes = counts[np.searchsorted(pairs, cells * self.people.width + users)]
        return found

    def entries(self, cells: Codes) -> tuple[Codes, Codes]:
        """The conversations of some cells: for each an index into ``cells``, and the conversation."""
        sizes = self.sizes[cells]
        return np.repeat(np.arange(len(cells)), sizes), self.conversations[ranges(self.starts[cells], sizes)]

    def joined(self, other: Members) -> tuple[Codes, Codes, Codes]:
        """Every conversation that is in a cell here and in one of ``other``: both cells, and the conversation."""
        order, starts, sizes = other._by_conversation
        times = sizes[self.conversations]
        here = np.repeat(np.arange(len(self.cells)), times)
        there = order[ranges(starts[self.conversations], times)]
        return self.cells[here], other.cells[there], self.conversations[here]

    @cached_property
    def _by_user(self) -> tuple[Codes, Codes]:
        keys = self.cells * self.people.width + self.people.users[self.conversations]
        pairs, counts = np.unique(keys, return_counts=True)
        return pairs, counts.astype(np.int64)

    @cached_property
    def _by_conversation(self) -> tuple[Codes, Codes, Codes]:
        sizes = np.bincount(self.conversations, minlength=len(self.people.users)).astype(np.int64)
        return np.argsort(self.conversations, kind="stable"), np.cumsum(sizes) - sizes, sizes


def ranges(starts: Codes, sizes: Codes) -> Codes:
    """The numbers from each of ``starts`` on, so many as ``sizes`` says, one range behind the other."""
    before = np.cumsum(sizes) - sizes
    found: Codes = np.arange(int(sizes.sum()), dtype=np.int64) + np.repeat(starts - before, sizes)
    return found


class Pairs(NamedTuple):
    """Pairs of cells of two releases that share a conversation; int64 and bool [pairs].

    Parameters
    ----------
    new, old
        The cells.
    shared
        Conversations that are in both.
    differ
        Conversations that are in one of them alone.
    near
        Whether those are none, or of too few: the figures of both cells may then not both be known.
    """

    new: Codes
    old: Codes
    shared: Codes
    differ: Codes
    near: NDArray[np.bool_]


def compare(new: Members, old: Members, limits: Limits) -> Pairs:
    """Compare each cell of ``new`` with each of ``old`` that shares a conversation with it.

    The users in whose conversations two cells differ are counted at the fewest that they can be: the users of the cell
    that has more, less those all of whose conversations are in both.
    """
    x, y, conversations = new.joined(old)
    pairs, of, shared = np.unique(x * max(1, old.n) + y, return_inverse=True, return_counts=True)
    x, y, shared = pairs // max(1, old.n), pairs % max(1, old.n), shared.astype(np.int64)
    differ = new.sizes[x] + old.sizes[y] - 2 * shared
    near = differ < limits.conversations
    if new.people.known and limits.users > 1:
        more, fewer = np.maximum(new.users[x], old.users[y]), np.minimum(new.users[x], old.users[y])
        doubtful = ~near & (more - np.minimum(fewer, shared) < limits.users)
        if doubtful.any():
            same = _users_who_are_in_both(new, old, x, y, of, conversations, doubtful)
            near |= doubtful & (more - same < limits.users)
    return Pairs(x, y, shared, differ, near | (differ == 0))


def _users_who_are_in_both(
    new: Members, old: Members, x: Codes, y: Codes, of: Codes, conversations: Codes, wanted: NDArray[np.bool_]
) -> Codes:
    """For each wanted pair, the users who have the same conversations in both cells."""
    rows = np.flatnonzero(wanted[of])
    width = new.people.width
    found, together = np.unique(of[rows] * width + new.people.users[conversations[rows]], return_counts=True)
    pair, user = found // width, found % width
    alike = (together == new.conversations_of(x[pair], user)) & (together == old.conversations_of(y[pair], user))
    return np.bincount(pair[alike], minlength=len(x)).astype(np.int64)


def enough(groups: Codes, conversations: Codes, n: int, people: People, limits: Limits) -> NDArray[np.bool_]:
    """Bool [n]: whether each group of conversations is none, or enough to be told of.

    Parameters
    ----------
    groups, conversations
        int64 [p]: pairs; each once.
    """
    sizes = np.bincount(groups, minlength=n)
    good = sizes >= limits.conversations
    if people.known:
        users = np.unique(groups * people.width + people.users[conversations]) // people.width
        good &= np.bincount(users, minlength=n) >= limits.users
    return np.asarray(good | (sizes == 0), dtype=np.bool_)
