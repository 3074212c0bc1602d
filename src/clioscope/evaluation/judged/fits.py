"""Whether conversations belong where they are: four of the five measures of LangChain's open-clio.

References
----------
LangChain, open-clio: partition relevance, hierarchical fit, best fit, exclusive fit (and uniqueness, in ``names.py``).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from clioscope.evaluation.judged.cases import MOST_SHOWN, Cases
from clioscope.evaluation.judged.plan import Plan, rate, unanswered
from clioscope.evaluation.judged.questions import Answers, Begin, Choice, JudgeOf, Key
from clioscope.evaluation.measure import Measure, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged
from clioscope.models.judge import owned

_UNNAMED = "Conversations of clusters without a name are left out."


def fits(plan: Plan, cases: Cases, judge: JudgeOf) -> None:
    """Plan partition relevance, hierarchical fit, best fit and exclusive fit."""
    levels = cases.evidence.atlas.levels
    if cases.evidence.config.areas:
        _belonging(plan, cases, judge, "area fit", [levels - 1])
        levels = max(1, levels - 1)
    else:
        why = "The run has no areas. The fit at the top level says whether conversations are in the right region."
        plan.say(not_measured("area fit", QUESTIONS["area fit"], why))
    _belonging(plan, cases, judge, "fit", list(range(levels)))
    _choosing(plan, cases, judge)


def belonging(cases: Cases, judge: JudgeOf, item: int, level: int, time: int) -> tuple[Key, Begin] | None:
    """The question whether an item belongs in its cluster; ``None`` where that has no name.

    An area is described as the owner of the run did.
    """
    found = cases.cluster(item, level)
    if found is None:
        return None
    own = {area.name: area.description for area in cases.evidence.config.areas}
    described = found.name in own and level == cases.evidence.atlas.levels - 1
    cluster = replace(found, description=own[found.name]) if described else found
    text, owner = cases.said[item], cases.owner(item)
    return ("belongs", item, level, time), lambda: owned(judge.belongs(text, cluster, yes_first=time == 0), owner)


def choosing(cases: Cases, judge: JudgeOf, item: int, time: int) -> tuple[Key, Begin] | None:
    """The question which cluster fits an item best; ``None`` where its own has no name, or is the only one."""
    if cases.cluster(item, 0) is None or len(cases.named) < 2:
        return None
    text, owner = cases.said[item], cases.owner(item)
    options = cases.shuffled(cases.options(item), item, time)
    return ("choose", item, time), lambda: owned(judge.choose(text, options), owner)


def _belonging(plan: Plan, cases: Cases, judge: JudgeOf, name: str, levels: list[int]) -> None:
    drawn = cases.drawn.tolist()
    asked = [belonging(cases, judge, item, level, 0) for level in levels for item in drawn]
    plan.add(dict(filter(None, asked)), partial(_belong, cases, name, levels))


def _belong(cases: Cases, name: str, levels: list[int], answers: Answers) -> Measure:
    found = {
        level: {item: answers[key] for item in cases.drawn.tolist() if (key := ("belongs", item, level, 0)) in answers}
        for level in levels
    }
    lines = [rate(f"level {level}", said, cases.evidence) for level, said in found.items()]
    told = [value for said in found.values() for value in said.values()]
    notes = [f"Asked of each conversation's facet text, with the name and the description of its cluster. {_UNNAMED}"]
    return judged(name, lines, notes=notes + unanswered(told))


def _choosing(plan: Plan, cases: Cases, judge: JudgeOf) -> None:
    asked = [choosing(cases, judge, item, 0) for item in cases.drawn.tolist()]
    questions = dict(filter(None, asked))
    if not questions:
        for name in ("best fit", "exclusive fit"):
            plan.say(not_measured(name, QUESTIONS[name], "Fewer than two base clusters have names."))
        return
    plan.add(questions, partial(_best, cases, "best fit"))
    plan.add({}, partial(_best, cases, "exclusive fit"))


def _best(cases: Cases, name: str, answers: Answers) -> Measure:
    found: dict[int, bool | None] = {}
    for item in cases.drawn.tolist():
        if ("choose", item, 0) not in answers:
            continue
        choice: Choice | None = answers["choose", item, 0]
        own = cases.cluster(item, 0)
        is_best = choice is not None and own is not None and choice.cluster == own.id
        found[item] = None if choice is None else is_best and (choice.alone or name == "best fit")
    shown = min(MOST_SHOWN, len(cases.named))
    line = rate("level 0", found, cases.evidence, chance=1 / shown if name == "best fit" else None)
    every = shown == len(cases.named)
    notes = [
        f"Chosen from all {shown} base clusters with names, shuffled."
        if every
        else f"Chosen, shuffled, from {shown} of the {len(cases.named):,} base clusters with names: its own and those "
        "nearest to its text. The others are further away, and were not shown."
    ]
    notes.append(_UNNAMED)
    if name == "exclusive fit":
        notes.append("It counts where its own cluster was chosen and no other was said to fit about as well.")
    return judged(name, [line], notes=notes + unanswered(list(found.values())))
