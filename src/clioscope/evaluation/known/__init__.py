"""What is measured where it is known what is true: conversations that `clioscope synth` made."""

from __future__ import annotations

import numpy as np

from clioscope.embeddings import Embedder
from clioscope.evaluation.evidence import Evidence
from clioscope.evaluation.judged.plan import Plan
from clioscope.evaluation.judged.questions import JudgeOf
from clioscope.evaluation.known.aligned import aligned
from clioscope.evaluation.known.details import details_kept
from clioscope.evaluation.known.groups import groups_found
from clioscope.evaluation.known.reconstruction import ask_where, reconstruction
from clioscope.evaluation.known.topics import topics_found
from clioscope.evaluation.known.trends import trends_found
from clioscope.evaluation.measure import not_measured
from clioscope.evaluation.rules import QUESTIONS
from clioscope.synth.truth import Truth

MEASURES = ("reconstruction", "topics", "personal details", "groups", "trends")


def planned(plan: Plan, evidence: Evidence, truth: Truth, judge: JudgeOf | None, embedder: Embedder, seed: int) -> None:
    """Add each measure of one hierarchy to a plan, in the order of ``MEASURES``.

    Parameters
    ----------
    judge
        Puts base clusters into the known categories; without one, they go into the nearest by embedding.

    Raises
    ------
    ConfigError
        The truth is that of other conversations.
    """
    items = evidence.items
    if isinstance(items, str) or "raw" in evidence.gone:
        why = items if isinstance(items, str) else "The vault no longer holds which conversations were read."
        for name in MEASURES:
            plan.say(not_measured(name, QUESTIONS[name], why))
        return
    found = aligned(evidence, items, truth)
    rng = np.random.default_rng([seed, 20])
    if judge is None:
        plan.say(reconstruction(found, None, embedder, rng))
    else:
        ask_where(plan, found, judge, embedder, rng)
    for measure in (topics_found(found, rng), details_kept(found), groups_found(found, rng), trends_found(found)):
        plan.say(measure)
