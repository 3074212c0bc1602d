"""Whether facet texts are true of their conversations, and how many texts the auditor passes."""

from __future__ import annotations

from functools import partial

import numpy as np

from clioscope.conversation import Conversation
from clioscope.evaluation.evidence import Rows, is_named
from clioscope.evaluation.intervals import wilson
from clioscope.evaluation.judged.cases import Cases
from clioscope.evaluation.judged.plan import Plan, rate, unanswered
from clioscope.evaluation.judged.questions import Answers, Begin, JudgeOf, Key
from clioscope.evaluation.measure import Line, Measure, line, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged
from clioscope.facets.excerpt import excerpt
from clioscope.models.judge import Work, owned
from clioscope.pipeline.redacting import Redaction
from clioscope.privacy.auditor import Auditor
from clioscope.prompting import Prompts
from clioscope.vault import Parts, conversations_in

_NO_EXTRACTION = (
    "Withhold more before publishing (--audit-below, higher), or have a model audit what is published "
    "(--model audit=PROVIDER/MODEL)."
)
_NAME, _DESCRIPTION = "the name of a group of conversations", "the description of a group of conversations"


def facet_faithfulness(plan: Plan, cases: Cases, judge: JudgeOf, redaction: Redaction) -> None:
    """Plan the comparison of facet texts with their conversations, which are redacted as for extraction."""
    name, evidence = "facet faithfulness", cases.evidence
    if "extract" not in evidence.config.models:
        why = "The facet texts are the beginning of what people wrote: there is nothing to compare."
        plan.say(not_measured(name, QUESTIONS[name], why))
        return
    if "raw" in evidence.gone:
        why = "The vault no longer holds the conversations, which the facet texts would be compared with."
        plan.say(not_measured(name, QUESTIONS[name], why))
        return
    rows = cases.items.conversations[cases.drawn]
    conversations = _conversations(evidence.run.conversations, np.unique(rows))
    questions: dict[Key, Begin] = {}
    for item, row in zip(cases.drawn.tolist(), rows.tolist(), strict=True):
        shown, _ = redaction.shown(conversations[row])
        messages = excerpt(shown, evidence.config.conversation_tokens)
        questions["faithful", item] = _owned(
            partial(judge.faithful, messages, cases.said[item], evidence.facet), cases.owner(item)
        )
    plan.add(questions, partial(_faithful, cases))


def _faithful(cases: Cases, answers: Answers) -> Measure:
    said = {item: answers["faithful", item] for item in cases.drawn.tolist()}
    line = rate(f"facet {cases.evidence.facet}", said, cases.evidence)
    notes = ["The judge saw the conversation as the model that extracted did: redacted as the run was, and as long."]
    return judged("facet faithfulness", [line], notes=notes + unanswered(list(said.values())))


def auditors_rate(plan: Plan, cases: Cases, prompts: Prompts) -> None:
    """Plan the auditor's scores of facet texts, names and descriptions."""
    config, levels = cases.evidence.config, cases.evidence.levels
    auditor = Auditor(prompts, config.audit_below)
    of_model = "extract" in config.models
    kind = "a short summary of one conversation" if of_model else "the beginning of what a person wrote"
    questions: dict[Key, Begin] = {
        ("audit", item): _owned(partial(_score, auditor, cases.said[item], kind), cases.owner(item))
        for item in cases.drawn.tolist()
    }
    named = [cluster for level in levels for cluster in level.values() if is_named(cluster)]
    for cluster in named:
        questions["audit", cluster.id, _NAME] = partial(_score, auditor, cluster.name, _NAME)
        if cluster.description:
            questions["audit", cluster.id, _DESCRIPTION] = partial(_score, auditor, cluster.description, _DESCRIPTION)
    published = [key for key in questions if len(key) > 2]
    plan.add(questions, partial(_audited, cases, published))


def _score(auditor: Auditor, text: str, kind: str) -> Work[int | None]:
    return (yield from auditor.score(text, kind)).score or None


def _audited(cases: Cases, published: list[Key], answers: Answers) -> Measure:
    below, of_model = cases.evidence.config.audit_below, "extract" in cases.evidence.config.models
    said = {item: None if (s := answers["audit", item]) is None else s >= below for item in cases.drawn.tolist()}
    scores = [answers[key] for key in published]
    told = [score >= below for score in scores if score is not None]
    of = f"{len(told):,} names and descriptions"
    names = (
        line("names and descriptions", wilson(sum(told), len(told)), of=of, share=True)
        if told
        else Line("names and descriptions", None, of="There are none with an answer.", share=True)
    )
    texts = rate("facet texts", said, cases.evidence, noun="texts")
    lines = [texts, names] if of_model else [names, texts]
    notes = [
        f"The auditor's prompt, asked of the judge; a text passes with {below} or more of 5 (--audit-below of the run)."
    ]
    if not of_model:
        notes.append(
            "The facet texts are people's own words here and stay in the vault: readers see names and descriptions."
        )
    notes += unanswered([*said.values(), *scores])
    return judged("privacy of texts", lines, notes=notes, advice=None if of_model else _NO_EXTRACTION)


def _owned(begin: Begin, owner: str) -> Begin:
    return lambda: owned(begin(), owner)


def _conversations(parts: Parts, rows: Rows) -> dict[int, Conversation]:
    found: dict[int, Conversation] = {}
    start = 0
    for table in parts.read():
        inside = rows[(rows >= start) & (rows < start + table.num_rows)]
        found.update(zip(inside.tolist(), conversations_in(table.take(inside - start)), strict=True))
        start += table.num_rows
    return found
