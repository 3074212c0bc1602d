"""What people vote for, bounded user by user: clusters, values of attributes within them, words within them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.dp.bounding import Cells, Hashes, Votes, best_few, bounded, keyed, mixed
from clioscope.privacy.dp.budget import WORDS_A_CELL
from clioscope.privacy.dp.cells import Numbering
from clioscope.privacy.dp.codebook import Codebook
from clioscope.privacy.dp.keywords import Keywords, nearness


@dataclass(frozen=True)
class Values:
    """An attribute: ``codes`` int32 [n], the value of each item by its number in ``values``."""

    name: str
    codes: NDArray[np.int32]
    values: Sequence[str]


@dataclass(frozen=True)
class Private:
    """What is private, one row an item.

    Parameters
    ----------
    secret
        Of the run: it keys the choice of what a user's votes are.
    users
        uint64 [n]: whose each item is, as :func:`~clioscope.privacy.dp.bounding.keyed` gives it.
    labels
        int32 [n]: the public base cluster of each.
    """

    secret: bytes
    users: Hashes
    labels: NDArray[np.int32]
    attributes: Sequence[Values]
    words: Keywords


def cluster_votes(private: Private, book: Codebook, most: int) -> Votes:
    """Votes for everything and for the clusters of every level: at most ``most`` a user, in paths from the top."""
    k = len(book.centroids)
    identities = keyed(private.secret, [f"cluster {number}" for number in range(k)])
    paths = Numbering(book.ancestors()).paths()
    return bounded(private.users, private.labels.astype(np.int64), identities, paths, most)


def value_votes(private: Private, book: Codebook, attribute: Values, most: int) -> Votes:
    """Votes for the values of one attribute, in everything and in the clusters of every level.

    The cell of a value in a cluster is the cluster's cell times the number of values, plus the value's number.
    """
    k, count = len(book.centroids), len(attribute.values)
    clusters = keyed(private.secret, [f"cluster {number}" for number in range(k)])
    values = keyed(private.secret, [f"{attribute.name}={value}" for value in attribute.values])
    identities = mixed(np.repeat(clusters, count), np.tile(values, k))
    items = private.labels.astype(np.int64) * count + attribute.codes
    paths = [
        np.repeat(path * count, count) + np.tile(np.arange(count), k) for path in Numbering(book.ancestors()).paths()
    ]
    return bounded(private.users, items, identities, paths, most)


def word_votes(private: Private, book: Codebook, clusters: Votes) -> Votes:
    """Votes for words: a few of a user in each cluster that the user votes for, those nearest to its middle.

    The cell of a word in a cluster is the cluster's cell times the number of words, plus the word's number.
    """
    found, numbering = private.words, Numbering(book.ancestors())
    count = len(found.vocabulary)
    ties = keyed(private.secret, found.vocabulary)
    allowed = mixed(clusters.users, clusters.cells.astype(np.uint64))
    users, labels = private.users[found.items], private.labels[found.items]
    votes: list[Votes] = []
    levels = zip(numbering.paths(whole=False)[::-1], book.ancestors(), book.middles(), strict=True)
    for path, ancestor, middles in levels:
        cells = path[labels]
        rows = np.flatnonzero(np.isin(mixed(users, cells.astype(np.uint64)), allowed))
        rows = rows[_first_of(users[rows], cells[rows] * count + found.words[rows])]
        near = nearness(found, found.words[rows], ancestor[labels[rows]].astype(np.int64), middles)
        rows = rows[best_few(users[rows], cells[rows], -near, ties[found.words[rows]], WORDS_A_CELL)]
        votes.append(Votes(users[rows], cells[rows] * count + found.words[rows]))
    return Votes(np.concatenate([v.users for v in votes]), np.concatenate([v.cells for v in votes]))


def _first_of(users: Hashes, cells: Cells) -> Cells:
    order = np.lexsort((cells, users))
    if not len(order):
        return order.astype(np.int64)
    same = (users[order][1:] == users[order][:-1]) & (cells[order][1:] == cells[order][:-1])
    return np.sort(order[np.concatenate([[True], ~same])]).astype(np.int64)
