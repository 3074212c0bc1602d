"""How far clusters agree with labels that the data had."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from clioscope.errors import ConfigError
from clioscope.evaluation.agreement import agreement_of, codes, contingency
from clioscope.evaluation.evidence import Evidence, Items, Rows, about
from clioscope.evaluation.intervals import of_figures
from clioscope.evaluation.measure import Line, Measure, line, not_measured
from clioscope.evaluation.rules import judged
from clioscope.facets import published_name
from clioscope.vault.facet_table import ABSENT

_MOST_VALUES = 2_000
"""More different labels than this are no groups, and their table would not fit."""

_LISTED = 20
"""Columns that are named where there is none of the name that was asked for."""

_FIGURES = ("NMI (V-measure)", "adjusted Rand index", "homogeneity", "completeness", "purity")


def with_labels(evidence: Evidence, items: Items, field: str, rng: np.random.Generator) -> Measure:
    """NMI, ARI, homogeneity, completeness and purity of each level against a column of the data.

    Raises
    ------
    ConfigError
        No conversation has such a column, or it holds no groups.
    """
    name = f"labels: {field}"
    question = f"Do clusters agree with the column {field!r} of the data?"
    values = read_labels(evidence, field)
    if isinstance(values, str):
        return not_measured(name, question, values)
    rows = np.array(
        [i for i, row in enumerate(items.conversations.tolist()) if values[row] is not None], dtype=np.int64
    )
    if not len(rows) or not evidence.enough(rows):
        return not_measured(name, question, "Too few people have this label for a figure about them.")
    truth = codes([values[row] for row in items.conversations[rows].tolist()])
    kinds = int(truth.max()) + 1
    if kinds > _MOST_VALUES:
        raise ConfigError(f"--labels {field}: the column has {kinds:,} different values, so it names no groups.")
    if kinds < 2:
        return not_measured(name, question, "All conversations have the same label.")
    lines: list[Line] = []
    nearest = min(range(len(items.labels)), key=lambda level: abs(math.log(len(items.sums[level]) / kinds)))
    for level in sorted(range(len(items.labels)), key=lambda level: (level != nearest, level)):
        found = items.labels[level][rows].astype(np.int64)

        def figures(some: Rows, found: Rows = found) -> Sequence[float]:
            return agreement_of(contingency(truth[some], found[some]))

        intervals = of_figures(figures, items.conversations[rows], rng)
        of = f"{len(items.sums[level]):,} clusters, {about(len(rows), 'conversations')}"
        lines += [
            line(f"level {level}, {what}", interval, of=of, least=-1 if "Rand" in what else 0)
            for what, interval in zip(_FIGURES, intervals, strict=True)
        ]
    notes = [
        f"The column has {kinds:,} values. Purity rises with the number of clusters; the Rand index is 0 by chance."
    ]
    if items.several:
        notes.append("A conversation with several values counts once for each.")
    return replace(judged("labels", lines, notes=notes), name=name, question=question)


def read_labels(evidence: Evidence, field: str) -> list[str | None] | str:
    """The label of each conversation of the run; or, in a sentence, why there is none to be read."""
    run = evidence.run
    column = f"category:{published_name(field)}"
    first = next(run.facets.read(), None)
    if first is not None and column in first.column_names:
        values = [value for part in run.facets.read([column]) for value in part[column].to_pylist()]
        return [None if value in (None, ABSENT) else str(value) for value in values]
    if "raw" in evidence.gone:
        return f"The vault no longer holds the column {field!r} of the conversations: they were removed."
    found: list[str | None] = []
    others: set[str] = set()
    for part in run.conversations.read(["metadata"]):
        for text in part["metadata"].to_pylist():
            row = json.loads(text)
            others |= row.keys() if len(others) < _LISTED else set()
            found.append(None if row.get(field) is None else str(row[field]))
    if not any(value is not None for value in found):
        listed = f"There are: {', '.join(sorted(others)[:_LISTED])}." if others else "There are none."
        raise ConfigError(f"--labels {field}: no conversation has a column of that name. {listed}")
    return found
