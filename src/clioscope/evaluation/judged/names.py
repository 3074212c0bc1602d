"""Whether names set clusters apart: from each other, and their members from those of neighbours."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from clioscope.atlas import Cluster
from clioscope.embeddings import Embedder
from clioscope.evaluation.evidence import Evidence, is_named, number_of
from clioscope.evaluation.geometry.names import Pair, nearest_pairs
from clioscope.evaluation.intervals import wilson
from clioscope.evaluation.judged.cases import Cases
from clioscope.evaluation.judged.plan import Plan, rate, unanswered
from clioscope.evaluation.judged.questions import Answers, Begin, JudgeOf, Key
from clioscope.evaluation.measure import Line, Listed, Measure, line, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged

_NEIGHBOURS, _TEXTS = 5, 4
"""Clusters that other texts are from, and texts that a judge picks from: guessing is right once in four."""

_LISTED = 20


def uniqueness(plan: Plan, evidence: Evidence, embedder: Embedder, judge: JudgeOf, most: int) -> None:
    """Plan the comparison of the nearest pairs of clusters of each level."""
    pairs: dict[int, list[Pair]] = {}
    for level, clusters in enumerate(evidence.levels):
        named = [cluster for cluster in clusters.values() if is_named(cluster)]
        if len(named) > 1:
            vectors = embedder.embed([f"{cluster.name}. {cluster.description}" for cluster in named])
            pairs[level] = nearest_pairs(named, vectors)[:most]
    if not pairs:
        plan.say(not_measured("uniqueness", QUESTIONS["uniqueness"], "No level has two clusters with names."))
        return
    questions: dict[Key, Begin] = {
        ("distinct", pair.one.id, pair.other.id): partial(judge.distinct, pair.one, pair.other)
        for some in pairs.values()
        for pair in some
    }
    plan.add(questions, partial(_unique, pairs))


def _unique(pairs: dict[int, list[Pair]], answers: Answers) -> Measure:
    lines: list[Line] = []
    rows: list[list[str]] = []
    every: list[str | None] = []
    for level, some in pairs.items():
        said = [(pair, answers["distinct", pair.one.id, pair.other.id]) for pair in some]
        every += [answer for _, answer in said]
        told = [answer for _, answer in said if answer is not None]
        if told:
            share = wilson(told.count("different"), len(told))
            lines.append(line(f"level {level}", share, of=f"{len(told):,} pairs", share=True))
        else:
            lines.append(Line(f"level {level}", None, of="The judge gave no usable answer.", share=True))
        rows += [
            [pair.one.id, pair.one.name, pair.other.id, pair.other.name, answer]
            for pair, answer in said
            if answer in ("overlapping", "same")
        ]
    notes = ["Each cluster is compared with the one of its level whose name and description are nearest, by embedding."]
    listed = Listed(["id", "name", "id", "name", "they are"], rows[:_LISTED]) if rows else None
    return judged("uniqueness", lines, notes=notes + unanswered(every), listed=listed)


class _Trial(NamedTuple):
    item: int
    cluster: Cluster
    others: list[int]


def name_faithfulness(plan: Plan, cases: Cases, judge: JudgeOf) -> None:
    """Plan picking a member of a cluster, by the cluster's name, among members of its neighbours."""
    trials = [trial for item in cases.drawn.tolist() if (trial := _trial(cases, item)) is not None]
    if not trials:
        why = "Too few clusters have names, or neighbours of other people, to tell their members by."
        plan.say(not_measured("name faithfulness", QUESTIONS["name faithfulness"], why))
        return
    wanted = np.unique([item for trial in trials for item in (trial.item, *trial.others)]).astype(np.int64)
    texts = cases.texts(wanted)
    questions: dict[Key, Begin] = {}
    right: dict[int, int] = {}
    for trial in trials:
        shown = [trial.item, *trial.others]
        cases.random("pick", trial.item).shuffle(shown)
        right[trial.item] = shown.index(trial.item)
        questions["pick", trial.item] = partial(judge.pick, trial.cluster, [texts[item] for item in shown])
    plan.add(questions, partial(_told_by_name, cases, right))


def _told_by_name(cases: Cases, right: dict[int, int], answers: Answers) -> Measure:
    said = {item: None if (a := answers["pick", item]) is None else a == place for item, place in right.items()}
    notes = [
        (
            f"One member and {_TEXTS - 1} texts of the {_NEIGHBOURS} nearest clusters, of other people. The judge sees "
            f"the name alone. Guessing gives {1 / _TEXTS:.0%}."
        )
    ]
    line = rate("members told by the name", said, cases.evidence, chance=1 / _TEXTS)
    return judged("name faithfulness", [line], notes=notes + unanswered(list(said.values())))


def _trial(cases: Cases, item: int) -> _Trial | None:
    cluster, items = cases.cluster(item, 0), cases.items
    if cluster is None:
        return None
    centroids = items.centroids[0]
    own = number_of(cluster)
    order = np.argsort(-(centroids @ centroids[own]).round(4), kind="stable")
    near = [number for number in order.tolist() if number != own][:_NEIGHBOURS]
    chance = cases.random("others", item)
    taken, others = {int(items.owners[item])}, list[int]()
    inside = np.flatnonzero(np.isin(items.labels[0], near))
    for other in chance.sample(inside.tolist(), min(len(inside), 40)):
        if len(others) < _TEXTS - 1 and int(items.owners[other]) not in taken:
            taken.add(int(items.owners[other]))
            others.append(other)
    return _Trial(item, cluster, others) if len(others) == _TEXTS - 1 else None
