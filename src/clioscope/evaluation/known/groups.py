"""Whether people who ask for the same together are in one cluster."""

from __future__ import annotations

import numpy as np

from clioscope.evaluation.intervals import of_mean
from clioscope.evaluation.known.aligned import Aligned
from clioscope.evaluation.measure import Line, Measure, line, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged


def groups_found(known: Aligned, rng: np.random.Generator) -> Measure:
    """The share of a group's conversations that is in one base cluster, and how much of that cluster they are."""
    groups = np.array([-1 if of.group is None else of.group for of in known.known], dtype=np.int64)
    if not (groups >= 0).any():
        return not_measured("groups", QUESTIONS["groups"], "There are no groups of people who act together there.")
    labels = known.items.labels[0]
    sizes = np.bincount(labels)
    together: list[bool] = []
    members: list[int] = []
    lines: list[Line] = []
    for group in range(int(groups.max()) + 1):
        mine = np.flatnonzero(groups == group)
        if not known.evidence.enough(mine):
            lines.append(Line(f"group {group + 1}", None, of="Too few people for a figure about them.", share=True))
            continue
        within = np.bincount(labels[mine], minlength=len(sizes))
        largest = int(within.argmax())
        together += (labels[mine] == largest).tolist()
        members += mine.tolist()
        share = of_mean((labels[mine] == largest).astype(np.float64), known.items.owners[mine], rng)
        lines.append(line(f"group {group + 1}: in one cluster", share, of=f"{len(mine):,} conversations", share=True))
        lines.append(Line(f"group {group + 1}: of that cluster", float(within[largest] / sizes[largest]), share=True))
    if not members:
        return not_measured("groups", QUESTIONS["groups"], "Too few people are in any group.")
    found = of_mean(np.array(together, dtype=np.float64), known.items.owners[np.array(members)], rng)
    overall = line("in one cluster", found, of=f"{len(members):,} conversations", share=True)
    return judged("groups", [overall, *lines])
