"""How far the judge can be trusted: whether it agrees with itself, and with people."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from clioscope.errors import ConfigError
from clioscope.evaluation.agreement import kappa
from clioscope.evaluation.evidence import Rows, about, number_of
from clioscope.evaluation.intervals import Interval, around, wilson
from clioscope.evaluation.judged.cases import Cases
from clioscope.evaluation.judged.fits import belonging, choosing
from clioscope.evaluation.judged.plan import Plan
from clioscope.evaluation.judged.questions import Answers, JudgeOf
from clioscope.evaluation.measure import Line, Measure, line, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged

_RESAMPLES = 200
_A_CLUSTER = 5
"""Members that the judge is asked about, where people judged a whole cluster."""

_YES, _NO = {"yes", "y", "true", "1"}, {"no", "n", "false", "0"}


class Human(NamedTuple):
    """What people said: by the row of a conversation, and by the id of a cluster."""

    conversations: dict[int, bool]
    clusters: dict[str, bool]


def self_agreement(plan: Plan, cases: Cases, judge: JudgeOf) -> None:
    """Plan to ask again what was asked, with what the judge chooses from in another order."""
    drawn = cases.drawn.tolist()
    again = [choosing(cases, judge, item, 1) for item in drawn]
    again += [belonging(cases, judge, item, 0, 1) for item in drawn]
    questions = dict(filter(None, again))
    if not questions:
        why = "No cluster has a name, so that nothing was asked."
        plan.say(not_measured("judge's agreement", QUESTIONS["judge's agreement"], why))
        return
    plan.add(questions, partial(_with_itself, cases))


def _with_itself(cases: Cases, answers: Answers) -> Measure:
    lines = []
    for what, key in (("best fit", ("choose",)), ("belongs in its cluster", ("belongs", 0))):
        pairs = {}
        for item in cases.drawn.tolist():
            name, *level = key
            one, two = (answers.get((name, item, *level, time)) for time in (0, 1))
            if one is not None and two is not None:
                pairs[item] = (_plain(one), _plain(two))
        if pairs:
            lines += _lines(what, pairs, cases)
    if not lines:
        return not_measured("judge's agreement", QUESTIONS["judge's agreement"], "The judge gave no usable answers.")
    notes = (
        (
            "Kappa takes out what two that answer by chance would agree on; raw agreement does not. Where nearly all "
            "answers are the same, kappa is low or uncertain even if few differ."
        ),
    )
    return judged("judge's agreement", lines, notes=notes)


def read_human(path: Path, cases: Cases) -> Human:
    """Read a CSV file of ids and yes or no, one a line, a heading or none.

    An id of a base cluster, such as ``0-12``, says whether its name is right; any other is that of a conversation, and
    says whether that belongs in its base cluster.

    Raises
    ------
    ConfigError
        It cannot be read; the sentence says in which line. No id is told.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [
                (reader.line_num, row) for reader in [csv.reader(file)] for row in reader if any(map(str.strip, row))
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"--human {path} cannot be read ({error}). Give a CSV file of ids and yes or no.") from None
    clusters = {cluster.id for cluster in cases.evidence.levels[0].values()}
    known: dict[str, int] = {}
    for part in cases.evidence.run.conversations.read(["id"]):
        known.update(zip(part["id"].to_pylist(), itertools.count(len(known)), strict=False))
    found = Human({}, {})
    for number, (line_number, row) in enumerate(rows):
        said = row[-1].strip().casefold()
        if said not in _YES | _NO or len(row) < 2:
            if number == 0:
                continue  # a heading
            raise ConfigError(f"--human {path}, line {line_number}: write an id, a comma, and yes or no.")
        identifier = row[0].strip()
        if identifier in clusters:
            found.clusters[identifier] = said in _YES
        elif identifier in known:
            found.conversations[known[identifier]] = said in _YES
        else:
            raise ConfigError(
                f"--human {path}, line {line_number}: the run has no conversation and no base cluster of that id."
            )
    if not found.conversations and not found.clusters:
        raise ConfigError(f"--human {path} holds no answers: write an id, a comma, and yes or no in each line.")
    return found


def human_agreement(plan: Plan, cases: Cases, judge: JudgeOf, human: Human) -> None:
    """Plan to ask the judge what people were asked."""
    labels = cases.items.labels[0]
    wanted = {
        item: human.conversations[row]
        for item, row in enumerate(cases.items.conversations.tolist())
        if row in human.conversations
    }
    members: dict[str, Rows] = {}
    for identifier in human.clusters:
        cluster = cases.evidence.atlas.cluster(identifier)
        inside = np.flatnonzero(labels == number_of(cluster)).tolist()
        drawn = cases.random("members", identifier).sample(inside, min(_A_CLUSTER, len(inside)))
        members[identifier] = np.array(sorted(drawn), dtype=np.int64)
    every = np.unique(np.concatenate([np.array(sorted(wanted), dtype=np.int64), *members.values()]))
    asked = Cases(cases.evidence, cases.items, every, cases.seed)
    questions = dict(filter(None, (belonging(asked, judge, item, 0, 0) for item in every.tolist())))
    plan.add(questions, partial(_with_people, asked, wanted, human.clusters, members))


def _with_people(
    cases: Cases,
    wanted: Mapping[int, bool],
    clusters: Mapping[str, bool],
    members: Mapping[str, Rows],
    answers: Answers,
) -> Measure:
    pairs = {
        item: (said, judged_)
        for item, said in wanted.items()
        if (judged_ := answers.get(("belongs", item, 0, 0))) is not None
    }
    lines: list[Line] = []
    if pairs:
        lines += _lines("conversations", pairs, cases)
    of_clusters = []
    for identifier, said in clusters.items():
        told = [a for i in members[identifier].tolist() if (a := answers.get(("belongs", i, 0, 0))) is not None]
        if told:
            of_clusters.append((said, sum(told) * 2 > len(told)))
    if of_clusters:
        lines += _of_pairs("clusters", of_clusters, f"{len(of_clusters):,} clusters")
    if not lines:
        why = "The judge gave no usable answer to what people were asked, or no cluster of theirs has a name."
        return not_measured("human agreement", QUESTIONS["human agreement"], why)
    notes = (f"Of a cluster the judge says yes where most of up to {_A_CLUSTER} of its members belong in it.",)
    return judged("human agreement", lines, notes=notes)


def _lines(what: str, pairs: Mapping[int, tuple[object, object]], cases: Cases) -> list[Line]:
    if not cases.evidence.enough(np.array(sorted(pairs), dtype=np.int64)):
        return [Line(f"{what}, kappa", None, of="Too few people are behind this figure for it to be told.")]
    return _of_pairs(what, list(pairs.values()), about(len(pairs), "conversations"))


def _of_pairs(what: str, pairs: Sequence[tuple[object, object]], of: str) -> list[Line]:
    one, two = [repr(first) for first, _ in pairs], [repr(second) for _, second in pairs]
    same = sum(first == second for first, second in zip(one, two, strict=True))
    return [
        line(f"{what}, kappa", _kappa(one, two), of=of, least=-1),
        line(f"{what}, raw agreement", wilson(same, len(pairs)), of=of, share=True),
    ]


def _kappa(one: Sequence[str], two: Sequence[str]) -> Interval:
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(one), len(one)).tolist() for _ in range(_RESAMPLES)]
    return around(kappa(one, two).kappa, [kappa([one[i] for i in d], [two[i] for i in d]).kappa for d in draws])


def _plain(answer: object) -> object:
    return getattr(answer, "cluster", answer)
