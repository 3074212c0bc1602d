"""Whether the same clusters and names come back when some of the people are left out.

References
----------
Ben-Hur, Elisseeff and Guyon (2002), "A stability based method for discovering structure in clustered data". Hennig
(2007), "Cluster-wise assessment of cluster stability".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from clioscope.clustering import Least, SphericalKMeans, assign, merge_small
from clioscope.clustering.subset import Subset
from clioscope.embeddings import Embedder
from clioscope.evaluation.agreement import adjusted_rand, contingency
from clioscope.evaluation.evidence import Evidence, Items, Labels, Rows, Vectors
from clioscope.evaluation.measure import Line, Measure
from clioscope.evaluation.rules import judged
from clioscope.naming import LocalNamer, Member
from clioscope.pipeline.sampling import Whose, sample
from clioscope.progress import Work
from clioscope.vault import texts_of
from clioscope.vault.files import read_text

TIMES, SHARE = 5, 0.8
"""How often people are left out, and which part of them stays."""

_SAME_WORDS = 0.5
"""The part of the fewer words of two lists of terms that has to be in both, for a name to count as come back."""

_MEMBERS, _LONGEST = 240, 2_000
"""What a cluster is named from, as the local naming takes it."""


class Again(NamedTuple):
    """Clusters found once more: ``rows`` int64 [n] of the items, ``labels`` int32 [n], ``centroids`` float32 [k, d]."""

    rows: Rows
    labels: Labels
    centroids: Vectors


class Matched(NamedTuple):
    """Clusters of two ways of grouping, one to one: int64 arrays, and float64 ``jaccard`` of each pair."""

    one: NDArray[np.int64]
    other: NDArray[np.int64]
    jaccard: NDArray[np.float64]


def matched(one: Labels, other: Labels) -> Matched:
    """Pair the clusters of two ways of grouping so that as many members as can be are in both of a pair."""
    table = contingency(one, other)
    first, second = linear_sum_assignment(table, maximize=True)
    both = table[first, second]
    either = table.sum(axis=1)[first] + table.sum(axis=0)[second] - both
    return Matched(first, second, np.where(either > 0, both / np.maximum(either, 1), 0.0))


def stability(evidence: Evidence, items: Items, embedder: Embedder, seed: int, work: Work) -> Measure:
    """Cluster ``TIMES`` samples of the people again, and compare with the run."""
    ours = _terms(evidence)
    rand: list[float] = []
    jaccard: list[float] = []
    names: list[float] = []
    for time in range(TIMES):
        again = clustered_again(evidence, items, np.random.default_rng([seed, time]), seed + time)
        before = items.labels[0][again.rows]
        rand.append(adjusted_rand(before, again.labels))
        pairs = matched(before, again.labels)
        jaccard.append(float(pairs.jaccard.mean()))
        if ours is not None:
            theirs = _named(evidence, items, again, embedder, seed)
            kept = [_is_back(ours[i], theirs[j]) for i, j in zip(pairs.one, pairs.other, strict=True) if ours[i]]
            names += [sum(kept) / len(kept)] if kept else []
        work.advance(1)
    of = f"{TIMES} times {SHARE:.0%} of the {'users' if items.users is not None else 'conversations'}, least to most"
    lines = [
        _line("adjusted Rand index with the run", rand, of),
        _line("members of matched clusters", jaccard, of, share=True),
    ]
    if names:
        lines.append(_line("names that come back", names, of, share=True))
    notes = [
        (
            "Clusters are matched one to one by common members (Hungarian method); of members the mean Jaccard index "
            "is told. A name has come back where half of the words of its terms are those of the matched cluster, both "
            "found without a model."
        )
    ]
    if ours is None:
        notes.append("The names were not compared: the vault no longer holds the texts.")
    return judged("stability", lines, notes=notes)


def clustered_again(evidence: Evidence, items: Items, rng: np.random.Generator, seed: int) -> Again:
    """Find as many clusters as the run has among the items of some of the people, by the run's own method."""
    people = np.unique(items.owners)
    drawn = rng.choice(people, max(1, round(SHARE * len(people))), replace=False)
    rows = np.flatnonzero(np.isin(items.owners, drawn)).astype(np.int64)
    thresholds, conversations = evidence.config.thresholds, items.conversations if items.several else None
    least = Least(thresholds.cluster_users, thresholds.cluster_conversations, thresholds.share)
    labels, centroids = np.empty(len(rows), dtype=np.int32), list[Vectors]()
    areas = _areas(evidence, items)
    for area in np.unique(areas).tolist():
        inside = np.flatnonzero(areas[items.labels[0][rows]] == area)
        store = Subset(items.vectors, rows[inside])
        fitted = SphericalKMeans().fit(store, int((areas == area).sum()), seed)
        merged = merge_small(
            assign(store, fitted).labels,
            None if items.users is None else items.users[rows[inside]],
            fitted,
            least,
            conversations=None if conversations is None else conversations[rows[inside]],
        )
        labels[inside] = merged.labels + sum(map(len, centroids))
        centroids.append(merged.centroids)
    return Again(rows, labels, np.concatenate(centroids))


