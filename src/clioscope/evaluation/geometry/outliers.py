"""Conversations that are far from the centroid of the cluster they are in."""

from __future__ import annotations

import numpy as np

from clioscope.evaluation.evidence import Evidence, Items, about
from clioscope.evaluation.intervals import of_mean
from clioscope.evaluation.measure import Line, Listed, Measure, line
from clioscope.evaluation.rules import judged

_SAMPLED = 20_000
_LISTED = 10
_STEP, _WORTH_A_LOOK = 5, 15
"""Percent: shares of single clusters are told to so much, from so much on."""


def outliers(evidence: Evidence, items: Items, rng: np.random.Generator) -> Measure:
    """Which share is far from its centroid, and of which clusters that is a large part.

    Far is below the lower quartile of all cosines by more than one and a half times the distance between the quartiles.
    """
    drawn = items.sample(_SAMPLED, rng)
    labels = items.labels[0][drawn]
    cosines = np.einsum("ij,ij->i", items.take(drawn), items.centroids[0][labels]).astype(np.float64)
    low, middle, high = np.percentile(cosines, (25, 50, 75)).tolist()
    far = cosines < low - 1.5 * (high - low)
    share = of_mean(far.astype(np.float64), items.conversations[drawn], rng)
    of = about(len(drawn), "sampled")
    rows = []
    for number, cluster in evidence.levels[0].items():
        inside = np.flatnonzero(labels == number)
        part = _rounded(float(far[inside].mean())) if len(inside) else 0
        if part >= _WORTH_A_LOOK and evidence.enough(drawn[inside]):
            rows.append((part, [cluster.id, cluster.name, f"{part}%"]))
    rows.sort(key=lambda row: -row[0])
    listed = Listed(["id", "name", "far, to 5%"], [row for _, row in rows[:_LISTED]]) if rows else None
    return judged(
        "outliers",
        [line("far from their centroid", share, of=of, share=True), Line("median cosine with it", middle, of=of)],
        notes=(
            (
                "Far is below the lower quartile of all cosines by more than 1.5 times the distance of the quartiles "
                "(Tukey). Every conversation is put into some cluster: these fit worst."
            ),
        ),
        listed=listed,
    )


def _rounded(share: float) -> int:
    return round(100 * share / _STEP) * _STEP
