"""What is true of each item of a run, in the order of the items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clioscope.errors import ConfigError
from clioscope.evaluation.evidence import Evidence, Items, Rows
from clioscope.synth.truth import Known, Truth


@dataclass(frozen=True)
class Aligned:
    """A hierarchy beside the truth.

    Parameters
    ----------
    known
        What is true of each item.
    """

    evidence: Evidence
    items: Items
    truth: Truth
    known: Sequence[Known]

    @property
    def rows(self) -> Rows:
        """All items, int64 [m]."""
        return np.arange(len(self.known), dtype=np.int64)

    def codes(self, of: Callable[[Known], str]) -> tuple[Rows, list[str]]:
        """Something true of each item as numbers, int64 [m], and what each number stands for."""
        values = [of(known) for known in self.known]
        names = sorted(set(values))
        place = {name: number for number, name in enumerate(names)}
        return np.array([place[value] for value in values], dtype=np.int64), names

    def category(self, known: Known) -> str:
        """The key of the category of a conversation."""
        return self.truth.topics[known.topic].category


def aligned(evidence: Evidence, items: Items, truth: Truth) -> Aligned:
    """Find what is true of each item.

    Raises
    ------
    ConfigError
        The run read conversations that the truth does not know.
    """
    ids = [name for part in evidence.run.conversations.read(["id"]) for name in part["id"].to_pylist()]
    unknown = sum(name not in truth.conversations for name in ids)
    if unknown:
        raise ConfigError(
            f"--truth: nothing is said of {unknown:,} of the {len(ids):,} conversations of this run. Give the "
            "truth.jsonl beside the conversations that it read."
        )
    known = [truth.conversations[ids[row]] for row in items.conversations.tolist()]
    return Aligned(evidence, items, truth, known)
