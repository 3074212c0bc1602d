"""How much nearer conversations are to the centroid of their own base cluster than to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.evaluation.evidence import Items, Vectors, about
from clioscope.evaluation.intervals import of_mean
from clioscope.evaluation.measure import Line, Measure, line
from clioscope.evaluation.rules import judged

_SAMPLED = 20_000
_PERCENTILES = (10, 25, 50, 75, 90)
"""Never the least and the most: those are single conversations."""


def margins(vectors: Vectors, labels: NDArray[np.int32], centroids: Vectors) -> NDArray[np.float64]:
    """The cosine with the own centroid minus that with the nearest other, float64 [n]; at least two centroids."""
    cosines = (vectors @ centroids.T).astype(np.float64)
    rows = np.arange(len(vectors))
    own = cosines[rows, labels]
    cosines[rows, labels] = -np.inf
    return np.asarray(own - cosines.max(axis=1))


def margin(items: Items, rng: np.random.Generator) -> Measure:
    """Which share of a sample is nearest to its own centroid, and by how much."""
    drawn = items.sample(_SAMPLED, rng)
    found = margins(items.take(drawn), items.labels[0][drawn], items.centroids[0])
    nearest = of_mean((found > 0).astype(np.float64), items.conversations[drawn], rng)
    of = about(len(drawn), "sampled")
    lines = [line("nearest to their own centroid", nearest, of=of, share=True)]
    for percentile, value in zip(_PERCENTILES, np.percentile(found, _PERCENTILES).tolist(), strict=True):
        lines.append(Line(f"margin, {percentile}th percentile", value, of=of))
    return judged(
        "margin",
        lines,
        notes=(
            (
                "The margin is the cosine with the own centroid minus that with the nearest other of the base. Below 0 "
                "are those that joining small clusters, or a sorting into areas, left away from the nearest."
            ),
        ),
    )
