"""What is known of a finished run: what it published, and, from the vault, what that was made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Atlas, Cluster
from clioscope.clustering import VectorStore
from clioscope.config import Config
from clioscope.errors import RunError
from clioscope.pipeline.context import stage_name
from clioscope.privacy.counting import count, some
from clioscope.vault import HierarchyFolder, Parts, RunFolder, in_order, rows_of, user_codes
from clioscope.vault.files import read_array
from clioscope.vault.retention import Retention

Labels = NDArray[np.int32]
Rows = NDArray[np.int64]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Items:
    """What is clustered: conversations, or the values of a list facet.

    Parameters
    ----------
    labels
        One int32 [m] a level, base first.
    parents
        One int32 [k] a level but the top: the parent of each cluster.
    conversations
        int64 [m]: the conversation of each item.
    users
        int32 [m], -1 where unknown; ``None`` where all are.
    vectors
        Of the items, unit length but for rounding.
    asked
        Conversations in the vault, with an answer or without.
    """

    labels: list[Labels]
    parents: list[Labels]
    conversations: Rows
    users: NDArray[np.int32] | None
    vectors: VectorStore
    asked: int

    def __len__(self) -> int:
        return len(self.conversations)

    @property
    def several(self) -> bool:
        """Whether a conversation may have several items."""
        return bool((self.conversations[1:] == self.conversations[:-1]).any())

    @cached_property
    def owners(self) -> Rows:
        """int64 [m]: the user of each item, each conversation of nobody known as somebody of its own."""
        if self.users is None:
            return self.conversations
        above = int(self.users.max(initial=-1)) + 1
        return np.where(self.users >= 0, self.users, above + self.conversations)

    @cached_property
    def sums(self) -> list[NDArray[np.float64]]:
        """The sum of the unit vectors in each cluster, float64 [k, d] a level, base first."""
        k = [int(level.max(initial=-1)) + 1 for level in self.labels]
        base = np.zeros((k[0], self.vectors.dimension))
        for start, block in self.vectors.blocks():
            of = self.labels[0][start : start + len(block)]
            order = np.argsort(of, kind="stable")
            there, first = np.unique(of[order], return_index=True)
            base[there] += np.add.reduceat(unit(block)[order].astype(np.float64), first, axis=0)
        found = [base]
        for parents in self.parents:
            above = np.zeros((int(parents.max(initial=-1)) + 1, base.shape[1]))
            np.add.at(above, parents, found[-1])
            found.append(above)
        return found

    @cached_property
    def sizes(self) -> list[Rows]:
        """The items of each cluster, int64 [k] a level, base first."""
        return [np.bincount(level, minlength=len(sums)) for level, sums in zip(self.labels, self.sums, strict=True)]

    @cached_property
    def centroids(self) -> list[Vectors]:
        """float32 [k, d] a level, base first, unit length."""
        return [unit(sums.astype(np.float32)) for sums in self.sums]

    def sample(self, most: int, rng: np.random.Generator) -> Rows:
        """Some of the items, ascending."""
        drawn = rng.choice(len(self), min(most, len(self)), replace=False)
        return np.sort(drawn).astype(np.int64)

    def take(self, rows: Rows) -> Vectors:
        """The unit vectors of some items, float32 [n, d]."""
        return unit(self.vectors.take(rows))


@dataclass(frozen=True)
class Evidence:
    """One hierarchy of a run.

    Parameters
    ----------
    items
        What it was made of; or, in a sentence, why the vault does not hold that.
    gone
        What was removed from the vault.
    """

    run: RunFolder
    config: Config
    atlas: Atlas
    home: HierarchyFolder
    items: Items | str
    gone: frozenset[str]

    @property
    def facet(self) -> str:
        """What is clustered."""
        return self.home.facet

    @cached_property
    def levels(self) -> list[dict[int, Cluster]]:
        """What is published of each level, base first, by the number of the cluster."""
        found: list[dict[int, Cluster]] = [{} for _ in range(self.atlas.levels)]
        for cluster in self.atlas.walk():
            found[cluster.level][number_of(cluster)] = cluster
        return found

    def enough(self, chosen: Rows) -> bool:
        """Whether the items ``chosen`` are of as many users and conversations as any figure of this run needs."""
        items = self.items
        assert isinstance(items, Items)
        least = self.config.thresholds
        users = None if items.users is None else items.users[chosen]
        groups = np.zeros(len(chosen), dtype=np.int64)
        counts = count(groups, users, 1, conversations=items.conversations[chosen])
        people = users is None or counts.users[0] >= least.users
        return bool(people and counts.conversations[0] >= least.conversations)


def read_evidence(run: RunFolder, config: Config) -> list[Evidence]:
    """Each hierarchy of a finished run, the main one first.

    Raises
    ------
    RunError
        It has not finished.
    """
    gone = frozenset(Retention(run.vault).gone())
    found = []
    for facet in config.cluster_by:
        home = run.hierarchy(facet, main=facet == config.cluster_by[0])
        if not (home.atlas / "atlas.json").is_file():
            raise RunError(f"There is no atlas at {home.atlas}. Give the `clioscope run` command of this run again.")
        atlas = Atlas.open(home.atlas)
        found.append(Evidence(run, config, atlas, home, _items(run, config, home, atlas, gone), gone))
    return found


def number_of(cluster: Cluster) -> int:
    """The number of a cluster within its level."""
    return int(cluster.id.rpartition("-")[2])


def is_named(cluster: Cluster) -> bool:
    """Whether its name says what it is about. That of an unnamed cluster says its id."""
    return not cluster.name.endswith(f"Unnamed cluster {cluster.id}")


def about(number: int, noun: str) -> str:
    """A count that the vault alone knows, as others may see it: ``about 3,600 conversations``."""
    return f"about {some(number):,} {noun}"


def unit(rows: NDArray[np.float32]) -> Vectors:
    """``rows`` at unit length; one of nothing but zeros stays so."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def _items(run: RunFolder, config: Config, home: HierarchyFolder, atlas: Atlas, gone: frozenset[str]) -> Items | str:
    if "facets" in gone:
        return "The vault no longer holds the vectors and clusters of single conversations: they were removed."
    if atlas.counted == "user":
        return "A release with noise keeps no clusters of single conversations that it could be measured by."
    labels = [read_array(path) for path in in_order(home.assignments.glob("level_*.npy"))]
    parents = [read_array(path) for path in in_order(home.assignments.glob("parents_*.npy"))]
    moved = _moved_since(run, config, home.facet)
    if not labels or len(labels) != atlas.levels or len(parents) != atlas.levels - 1 or moved:
        return "The vault has changed since the atlas was made. Give the `clioscope run` command again."
    rows, vectors = rows_of(run.facets, home.facet), home.vectors()
    if any(len(level) != len(rows) for level in labels) or len(vectors) != len(rows):
        return "The vault has changed since the atlas was made. Give the `clioscope run` command again."
    users = user_codes(run.conversations)
    asked = sum(Parts.rows(path) for path in run.facets.paths())
    return Items(labels, parents, rows, None if users is None else users[rows], vectors, asked)


def _moved_since(run: RunFolder, config: Config, facet: str) -> bool:
    """Whether languages were moved anew after the clusters were made, and nothing was made of that yet."""
    aligning, clustering = (stage_name(stage, facet, config) for stage in ("Aligning", "Clustering"))
    stages = run.stages
    if aligning not in stages.names():
        return False
    return clustering not in stages.names() or not stages.is_made_from(
        clustering, "the languages", stages.key(aligning)
    )
