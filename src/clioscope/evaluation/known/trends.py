"""Whether topics that grow and shrink are seen to do so in what is published."""

from __future__ import annotations

import numpy as np

from clioscope.evaluation.evidence import Rows
from clioscope.evaluation.intervals import wilson
from clioscope.evaluation.known.aligned import Aligned
from clioscope.evaluation.known.topics import nearest_level
from clioscope.evaluation.measure import Measure, line, not_measured
from clioscope.evaluation.rules import QUESTIONS, judged

_BY_TIME = ("month", "week")


def trends_found(known: Aligned) -> Measure:
    """Of the topics that grow or shrink, how many are in a cluster whose published figures do so too."""
    moving = {key: trend for key, trend in known.truth.trends.items() if trend != "flat"}
    by_time = next((name for name in _BY_TIME if name in known.evidence.atlas.attributes), None)
    if by_time is None:
        return not_measured("trends", QUESTIONS["trends"], "The atlas has no figures by month or week.")
    topics, names = known.codes(lambda of: of.topic)
    at = nearest_level(known, len(names))
    right = wrong = untold = 0
    for key, trend in moving.items():
        if key not in names or not known.evidence.enough(np.flatnonzero(topics == names.index(key))):
            continue
        seen = _direction(known, at, by_time, topics == names.index(key))
        if seen is None:
            untold += 1
        elif seen == trend:
            right += 1
        else:
            wrong += 1
    if not right + wrong + untold:
        return not_measured("trends", QUESTIONS["trends"], "No topic that grows or shrinks is large enough.")
    share = wilson(right, right + wrong + untold)
    notes = [
        (
            f"By {by_time}, at level {at}, of the cluster that shares most with the topic: whether its part of "
            f"everything published is larger in the second half of the time than in the first, over the periods of "
            f"which its figure is released. {wrong} went the other way; of {untold} too little is published to tell."
        )
    ]
    return judged("trends", [line("seen", share, of=f"{right + wrong + untold} topics", share=True)], notes=notes)


def _direction(known: Aligned, level: int, by_time: str, mine: Rows) -> str | None:
    labels = known.items.labels[level]
    within = np.bincount(labels[mine], minlength=len(known.items.sums[level]))
    sizes = known.items.sizes[level]
    best = int((2 * within / (sizes + mine.sum())).argmax())
    cluster = known.evidence.levels[level].get(best)
    if cluster is None:
        return None
    whole = {cell.value: cell.conversations for cell in known.evidence.atlas.counts(by_time)}
    part = {cell.value: cell.conversations for cell in known.evidence.atlas.counts(by_time, cluster)}
    periods = sorted(whole)
    halves = [periods[: len(periods) // 2], periods[(len(periods) + 1) // 2 :]]
    # What is withheld is not nothing: shares are of the periods of which the cluster's figure is released.
    told = [[period for period in half if period in part] for half in halves]
    if not all(told):
        return None
    first, second = (
        sum(part[period] for period in half) / max(1, sum(whole[period] for period in half)) for half in told
    )
    return None if first == second else "rising" if second > first else "falling"
