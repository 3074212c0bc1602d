"""How much of what was read is in the atlas, under a name."""

from __future__ import annotations

import numpy as np

from clioscope.evaluation.evidence import Evidence, Items, about, is_named
from clioscope.evaluation.measure import Line, Measure
from clioscope.evaluation.rules import judged


def coverage(evidence: Evidence, items: Items) -> Measure:
    """The shares of conversations with an answer, in clusters that are released, and in those that have a name."""
    base = evidence.levels[0]
    k = len(items.sums[0])
    released = np.array([number in base for number in range(k)])
    named = np.array([number in base and is_named(base[number]) for number in range(k)])
    of = about(items.asked, "conversations")
    answered = np.unique(items.conversations)
    shares = {
        "in clusters with a name": np.unique(items.conversations[named[items.labels[0]]]),
        "in released clusters": np.unique(items.conversations[released[items.labels[0]]]),
        "with an answer": answered,
    }
    return judged(
        "coverage",
        [Line(what, len(rows) / items.asked, of=of, share=True) for what, rows in shares.items()],
        notes=(
            (
                "Of the base clusters. Without an answer are conversations of which there is nothing to cluster: the "
                "model gave no usable answer, or the facet has no value."
            ),
        ),
    )
