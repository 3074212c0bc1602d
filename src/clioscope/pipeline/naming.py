"""Names that need no model, and the terms of every cluster, for all levels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from clioscope.naming import ClusterName, LocalNamer
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.grouping import Groups
from clioscope.pipeline.population import Population
from clioscope.pipeline.sampling import SampledTexts
from clioscope.vault import HierarchyFolder, write_text


def names(context: Context, groups: Groups, people: Population) -> Found:
    """Name the clusters of every level from the words that their people share."""
    thresholds = context.config.thresholds
    namer = LocalNamer(context.embedder)
    inputs = {
        "the hierarchy": context.key("Arranging"),
        "the naming": namer.name_and_version,
        "the thresholds": [thresholds.support, thresholds.users > 1],
    }

    def make() -> Found:
        k = len(groups.centroids)
        with context.progress.stage(terms_stage(context), 1 + len(groups.parents), "levels") as work:
            # One person's own export has no other people: there a term needs conversations, as where users are unknown.
            counted = people.users if thresholds.users > 1 and people.users is not None else people.conversations
            texts = SampledTexts(context, groups.labels[0], counted, k)
            levels = [namer.name(texts, groups.centroids, min_support=thresholds.support)]
            work.advance(1)
            ancestor = np.arange(k, dtype=np.int32)
            for parents in groups.parents:
                ancestor = parents[ancestor]
                below = [np.flatnonzero(ancestor == p).tolist() for p in range(int(parents.max()) + 1)]
                levels.append(namer.name_parents(below, texts, groups.centroids, min_support=thresholds.support))
                work.advance(1)
        _write_names(context.home, levels)
        return {"unnamed": sum(name.name is None for level in levels for name in level)}

    return context.stage(context.name(terms_stage(context)), inputs, make)


def terms_stage(context: Context) -> str:
    """What the stage is called: where a model names, words are terms and no names."""
    return "Terms" if _judged(context) else "Naming"


def _judged(context: Context) -> bool:
    return "name" in context.config.models


def _write_names(home: HierarchyFolder, levels: Sequence[Sequence[ClusterName]]) -> None:
    rows: list[list[dict[str, Any]]] = [
        [{"name": name.name, "terms": [term.text for term in name.terms]} for name in level] for level in levels
    ]
    write_text(home.assignments / "terms.json", json.dumps(rows, ensure_ascii=False, indent=1))