def _areas(evidence: Evidence, items: Items) -> NDArray[np.int32]:
    """int32 [k]: the area that each base cluster is within; all 0 where there are none."""
    k = len(items.sums[0])
    if not evidence.config.areas or not items.parents:
        return np.zeros(k, dtype=np.int32)
    top: NDArray[np.int32] = np.arange(k, dtype=np.int32)
    for parents in items.parents:  # areas are at the top
        top = parents[top]
    return top


def _terms(evidence: Evidence) -> list[set[str]] | None:
    """The words of the terms of each base cluster, or ``None`` where no names can be made to compare them with."""
    path = evidence.home.assignments / "terms.json"
    if {"raw", "texts"} & evidence.gone or not path.exists():
        return None
    return [_words(row["terms"]) for row in json.loads(read_text(path))[0]]


def _named(evidence: Evidence, items: Items, again: Again, embedder: Embedder, seed: int) -> list[set[str]]:
    thresholds = evidence.config.thresholds
    whose: Whose | None = items.users if thresholds.users > 1 and items.users is not None else None
    if whose is None and items.several:
        whose = items.conversations
    counted = None if whose is None else whose[again.rows]
    members = _Members(evidence, again, counted, seed)
    found = LocalNamer(embedder).name(members, again.centroids, min_support=thresholds.support)
    return [_words([term.text for term in name.terms]) for name in found]


class _Members:
    """Sampled texts of the clusters that were found again; see :class:`clioscope.naming.ClusterTexts`."""

    def __init__(self, evidence: Evidence, again: Again, counted: Whose | None, seed: int) -> None:
        drawn = sample(again.labels, counted, len(again.centroids), _MEMBERS, seed)
        every = np.unique(np.concatenate(drawn))
        said = texts_of(evidence.run.facets, evidence.facet, again.rows[every], _LONGEST)
        texts = dict(zip(every.tolist(), said, strict=True))
        self._members = [
            [Member(texts[row], None if counted is None else int(counted[row])) for row in rows.tolist()]
            for rows in drawn
        ]

    def __len__(self) -> int:
        return len(self._members)

    def members(self, cluster: int) -> Sequence[Member]:
        return self._members[cluster]


def _is_back(ours: set[str], theirs: set[str]) -> bool:
    fewer = min(len(ours), len(theirs))
    return bool(fewer) and len(ours & theirs) / fewer >= _SAME_WORDS


def _words(terms: Sequence[str]) -> set[str]:
    return {word for term in terms for word in term.split()}


def _line(what: str, values: Sequence[float], of: str, *, share: bool = False) -> Line:
    return Line(what, float(np.mean(values)), min(values), max(values), of, share=share)
