"""Writing the report of an evaluation, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clioscope.evaluation.evaluating import EVALUATIONS, Evaluation
from clioscope.evaluation.measure import Line, Measure, Standing
from clioscope.evaluation.rules import shown, whole_percents
from clioscope.reporting import rendered, write_folder
from clioscope.version import __version__

STANDINGS: dict[Standing, str] = {
    "good": "Good",
    "fair": "Fair",
    "weak": "Weak",
    "told": "Told",
    "not measured": "Not measured",
}
"""As people read them."""


def write_report(run: Path, evaluation: Evaluation) -> Path:
    """Write ``evaluation.json``, ``.html`` and ``.md`` into a new folder under ``RUN/evaluation``, and return that."""
    values = as_json(evaluation)
    told = rendered(
        "clioscope.evaluation.report", "evaluation", **values, standings=STANDINGS, names=titles(evaluation)
    )
    texts = {"evaluation.json": json.dumps(values, indent=2, ensure_ascii=False) + "\n"}
    texts |= {f"evaluation.{ending}": text for ending, text in told.items()}
    return write_folder(run / EVALUATIONS, evaluation.made, texts)


def as_json(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON can hold it: shares from 0 to 1, intervals of 95%, everything rounded."""
    return {
        "clioscope": __version__,
        "run": evaluation.run,
        "made": evaluation.made.isoformat(timespec="seconds"),
        "seed": evaluation.seed,
        "atlases": evaluation.atlases,
        "judge": evaluation.judge,
        "sample": evaluation.sample,
        "summary": list(summary(evaluation)),
        "to_try": [{"measure": title, "advice": advice} for title, advice in to_try(evaluation)],
        "notes": list(evaluation.notes),
        "measures": [_measure(measure) for measure in evaluation.measures],
    }


def titles(evaluation: Evaluation) -> list[str]:
    """What each measure is called: with its hierarchy, where there are several."""
    several = len(evaluation.atlases) > 1
    return [f"{measure.name} ({measure.facet})" if several else measure.name for measure in evaluation.measures]


def summary(evaluation: Evaluation) -> Iterator[str]:
    """What is good, what is fair, what is weak: a sentence each."""
    called = list(zip(titles(evaluation), evaluation.measures, strict=True))
    for standing, word in STANDINGS.items():
        names = [title for title, measure in called if measure.standing == standing]
        if names:
            yield f"{word}: {', '.join(names)}."


def to_try(evaluation: Evaluation) -> list[tuple[str, str]]:
    """What to try for each measure that is not good, the weak ones first."""
    called = [pair for pair in zip(titles(evaluation), evaluation.measures, strict=True) if pair[1].advice]
    called.sort(key=lambda pair: pair[1].standing != "weak")
    return [(title, measure.advice) for title, measure in called]


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "measure": measure.name,
        "facet": measure.facet,
        "question": measure.question,
        "standing": measure.standing,
        "sentence": measure.sentence,
        "rule": measure.rule,
        "advice": measure.advice,
        "figures": [_line(line) for line in measure.lines],
        "notes": list(measure.notes),
        "listed": None
        if measure.listed is None
        else {"header": list(measure.listed.header), "rows": [list(row) for row in measure.listed.rows]},
    }


def _line(line: Line) -> dict[str, Any]:
    chance = "" if line.chance is None else whole_percents(line.chance)
    values = line._asdict() | {"told": shown(line), "chance_told": chance}
    return values | {"chance": None if line.chance is None else round(line.chance, 3)}
