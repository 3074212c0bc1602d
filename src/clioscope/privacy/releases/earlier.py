"""What the gate has to know of an earlier publication, and what it has decided of a new one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes
from clioscope.privacy.lattice import Attribute, BlockKey
from clioscope.privacy.limits import Limits

HIDDEN, SHOWN, CARRIED = 0, 1, 2
"""What became of a cell: withheld; shown as counted; shown with the figure of an earlier publication."""

BINS = BlockKey(0, (-1,))
"""The block whose cells are the boxes of the map."""


class Decided(NamedTuple):
    """What became of the cells of one block, and what they were shown with; arrays [cells].

    ``keys`` int64: as in :class:`~clioscope.privacy.lattice.Block`. ``states`` int8. ``conversations`` and ``users``
    int64: the published figures, 0 where there are none.
    """

    keys: Codes
    states: NDArray[np.int8]
    conversations: Codes
    users: Codes


@dataclass(frozen=True)
class Earlier:
    """A publication that is out.

    Parameters
    ----------
    name
        What to call it in a sentence.
    labels
        One int32 [m] a level: the cluster of each of its rows.
    attributes
        What it was counted by, with the codes of its rows.
    conversations
        int64 [m]: the conversation of each row, by its number among those of all releases.
    bins
        int64 [m]: the box of the map that each row is in, -1 for none.
    blocks
        What became of its cells, by block; :data:`BINS` for the map.
    limits
        What its figures stand on.
    erased
        Whether rows of it were erased since, so that what is known of a cell may be less than what its figure counts.
    """

    name: str
    labels: Sequence[NDArray[np.int32]]
    attributes: Sequence[Attribute]
    conversations: Codes
    bins: Codes
    blocks: Mapping[BlockKey, Decided]
    limits: Limits
    erased: bool


def cell_limits_of(limits: Limits, earlier: Iterable[Earlier]) -> Limits:
    """The strictest of the limits of a release and of those that are out."""
    every = [limits, *(one.limits for one in earlier)]
    return limits._replace(users=max(one.users for one in every), conversations=max(one.conversations for one in every))
