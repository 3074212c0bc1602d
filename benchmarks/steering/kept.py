"""The kept requests and answers of the runs that were steered at, read without running anything."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.atlas import Atlas
from clioscope.models.base import Answer
from clioscope.models.folder import outcome_of
from clioscope.prompting.prompts import shipped

RECORDED = Path(__file__).parent / "recorded"
RUNS = ("facets", "names", "crowded")
FRAME = re.compile(r"<(data-\w+)>\n(.*?)\n</\1>", re.DOTALL)


class Exchange(NamedTuple):
    """What was shown in the first frame of a request, and what was answered."""

    shown: Any
    answer: dict[str, Any]


def exchanges(run: str) -> list[Exchange]:
    """All of one run, in the order in which they were asked."""
    requests, answers = (
        [json.loads(line) for line in gzip.decompress((RECORDED / run / f"{kind}.jsonl.gz").read_bytes()).splitlines()]
        for kind in ("requests", "answers")
    )
    answered = {row["custom_id"]: outcome_of(row) for row in answers}
    found = []
    for request in requests:
        outcome = answered[request["custom_id"]]
        frame = FRAME.search(request["body"]["messages"][1]["content"])
        assert isinstance(outcome, Answer), outcome
        assert frame is not None, request["custom_id"]
        found.append(Exchange(json.loads(frame[2]), json.loads(outcome.text)))
    return found


def facets(steering: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What was answered about each conversation, by its id."""
    asked = [one for one in exchanges("facets") if "concern" in one.answer]
    return {row["id"]: next(one.answer for one in asked if one.shown == row["messages"]) for row in steering}


def written() -> str:
    """Every name, description and proposal that was answered in any run, also what was mended or withheld later, and
    every one that was released.
    """
    texts = [
        text
        for run in RUNS
        for _, answer in exchanges(run)
        for text in (answer.get("name", ""), answer.get("description", ""), *answer.get("names", ()))
    ]
    for run in RUNS:
        texts += [text for one in Atlas.open(RECORDED / run / "atlas").walk() for text in (one.name, one.description)]
    return "\n".join(texts)


def members() -> set[str]:
    """What was shown as the words of a member to the model that names, without any facet between."""
    shown = (one.shown for run in ("names", "crowded") for one in exchanges(run))
    return {text for one in shown if isinstance(one, dict) for text in one.get("in_the_group", ())}


def changed() -> str:
    """Of the prompts that were asked, those that are otherwise now, by name."""
    then = json.loads((RECORDED / "prompts.json").read_text("utf-8"))
    return ", ".join(name for name in then if sha256(shipped(name).encode()).hexdigest() != then[name])
