"""How much nearer conversations are to their own cluster than to the next.

References
----------
Rousseeuw (1987), "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.evaluation.evidence import Evidence, Items, Rows, Vectors, about
from clioscope.evaluation.intervals import of_mean
from clioscope.evaluation.measure import Line, Measure, line
from clioscope.evaluation.rules import EXTRACTED, judged

_SAMPLED = 10_000
"""Items whose silhouettes are computed. Distances are to all members all the same."""

_AT_ONCE = 2_048


def silhouettes(
    vectors: Vectors, labels: NDArray[np.int32], sums: NDArray[np.float64], sizes: Rows
) -> NDArray[np.float64]:
    """The silhouette of each of some members, float64 [n], by cosine distance, -1 to 1; 0 where a cluster has one.

    The mean cosine distance from one unit vector to all members of a cluster is one minus its product with their mean,
    so that no pairs have to be compared.

    Parameters
    ----------
    vectors
        float32 [n, d], unit length.
    labels
        int32 [n]: their clusters.
    sums, sizes
        float64 [k, d] and int64 [k]: the sum of the vectors of all members of each cluster, and how many there are.
    """
    found = np.zeros(len(vectors))
    for start in range(0, len(vectors), _AT_ONCE):
        block, own = vectors[start : start + _AT_ONCE].astype(np.float64), labels[start : start + _AT_ONCE]
        products, rows = block @ sums.T, np.arange(len(own))
        others = np.maximum(sizes[own] - 1, 1)
        inside = 1 - (products[rows, own] - np.einsum("ij,ij->i", block, block)) / others
        distances = np.where(sizes > 0, 1 - products / np.maximum(sizes, 1), np.inf)
        distances[rows, own] = np.inf
        nearest = distances.min(axis=1)
        larger = np.maximum(inside, nearest)
        told = (sizes[own] > 1) & np.isfinite(nearest) & (larger > 0)
        found[start : start + _AT_ONCE] = np.where(told, (nearest - inside) / np.where(told, larger, 1), 0)
    return found


def silhouette(evidence: Evidence, items: Items, rng: np.random.Generator) -> Measure:
    """The mean silhouette of a sample, by level."""
    drawn = items.sample(_SAMPLED, rng)
    vectors = items.take(drawn)
    lines: list[Line] = []
    for level, labels in enumerate(items.labels):
        if len(items.sums[level]) < 2:
            continue
        values = silhouettes(vectors, labels[drawn], items.sums[level], items.sizes[level])
        found = of_mean(values, items.conversations[drawn], rng)
        of = f"{len(items.sums[level]):,} clusters, {about(len(drawn), 'sampled')}"
        lines.append(line(f"level {level}", found, of=of, least=-1))
    return judged(
        "silhouette",
        lines,
        advice=EXTRACTED if "extract" in evidence.config.models else None,
        notes=(
            (
                "By cosine, against all members of every cluster: 1 is far from all others, 0 between two, below 0 in "
                "the wrong one. Texts in many dimensions seldom have more than 0.3."
            ),
        ),
    )
