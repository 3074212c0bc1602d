"""Whether the names of clusters can be told apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from clioscope.atlas import Cluster
from clioscope.embeddings import Embedder
from clioscope.evaluation.evidence import Evidence, Vectors, is_named
from clioscope.evaluation.intervals import wilson
from clioscope.evaluation.measure import Line, Listed, Measure, line, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged

NEAR = 0.85
"""The cosine of two embedded names from which they count as near-duplicates. Names of different subjects have less than
0.6."""

_LISTED = 20


class Pair(NamedTuple):
    """Two clusters of one level, and the cosine of their names."""

    one: Cluster
    other: Cluster
    cosine: float


def distinctness(evidence: Evidence, embedder: Embedder) -> Measure:
    """How near each name is to the nearest other one of its level, and which are the same or nearly."""
    lines: list[Line] = []
    pairs: list[Pair] = []
    for level, clusters in enumerate(evidence.levels):
        named = [cluster for cluster in clusters.values() if is_named(cluster)]
        if len(named) < 2:
            continue
        near = nearest_pairs(named, embedder.embed([cluster.name for cluster in named]))
        alike = [pair for pair in near if pair.cosine >= NEAR]
        crowded = {cluster.id for pair in alike for cluster in pair[:2]}
        of = f"{len(named):,} names"
        share = wilson(len(named) - len(crowded), len(named))
        lines.append(line(f"level {level}, unlike any other", share, of=of, share=True))
        lines.append(Line(f"level {level}, mean cosine with the nearest", float(_nearest(named, near).mean()), of=of))
        pairs += alike
    if not lines:
        return not_measured("names", QUESTIONS["names"], "No level has two clusters with names.")
    rows = [[p.one.id, p.one.name, p.other.id, p.other.name, _alike(p)] for p in pairs[:_LISTED]]
    return judged(
        "names",
        lines,
        notes=(
            (
                f"Names are embedded; from a cosine of {NEAR} on two are near-duplicates. Clusters without a name are "
                "left out."
            ),
        ),
        listed=Listed(["id", "name", "id", "name", "cosine"], rows) if rows else None,
    )


def nearest_pairs(clusters: list[Cluster], vectors: Vectors) -> list[Pair]:
    """Every pair of clusters of which one is the other's nearest or that are near-duplicates, the most alike first."""
    cosines = (vectors @ vectors.T).astype(np.float64)
    np.fill_diagonal(cosines, -np.inf)
    same = np.array([[_plain(one.name) == _plain(other.name) for other in clusters] for one in clusters])
    np.fill_diagonal(same, val=False)
    cosines[same] = 1.0
    close = {(min(i, j), max(i, j)) for i, j in enumerate(cosines.argmax(axis=1).tolist())}
    close |= {(i, j) for i, j in np.argwhere(cosines >= NEAR).tolist() if i < j}
    found = [Pair(clusters[i], clusters[j], round(float(cosines[i, j]), 3)) for i, j in close]
    return sorted(found, key=lambda pair: (-pair.cosine, pair.one.id, pair.other.id))


def _nearest(clusters: list[Cluster], pairs: list[Pair]) -> Vectors:
    """Of each cluster the cosine with the nearest, float32 [k]."""
    best: dict[str, float] = {}
    for pair in pairs:
        for cluster in pair[:2]:
            best[cluster.id] = max(best.get(cluster.id, -1.0), pair.cosine)
    return np.array([best[cluster.id] for cluster in clusters], dtype=np.float32)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _alike(pair: Pair) -> str:
    return "the same" if _plain(pair.one.name) == _plain(pair.other.name) else f"{pair.cosine:.2f}"
