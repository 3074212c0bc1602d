"""How far two ways of grouping, or of answering, agree.

References
----------
Hubert and Arabie (1985), "Comparing partitions" (adjusted Rand). Rosenberg and Hirschberg (2007), "V-Measure". Cohen
(1960), "A coefficient of agreement for nominal scales".
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.integer]
Table = NDArray[np.float64]


class Agreement(NamedTuple):
    """Clusters against known groups; each 0 (none) to 1 (the same), but ``ari``, which chance brings to 0.

    Parameters
    ----------
    nmi
        Mutual information over the arithmetic mean of both entropies. V-measure is the same figure.
    ari
        The adjusted Rand index.
    homogeneity
        How far each cluster holds one group alone.
    completeness
        How far each group is in one cluster alone.
    purity
        The share of members that are of the largest group of their cluster. It rises with the number of clusters.
    """

    nmi: float
    ari: float
    homogeneity: float
    completeness: float
    purity: float

    @property
    def v_measure(self) -> float:
        """The harmonic mean of homogeneity and completeness."""
        total = self.homogeneity + self.completeness
        return 2 * self.homogeneity * self.completeness / total if total else 0.0


def codes(values: Sequence[Hashable] | NDArray[np.generic]) -> Codes:
    """Each different value as a number, by first appearance; int64 [n]."""
    numbers: dict[Hashable, int] = {}
    return np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), np.int64, len(values))


def contingency(truth: Codes, found: Codes) -> Table:
    """float64 [groups, clusters]: how many are in both. Codes count from 0."""
    rows, columns = int(truth.max(initial=-1)) + 1, int(found.max(initial=-1)) + 1
    joint = truth.astype(np.int64) * columns + found
    return np.bincount(joint, minlength=rows * columns).reshape(rows, columns).astype(np.float64)


def agreement(truth: Codes, found: Codes) -> Agreement:
    """Compare clusters with known groups.

    Parameters
    ----------
    truth, found
        Integers [n], each counted from 0: the group and the cluster of each member.
    """
    return agreement_of(contingency(truth, found))


def agreement_of(table: Table) -> Agreement:
    """:func:`agreement` from a table of how many are in both."""
    n = table.sum()
    if not n:
        return Agreement(0.0, 0.0, 0.0, 0.0, 0.0)
    of_groups, of_clusters = table.sum(axis=1), table.sum(axis=0)
    groups, clusters = _entropy(of_groups), _entropy(of_clusters)
    shared = max(0.0, groups + clusters - _entropy(table))
    homogeneity = shared / groups if groups else 1.0
    completeness = shared / clusters if clusters else 1.0
    mean = (groups + clusters) / 2
    return Agreement(
        nmi=min(1.0, shared / mean) if mean else 1.0,
        ari=_adjusted_rand(table, of_groups, of_clusters),
        homogeneity=min(1.0, homogeneity),
        completeness=min(1.0, completeness),
        purity=float(table.max(axis=0, initial=0).sum() / n),
    )


def adjusted_rand(one: Codes, other: Codes) -> float:
    """The adjusted Rand index of two ways of grouping: 1 where they are the same, about 0 by chance."""
    table = contingency(one, other)
    return _adjusted_rand(table, table.sum(axis=1), table.sum(axis=0))


def nmi(truth: Codes, found: Codes) -> float:
    """Normalised mutual information, by the arithmetic mean; the same as V-measure."""
    return agreement(truth, found).nmi


class Kappa(NamedTuple):
    """``raw``: how often two answers are the same, 0 to 1. ``kappa``: the same with chance taken out; 1 at most."""

    raw: float
    kappa: float


def kappa(one: Sequence[Hashable], other: Sequence[Hashable]) -> Kappa:
    """Cohen's kappa of two series of answers to the same questions, at least one.

    Where both say the same thing everywhere nothing can be told from chance: kappa is then 1.
    """
    both = codes([*one, *other])
    first, second = both[: len(one)], both[len(one) :]
    raw = float((first == second).mean())
    width = int(both.max()) + 1
    by_chance = float(np.bincount(first, minlength=width) @ np.bincount(second, minlength=width)) / len(first) ** 2
    return Kappa(raw, 1.0 if by_chance == 1 else (raw - by_chance) / (1 - by_chance))


def _entropy(counts: Table) -> float:
    """In nats, of how often each case occurs."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum()) if len(shares) > 1 else 0.0


def _adjusted_rand(table: Table, of_groups: Table, of_clusters: Table) -> float:
    both, groups, clusters = _pairs(table), _pairs(of_groups), _pairs(of_clusters)
    n = table.sum()
    all_pairs = n * (n - 1) / 2
    if not all_pairs:
        return 1.0
    expected, most = groups * clusters / all_pairs, (groups + clusters) / 2
    return 1.0 if most == expected else float((both - expected) / (most - expected))


def _pairs(counts: Table) -> float:
    return float((counts * (counts - 1) / 2).sum())
