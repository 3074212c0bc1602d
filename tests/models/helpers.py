"""Works to try a judge with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints

from clioscope.models.judge import Work
from clioscope.models.judges import Calls, Judges
from clioscope.prompting import AnswerModel, Prompts, Unanswered, ask
from clioscope.prompting.asking import Question
from clioscope.testing import ModelServer

PROMPTS = Prompts(b"s" * 32)
QUESTION = Question("audit", "audit", 200, 0.0)


class Scored(AnswerModel):
    reason: Annotated[str, StringConstraints(max_length=200)]
    score: Literal[1, 2, 3, 4, 5]
    colour: Literal["red", "green"]


def work(text: str) -> Work[Scored | Unanswered]:
    return (yield from ask(PROMPTS, QUESTION, Scored, text=text, kind="a line"))


def works(count: int, start: int = 0) -> Callable[[], Iterable[Work[Scored | Unanswered]]]:
    return lambda: (work(f"question number {i} about bread") for i in range(start, start + count))


def opened(folder: Path, server: ModelServer, calls: Calls | None = None, model: str = "openai/double") -> Judges:
    suffix = "/v1" if model.startswith("openai") else ""
    calls = calls or Calls(timeout=30.0, patience=20.0)
    settled = Calls(**{**vars(calls), "base_url": server.url + suffix})
    return Judges({"audit": model}, settled, folder / "answers.sqlite", folder / "waves.sqlite", lambda _: None)
