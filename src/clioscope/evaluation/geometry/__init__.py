"""What needs no model and no labels: how clusters lie, whether they come back, and how their names differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from clioscope.embeddings import Embedder
from clioscope.evaluation.evidence import Evidence, Items
from clioscope.evaluation.geometry.coverage import coverage
from clioscope.evaluation.geometry.margin import margin
from clioscope.evaluation.geometry.names import distinctness
from clioscope.evaluation.geometry.nesting import nesting
from clioscope.evaluation.geometry.outliers import outliers
from clioscope.evaluation.geometry.silhouette import silhouette
from clioscope.evaluation.geometry.stability import TIMES, stability
from clioscope.evaluation.measure import Measure, not_measured
from clioscope.evaluation.rules import QUESTIONS
from clioscope.progress import Progress

MEASURES = ("coverage", "silhouette", "margin", "outliers", "nesting", "stability", "names")


def measures(evidence: Evidence, embedder: Embedder, seed: int, progress: Progress) -> Iterator[Measure]:
    """Each measure that needs no model, in the order of ``MEASURES``."""
    items = evidence.items
    with progress.stage(f"Measuring ({evidence.facet})", len(MEASURES) - 1 + TIMES, "steps") as work:
        for name in MEASURES:
            if name == "names":
                yield distinctness(evidence, embedder)
            elif isinstance(items, str):
                yield not_measured(name, QUESTIONS[name], items)
            elif name in ("silhouette", "margin", "stability") and len(items.sums[0]) < 2:
                yield not_measured(name, QUESTIONS[name], "There is one cluster, and nothing to compare it with.")
            elif name == "stability":
                yield stability(evidence, items, embedder, seed, work)
                continue
            else:
                yield _of_items(evidence, items, seed)[name]()
            work.advance(1)


def _of_items(evidence: Evidence, items: Items, seed: int) -> dict[str, Callable[[], Measure]]:
    return {
        "coverage": partial(coverage, evidence, items),
        "silhouette": partial(silhouette, evidence, items, np.random.default_rng([seed, 1])),
        "margin": partial(margin, items, np.random.default_rng([seed, 2])),
        "outliers": partial(outliers, evidence, items, np.random.default_rng([seed, 3])),
        "nesting": partial(nesting, evidence, items),
    }
