"""Which cluster of one release is which of another, told from what both publish.

Two releases have the same hierarchy where every cluster has the same parent and the same place on the map, as after a
change of thresholds or names alone: then the same id is the same cluster. Otherwise clusters are numbered anew, and one
is taken for the same where both have words of their own, it is on the same level, the vector of its name and terms is
nearest of all on that level, near enough, and clearly nearer than the next; of several that claim one cluster, the
nearest has it.

Seen on the shipped sample, with and without its last tenth: of 58 base clusters 31 were found again by words, each as
the one that holds most of its conversations (27 as one that holds more than half); the others were told to be gone.
With other thresholds the hierarchy was the same, and all were found.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.explorer.schemas import Cluster

NEAR_ENOUGH, NEARER_THAN_NEXT = 0.7, 0.15
"""Cosines. Unnamed clusters are above 0.9 to each other, and are left out; clusters of different subjects below 0.6."""

Fit = Literal["this release", "same hierarchy", "by words"]
Key = TypeVar("Key", bound=Hashable)


class Subject(NamedTuple):
    """Whose edits and reviews are meant: one hierarchy of one run, from release to release."""

    run: str
    facet: str


class Known(NamedTuple):
    """What a cluster of one release is known by in others: nothing that counts anybody.

    ``skeleton``: a hash of the whole hierarchy. ``vector``: float16, base64; empty where the cluster has no words.
    """

    id: str
    digest: str
    skeleton: str
    level: int
    name: str
    embedder: str
    vector: str

    def to_json(self) -> str:
        """For the store."""
        return json.dumps(self._asdict(), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Known:
        """What :meth:`to_json` made."""
        return cls(**json.loads(text))


class Match(NamedTuple):
    """The cluster of this release that is the same, and how that was told."""

    id: str
    fit: Fit
    nearness: float


@dataclass(frozen=True)
class Released:
    """The clusters of one release, and what tells them from each other.

    Parameters
    ----------
    vectors
        Ids, and float32 [n, d]: the unit vectors of what is published about each.
    embedder
        Whose vectors they are.
    """

    digest: str
    clusters: Sequence[Cluster]
    vectors: tuple[Sequence[str], NDArray[np.float32]]
    embedder: str

    def known(self, id: str) -> Known:
        """What to keep of the cluster ``id``, to find it again in other releases."""
        cluster = self._by_id[id]
        vector = self._vector_of.get(id)
        has_words = vector is not None and _has_words(cluster)
        kept = base64.b64encode(vector.astype(np.float16).tobytes()).decode() if vector is not None else ""
        return Known(
            id, self.digest, self._skeleton, cluster.level, cluster.name, self.embedder, kept if has_words else ""
        )

    def find(self, wanted: Mapping[Key, Known]) -> dict[Key, Match]:
        """The clusters that are the same. What is not among the keys is not in this release."""
        found: dict[Key, Match] = {}
        claims: list[tuple[float, Key, str]] = []
        for key, known in wanted.items():
            if known.id in self._by_id and known.digest == self.digest:
                found[key] = Match(known.id, "this release", 1.0)
            elif known.id in self._by_id and known.skeleton == self._skeleton:
                found[key] = Match(known.id, "same hierarchy", 1.0)
            elif (near := self._nearest(known)) is not None:
                claims.append((near.nearness, key, near.id))
        taken = {match.id for match in found.values()}
        for nearness, key, id in sorted(claims, key=lambda claim: -claim[0]):
            if id not in taken:
                taken.add(id)
                found[key] = Match(id, "by words", nearness)
        return found

    def _nearest(self, known: Known) -> Match | None:
        ids, vectors = self._with_words.get(known.level, ([], None))
        if not known.vector or known.embedder != self.embedder or vectors is None:
            return None
        vector = np.frombuffer(base64.b64decode(known.vector), dtype=np.float16).astype(np.float32)
        if vector.shape != vectors.shape[1:]:
            return None
        near = vectors @ vector
        order = np.argsort(-near, kind="stable")
        best = float(near[order[0]])
        next_best = float(near[order[1]]) if len(order) > 1 else -1.0
        if best < NEAR_ENOUGH or best - next_best < NEARER_THAN_NEXT:
            return None
        return Match(ids[order[0]], "by words", round(min(1.0, best), 3))

    @cached_property
    def _by_id(self) -> dict[str, Cluster]:
        return {cluster.id: cluster for cluster in self.clusters}

    @cached_property
    def _vector_of(self) -> dict[str, NDArray[np.float32]]:
        ids, vectors = self.vectors
        return dict(zip(ids, vectors, strict=True))

    @cached_property
    def _with_words(self) -> dict[int, tuple[list[str], NDArray[np.float32]]]:
        by_level: dict[int, list[str]] = {}
        for cluster in self.clusters:
            if cluster.id in self._vector_of and _has_words(cluster):
                by_level.setdefault(cluster.level, []).append(cluster.id)
        return {level: (ids, np.stack([self._vector_of[id] for id in ids])) for level, ids in by_level.items()}

    @cached_property
    def _skeleton(self) -> str:
        rows = sorted((cluster.id, cluster.parent_id or "", cluster.x, cluster.y) for cluster in self.clusters)
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _has_words(cluster: Cluster) -> bool:
    """Whether its name says what it is about. That of an unnamed cluster says its id."""
    return bool(cluster.terms) or not cluster.name.endswith(f" {cluster.id}")
