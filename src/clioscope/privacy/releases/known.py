"""All cells of earlier publications, as comparisons need them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes
from clioscope.privacy.lattice import BlockKey, Lattice
from clioscope.privacy.releases.earlier import BINS, CARRIED, HIDDEN, SHOWN, Decided, Earlier
from clioscope.privacy.releases.labels import Labels
from clioscope.privacy.releases.members import Members, People


class KnownBlock(NamedTuple):
    """One block of one earlier publication.

    ``labels`` int64 [cells]: see :class:`~clioscope.privacy.releases.labels.Labels`. ``start``: the number of its first
    cell among all known cells.
    """

    of: Earlier
    level: int
    labels: Codes
    members: Members
    decided: Decided
    start: int

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Cells whose figure is this publication's own: one that was carried is that of an earlier one."""
        return np.asarray(self.decided.states == SHOWN)

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Cells that were withheld."""
        return np.asarray(self.decided.states == HIDDEN)

    @property
    def carried(self) -> NDArray[np.bool_]:
        """Cells that repeat the figure of an earlier one."""
        return np.asarray(self.decided.states == CARRIED)


class Known:
    """The cells of all earlier publications, newest publication first, numbered through."""

    def __init__(self, earlier: Sequence[Earlier], people: People, labels: Labels) -> None:
        self.blocks: list[KnownBlock] = []
        start = 0
        for one in reversed(earlier):
            for key, members, decided in _blocks(one, people):
                named = labels.of(key, decided.keys, one.attributes)
                self.blocks.append(KnownBlock(one, key.level, named, members, decided, start))
                start += members.n
        self._starts = np.array([block.start for block in self.blocks], dtype=np.int64)

    def figures(self, cells: Codes) -> tuple[Codes, Codes]:
        """The published conversations and users of numbered cells."""
        conversations, users = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.int64)
        for block, where in self._by_block(cells):
            inside = cells[where] - block.start
            conversations[where], users[where] = block.decided.conversations[inside], block.decided.users[inside]
        return conversations, users

    def entries(self, cells: Codes) -> tuple[Codes, Codes]:
        """As :meth:`~clioscope.privacy.releases.members.Members.entries`, of numbered cells."""
        indices, conversations = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for block, where in self._by_block(cells):
            index, found = block.members.entries(cells[where] - block.start)
            indices.append(where[index])
            conversations.append(found)
        return np.concatenate(indices), np.concatenate(conversations)

    def _by_block(self, cells: Codes) -> Iterator[tuple[KnownBlock, Codes]]:
        of = np.searchsorted(self._starts, cells, side="right") - 1
        for number in np.unique(of).tolist():
            yield self.blocks[number], np.flatnonzero(of == number)


def _blocks(one: Earlier, people: People) -> Iterator[tuple[BlockKey, Members, Decided]]:
    lattice = Lattice(one.labels, one.attributes, None)
    for key, decided in one.blocks.items():
        rows = one.bins if key == BINS else _recorded(lattice, key, decided)
        yield key, Members.of(rows, one.conversations, len(decided.keys), people), decided


def _recorded(lattice: Lattice, key: BlockKey, decided: Decided) -> Codes:
    """The cell of each row by its number in the record: cells that lost all their rows since are still in it."""
    rows = lattice.cell_of_rows(key)
    if not len(decided.keys):
        return np.full(len(rows), -1, dtype=np.int64)
    places = np.searchsorted(decided.keys, lattice.blocks[key].keys)
    return np.where(rows >= 0, places[rows] if len(places) else -1, -1)
