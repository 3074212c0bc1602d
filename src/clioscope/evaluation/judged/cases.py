"""The conversations and clusters that a judge is asked about."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from clioscope.atlas import Cluster
from clioscope.evaluation.evidence import Evidence, Items, Rows, is_named
from clioscope.pipeline.sampling import sample
from clioscope.vault import texts_of

MOST_SHOWN = 12
"""Clusters that a judge chooses from: all of the level, or else the cluster itself and those nearest to the text."""

_LONGEST = 1_000
"""Characters of a facet text that a judge reads."""


@dataclass(frozen=True)
class Cases:
    """A sample of what was clustered, and what is published about its clusters.

    Parameters
    ----------
    drawn
        int64 [n], ascending: the items of the sample. No user is in it twice before every user is in it once.
    """

    evidence: Evidence
    items: Items
    drawn: Rows
    seed: int

    @classmethod
    def of(cls, evidence: Evidence, items: Items, most: int, seed: int) -> Cases:
        """Draw ``most`` items at most."""
        (drawn,) = sample(np.zeros(len(items), dtype=np.int32), items.owners, 1, most, seed)
        return cls(evidence, items, np.sort(drawn).astype(np.int64), seed)

    @cached_property
    def owners(self) -> list[str]:
        """Whose each conversation of the run is, as the vault's hash in hexadecimal; empty where unknown."""
        parts = self.evidence.run.conversations.read(["user"])
        return ["" if user is None else user.hex() for part in parts for user in part["user"].to_pylist()]

    def owner(self, item: int) -> str:
        """Whose an item is."""
        return self.owners[int(self.items.conversations[item])]

    def texts(self, items: Rows) -> dict[int, str]:
        """The facet texts of some items (ascending)."""
        found = texts_of(self.evidence.run.facets, self.evidence.facet, items, _LONGEST)
        return dict(zip(items.tolist(), found, strict=True))

    @cached_property
    def said(self) -> dict[int, str]:
        """The facet texts of the sample."""
        return self.texts(self.drawn)

    def cluster(self, item: int, level: int) -> Cluster | None:
        """The released and named cluster of an item; ``None`` where it is in none."""
        found = self.evidence.levels[level].get(int(self.items.labels[level][item]))
        return found if found is not None and is_named(found) else None

    @cached_property
    def named(self) -> list[Cluster]:
        """The base clusters with names, by number."""
        return [cluster for _, cluster in sorted(self.evidence.levels[0].items()) if is_named(cluster)]

    @cached_property
    def _nearest(self) -> dict[int, list[int]]:
        """The numbers of the base clusters, the nearest to each item of the sample first."""
        cosines = (self.items.take(self.drawn) @ self.items.centroids[0].T).round(4)
        order = np.argsort(-cosines, axis=1, kind="stable")
        return dict(zip(self.drawn.tolist(), order.tolist(), strict=True))

    def options(self, item: int) -> list[Cluster]:
        """The clusters that an item is shown with: its own, and the nearest others with names."""
        own = self.cluster(item, 0)
        assert own is not None
        base = self.evidence.levels[0]
        near = [base[number] for number in self._nearest[item] if number in base and is_named(base[number])]
        return [own, *(cluster for cluster in near if cluster.id != own.id)][:MOST_SHOWN]

    def shuffled(self, options: Sequence[Cluster], item: int, time: int) -> list[Cluster]:
        """``options`` in an order of their own for each item and each time it is asked."""
        order = list(options)
        self.random("order", item, time).shuffle(order)
        return order

    def random(self, *about: str | int) -> random.Random:
        """Chance that depends on the seed and on what it is for."""
        return random.Random(hashlib.sha256(repr((self.seed, *about)).encode()).digest())
