"""What a language model judges: from facet texts and published names, but for one measure of the facets themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from clioscope.embeddings import Embedder
from clioscope.errors import ConfigError
from clioscope.evaluation.evidence import Evidence
from clioscope.evaluation.judged.cases import Cases
from clioscope.evaluation.judged.fits import fits
from clioscope.evaluation.judged.names import name_faithfulness, uniqueness
from clioscope.evaluation.judged.plan import Plan
from clioscope.evaluation.judged.questions import PROMPTS, JudgeOf
from clioscope.evaluation.judged.texts import auditors_rate, facet_faithfulness
from clioscope.evaluation.judged.trust import human_agreement, read_human, self_agreement
from clioscope.evaluation.measure import not_measured
from clioscope.evaluation.rules import QUESTIONS
from clioscope.pipeline.redacting import Redaction
from clioscope.prompting import Prompts

__all__ = ["PROMPTS", "Plan", "planned"]

_OF_ITEMS = (
    "area fit",
    "fit",
    "best fit",
    "exclusive fit",
    "name faithfulness",
    "facet faithfulness",
    "privacy of texts",
    "judge's agreement",
)


def planned(
    evidence: Evidence,
    embedder: Embedder,
    prompts: Prompts,
    *,
    sample: int,
    seed: int,
    elsewhere: bool,
    human: Path | None = None,
) -> Plan:
    """All that a judge is asked about one hierarchy. Nothing is asked yet.

    Parameters
    ----------
    sample
        Conversations of the sample, and pairs of clusters of a level, at most.
    elsewhere
        Whether the judge is not known to be on this machine: conversations are then redacted as for extraction.
    human
        A file of what people said, in the main hierarchy.

    Raises
    ------
    ConfigError
        The file cannot be read, or the sample is too small for any figure about it.
    """
    least = evidence.config.thresholds
    if sample < max(least.users, least.conversations):
        raise ConfigError(
            f"--sample {sample}: every figure needs {least.conversations} conversations of {least.users} users at "
            f"least, so that nothing could be told of it. Take {2 * max(least.users, least.conversations)} or more."
        )
    plan, judge, items = Plan(), JudgeOf(prompts), evidence.items
    why = items if isinstance(items, str) else None
    if not isinstance(items, str) and "texts" in evidence.gone:
        why = "The vault no longer holds the facet texts, which a judge would read."
    elif not isinstance(items, str) and not evidence.enough(np.arange(len(items), dtype=np.int64)):
        why = "There are too few people for any figure about them."
    if why is not None or isinstance(items, str):
        if human is not None:
            raise ConfigError(f"--human {human} cannot be compared with anything. {why}")
        for name in _OF_ITEMS:
            plan.say(not_measured(name, QUESTIONS[name], why or ""))
        uniqueness(plan, evidence, embedder, judge, sample)
        return plan
    cases = Cases.of(evidence, items, sample, seed)
    fits(plan, cases, judge)
    uniqueness(plan, evidence, embedder, judge, sample)
    name_faithfulness(plan, cases, judge)
    facet_faithfulness(plan, cases, judge, Redaction(evidence.config, elsewhere=elsewhere))
    auditors_rate(plan, cases, prompts)
    self_agreement(plan, cases, judge)
    if human is not None:
        human_agreement(plan, cases, judge, read_human(human, cases))
    return plan
