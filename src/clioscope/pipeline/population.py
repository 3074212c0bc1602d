"""Who and what one hierarchy is about: the items that are clustered, and whose they are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.pipeline.context import Context
from clioscope.vault import rows_of


class Population(NamedTuple):
    """The items of a clustered facet, in the order of the conversations.

    Parameters
    ----------
    rows
        int64 [m]: the conversation of each item.
    users
        int32 [m], -1 where unknown; ``None`` where all are.
    several
        Whether a conversation may have several items, so that items are not conversations.
    """

    rows: NDArray[np.int64]
    users: NDArray[np.int32] | None
    several: bool

    @property
    def conversations(self) -> NDArray[np.int64] | None:
        """What tells the conversations of items apart where that is needed."""
        return self.rows if self.several else None


def population(context: Context, users: NDArray[np.int32] | None) -> Population:
    """The population of the hierarchy that is being made."""
    rows = rows_of(context.folder.facets, context.home.facet)
    several = bool(len(rows) > 1 and (rows[1:] == rows[:-1]).any())
    return Population(rows, None if users is None else users[rows], several)
