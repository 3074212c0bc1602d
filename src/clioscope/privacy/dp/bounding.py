"""What one user may contribute: a few cells, chosen by a keyed hash of the user and the cell, one vote in each.

Nothing here looks at two users at once, so that what one of them keeps does not depend on any other.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Cells = NDArray[np.int64]


class Votes(NamedTuple):
    """Who votes for what, each pair once: ``users`` uint64 [v], ``cells`` int64 [v]."""

    users: Hashes
    cells: Cells

    def counted(self) -> dict[int, int]:
        """Users by cell."""
        cells, counts = np.unique(self.cells, return_counts=True)
        return dict(zip(cells.tolist(), counts.tolist(), strict=True))


def keyed(secret: bytes, texts: Sequence[str]) -> Hashes:
    """uint64 [len(texts)]: a hash of each text that nobody can make without the secret."""
    key = hmac.digest(secret, b"contributions", hashlib.sha256)
    digests = b"".join(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest() for text in texts
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def mixed(one: Hashes, other: Hashes) -> Hashes:
    """uint64 [n]: a hash of each pair (the finalizer of SplitMix64, Steele, Lea and Flood 2014, twice)."""
    return _scrambled(_scrambled(one) ^ other)


def bounded(users: Hashes, items: Cells, identities: Hashes, paths: Sequence[Cells], most: int) -> Votes:
    """Keep at most ``most`` distinct cells of each user.

    Parameters
    ----------
    users
        uint64 [n]: whose each row is, as :func:`keyed` gives it.
    items
        int64 [n]: what each row is about, 0 to m - 1.
    identities
        uint64 [m]: a hash of each item that does not depend on what others there are.
    paths
        int64 [m] each: the cells that a vote for an item is a vote for, such as the cluster of each level. No cell may
        be on two of them. A user's items are taken in the order of a keyed hash, each with all of its cells that
        are not taken yet, as long as these are at most ``most`` together.

    Returns
    -------
    One vote for each kept cell of each user.
    """
    rows = _distinct(users, items)
    order = np.lexsort((items[rows], mixed(users[rows], identities[items[rows]]), users[rows]))
    rows = rows[order]
    whose, what = users[rows], items[rows]
    new = np.stack([_first(whose, path[what]) for path in paths]) if len(rows) else np.empty((len(paths), 0), bool)
    taken = np.cumsum(new.sum(axis=0))
    begins = np.flatnonzero(np.concatenate([[True], whose[1:] != whose[:-1]])) if len(rows) else rows
    before = np.concatenate([[0], taken])[begins]
    lengths = np.diff(np.append(begins, len(rows)))
    kept = taken - np.repeat(before, lengths) <= most
    chosen = [new[number] & kept for number in range(len(paths))]
    cells = [path[what[mine]] for path, mine in zip(paths, chosen, strict=True)]
    return Votes(np.concatenate([whose[mine] for mine in chosen]), np.concatenate(cells).astype(np.int64))


def best_few(users: Hashes, groups: Cells, ranks: NDArray[np.generic], ties: Hashes, most: int) -> Cells:
    """int64: the rows of the ``most`` lowest ``ranks`` of each user in each group; equal ones by a keyed hash."""
    order = np.lexsort((mixed(users, ties), ranks, groups, users))
    whose, where = users[order], groups[order]
    begins = np.concatenate([[True], (whose[1:] != whose[:-1]) | (where[1:] != where[:-1])]) if len(order) else order
    starts = np.flatnonzero(begins)
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return order[place < most].astype(np.int64)


def _distinct(users: Hashes, items: Cells) -> Cells:
    """The first row of each pair of user and item."""
    order = np.lexsort((items, users))
    same = (users[order][1:] == users[order][:-1]) & (items[order][1:] == items[order][:-1])
    return order[np.concatenate([[True], ~same])].astype(np.int64) if len(order) else order.astype(np.int64)


def _first(users: Hashes, cells: Cells) -> NDArray[np.bool_]:
    """Where each pair of user and cell stands for the first time."""
    first = np.zeros(len(users), dtype=bool)
    order = np.lexsort((cells, users))  # stable: of equal pairs the first row comes first
    same = (users[order][1:] == users[order][:-1]) & (cells[order][1:] == cells[order][:-1])
    first[order] = np.concatenate([[True], ~same])
    return first


def _scrambled(values: Hashes) -> Hashes:
    with np.errstate(over="ignore"):
        mixing = values + np.uint64(0x9E3779B97F4A7C15)
        mixing = (mixing ^ (mixing >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixing = (mixing ^ (mixing >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        found: Hashes = mixing ^ (mixing >> np.uint64(31))
    return found
