"""The figures of a run, counted again on its own clusters after somebody came or went.

The clusters stay as the run made them: only what is counted changes, and the gate decides anew what of it is shown.
What it withholds by its minimums and to guard them is withheld here too; an audit of the whole lattice, which takes
longer than hundreds of recounts may, is not made again. So an attacker sees rather more here than in a release.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clioscope.attacks.finding import Finding
from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.planting import Clustered, Labels, Planting, config_of_copy
from clioscope.config import PROFILES, Thresholds
from clioscope.facets import AREA
from clioscope.privacy.counting import rounded
from clioscope.privacy.lattice import Attribute, Block, BlockKey, Lattice, attribute
from clioscope.privacy.limits import cell_limits, cluster_limits
from clioscope.privacy.suppression import suppress
from clioscope.vault import categories_of

EXACT: Thresholds = PROFILES["personal"]
"""No minimums and no rounding."""

Figures = dict[tuple[BlockKey, int], tuple[int, int]]
"""Conversations and users by cell, as shown. What is withheld is not there, as what is empty."""


@dataclass(frozen=True)
class Counted:
    """What a release counts, one row an item.

    Parameters
    ----------
    levels
        int32 [m] a level, base first.
    attributes
        As the gate is handed them: what stands for no answer is settled by the thresholds of the run.
    users
        int32 [m], -1 where unknown; ``None`` where all are.
    conversations
        int64 [m] where a conversation may have several items, else ``None``.
    """

    levels: list[Labels]
    attributes: list[Attribute]
    users: Labels | None
    conversations: NDArray[np.int64] | None

    def only(self, kept: NDArray[np.bool_]) -> Counted:
        """Some of the rows; bool [m]."""
        return Counted(
            [labels[kept] for labels in self.levels],
            [replace(attribute, codes=attribute.codes[kept]) for attribute in self.attributes],
            None if self.users is None else self.users[kept],
            None if self.conversations is None else self.conversations[kept],
        )

    def figures(self, thresholds: Thresholds) -> Figures:
        """Everything that the gate would show."""
        return shown_figures(Lattice(self.levels, self.attributes, self.users, self.conversations), thresholds)

    def cells_of(self, rows: NDArray[np.int64]) -> set[tuple[BlockKey, int]]:
        """The cells that ``rows`` are counted in, of any size."""
        mine = [replace(attribute, codes=attribute.codes[rows]) for attribute in self.attributes]
        lattice = Lattice([labels[rows] for labels in self.levels], mine, None)
        return {(key, int(cell)) for key, block in lattice.blocks.items() for cell in block.keys}


def drawn_persons(owners: NDArray[np.integer], most: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Who an attack is tried on: ``most`` of the ``owners`` of rows, or all; nobody twice, nor -1, who is unknown."""
    known = np.unique(owners[owners >= 0]).astype(np.int64)
    return rng.choice(known, size=min(most, len(known)), replace=False)


def shown_figures(lattice: Lattice, thresholds: Thresholds) -> Figures:
    """What the gate shows of a lattice. Clusters that became too small count as withheld."""
    suppress(lattice, cell_limits(thresholds))
    found: Figures = {}
    for key, block in lattice.blocks.items():
        shown = block.shown & _large_enough(lattice, key, block, thresholds)
        conversations = rounded(block.counts.conversations, thresholds.rounding)
        users = rounded(block.counts.users, thresholds.rounding)
        for cell in np.flatnonzero(shown).tolist():
            found[key, int(block.keys[cell])] = int(conversations[cell]), int(users[cell])
    return found


def _large_enough(lattice: Lattice, key: BlockKey, block: Block, thresholds: Thresholds) -> NDArray[np.bool_]:
    """Which clusters may stand by themselves; of cells with a value, all that were shown."""
    if key.attributes:
        return np.ones(len(block.keys), dtype=np.bool_)
    return cluster_limits(thresholds).enough(block.counts, lattice.users is not None)


def counted(setup: Setup) -> Counted:
    """What the run counts of the conversations in ``setup``, on the run's clusters.

    Where the run has none of its own, as with ``epsilon``, they are made in the work folder.
    """
    clustered = Clustered(setup.run, setup.config.cluster_by[0])
    if setup.config.epsilon is not None:
        planting = Planting(setup, "clusters", setup.conversations, 0)
        planting.release()
        clustered = planting.clustered()
    ids = {conversation.id for conversation in setup.conversations}
    kept = np.array([id in ids for id in clustered.ids], dtype=np.bool_)
    rows = clustered.rows
    conversations = rows if len(rows) > 1 and (rows[1:] == rows[:-1]).any() else None
    users, thresholds = clustered.users, thresholds_of(setup)
    attributes = [
        attribute(name, codes[rows], values, users, thresholds, conversations)
        for name, codes, values in categories_of(clustered.run.facets)
        if name != AREA
    ]
    return Counted(clustered.levels, attributes, users, conversations).only(kept)


def thresholds_of(setup: Setup) -> Thresholds:
    """What the run's release asks, or would ask without ``epsilon``."""
    return config_of_copy(setup).thresholds


def not_tried_with_noise(attack: str, question: str) -> Finding:
    """Why an attack that counts again is not tried on a run with ``epsilon``."""
    sentence = (
        "This run's figures have noise, which is drawn once and bounds what anybody can learn of one person, whatever "
        "they know: an attack that counts again would spend more of the budget than the release, and is not tried."
    )
    return Finding(attack, question, "not tried", sentence)
