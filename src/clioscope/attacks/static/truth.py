"""What the vault knows of an atlas: in which clusters each conversation is, whose it is, and its values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clioscope.attacks.static.published import Minimums, Published
from clioscope.facets import AREA
from clioscope.vault import RunFolder, categories_of, in_order, rows_of, user_codes
from clioscope.vault.files import read_array
from clioscope.vault.retention import Retention

_UNTOLD, _ABSENT = "und", "(none)"
"""The values that stand for none: a language that could not be told, and an empty column."""


@dataclass(frozen=True)
class Values:
    """An attribute of every item.

    Parameters
    ----------
    codes
        int32 [m]: an index into ``values``, or -1 for none.
    open
        Whether items have no value, so that a total may be more than its parts.
    """

    name: str
    codes: NDArray[np.int32]
    values: tuple[str, ...]
    open: bool


@dataclass(frozen=True)
class Truth:
    """Everything that an atlas was counted from, item by item. An item is a conversation, or a value of a list facet.

    Parameters
    ----------
    labels
        One int32 [m] a level, base first: the cluster of each item.
    conversations
        int64 [m]: the conversation of each item.
    users
        int32 [m], -1 where unknown; ``None`` where all are.
    attributes
        What is counted by.
    positions
        float32 [m, 2]: the place of each item on the map.
    """

    labels: list[NDArray[np.int32]]
    conversations: NDArray[np.int64]
    users: NDArray[np.int32] | None
    attributes: tuple[Values, ...]
    positions: NDArray[np.float32]

    @property
    def several(self) -> bool:
        """Whether a conversation may have several items."""
        return bool((self.conversations[1:] == self.conversations[:-1]).any())


def read_truth(run: RunFolder, published: Published, *, main: bool) -> Truth | str:
    """What the vault knows of an atlas, or, in a sentence, why it does not know it."""
    if "facets" in Retention(run.vault).gone():
        return "The vault no longer holds the clusters of single conversations: they were purged."
    if published.noisy:
        return "A release with noise keeps no clusters of single conversations to recount."
    home = run.hierarchy(published.facet, main=main)
    labels = [read_array(path) for path in in_order(home.assignments.glob("level_*.npy"))]
    positions = home.assignments / "positions.npy"
    if not labels or not positions.exists():
        return "The vault does not hold the clusters of single conversations. Give the `clioscope run` command again."
    rows = rows_of(run.facets, published.facet)
    users = user_codes(run.conversations)
    if any(len(level) != len(rows) for level in labels) or len(labels) != len(published.sizes):
        return "The vault has changed since the atlas was made. Give the `clioscope run` command again."
    attributes = tuple(
        _values(name, codes[rows], values, rows, None if users is None else users[rows], published.minimums)
        for name, codes, values in categories_of(run.facets)
        if name != AREA
    )
    return Truth(labels, rows, None if users is None else users[rows], attributes, read_array(positions))


def _values(
    name: str,
    codes: NDArray[np.int32],
    values: tuple[str, ...],
    rows: NDArray[np.int64],
    users: NDArray[np.int32] | None,
    least: Minimums,
) -> Values:
    """An attribute without what stands for no answer, unless that is so rare that it tells of somebody itself."""
    none = next((i for i, value in enumerate(values) if value in (_UNTOLD, _ABSENT)), None)
    if none is None or (values[none] == _ABSENT and not _enough(codes == none, rows, users, least)):
        return Values(name, codes, values, open=False)
    moved = np.where(codes == none, -1, codes - (codes > none)).astype(np.int32)
    return Values(name, moved, (*values[:none], *values[none + 1 :]), open=True)


def _enough(
    chosen: NDArray[np.bool_], rows: NDArray[np.int64], users: NDArray[np.int32] | None, least: Minimums
) -> bool:
    """Whether the conversations of the chosen items keep to what is promised."""
    conversations, first = np.unique(rows[chosen], return_index=True)
    if users is None or len(conversations) < least.conversations:
        return len(conversations) >= least.conversations
    _, each = np.unique(users[chosen][first], return_counts=True)
    return len(each) >= least.users and bool(each.max(initial=0) <= least.share * len(conversations))
