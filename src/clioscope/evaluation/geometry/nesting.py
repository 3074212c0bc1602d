"""Whether clusters lie nearer to their own parent than to another: the hierarchy's consistency."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.evaluation.evidence import Evidence, Items, Rows
from clioscope.evaluation.intervals import wilson
from clioscope.evaluation.measure import Line, Measure, line, not_measured
from clioscope.evaluation.rules import ARRANGED, QUESTIONS, judged


def nested(
    sums: NDArray[np.float64], sizes: Rows, parents: NDArray[np.int32], above: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Of each cluster, 1 where it is nearest to its own parent, 0 where not, -1 where it has no sibling; int8 [k].

    A parent is where its other children are: with the cluster itself in it, it would always be near.

    Parameters
    ----------
    sums, sizes
        float64 [k, d] and int64 [k]: of the members of each cluster.
    parents
        int32 [k].
    above
        float64 [p, d]: the sums of the parents.
    """
    centroids = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    others = above / np.maximum(np.linalg.norm(above, axis=1, keepdims=True), 1e-12)
    own = above[parents] - sums
    own /= np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-12)
    cosines, rows = centroids @ others.T, np.arange(len(sums))
    cosines[rows, parents] = -np.inf
    found: NDArray[np.int8] = (np.einsum("ij,ij->i", centroids, own) > cosines.max(axis=1)).astype(np.int8)
    alone = np.bincount(parents, minlength=len(above))[parents] < 2
    found[alone | (sizes == 0)] = -1
    return found


def nesting(evidence: Evidence, items: Items) -> Measure:
    """Which share of the clusters of each level is nearest to its own parent."""
    lines: list[Line] = []
    for level, parents in enumerate(items.parents):
        if len(items.sums[level + 1]) < 2:
            continue
        found = nested(items.sums[level], items.sizes[level], parents, items.sums[level + 1])
        told = found[found >= 0]
        if len(told):
            share = wilson(int(told.sum()), len(told))
            lines.append(line(f"level {level} in level {level + 1}", share, of=f"{len(told):,} clusters", share=True))
    if not lines:
        why = "The hierarchy has one level, or one cluster at the top, or parents of one child each."
        return not_measured("nesting", QUESTIONS["nesting"], why)
    notes = ("A parent is where its other children lie. Clusters that are their parent's only child are left out.",)
    advice = ARRANGED if "arrange" in evidence.config.models else None
    return judged("nesting", lines, notes=notes, advice=advice)
