"""Everything that a judge is asked, collected before anything is: equal questions once, all in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clioscope.evaluation.evidence import Evidence, about
from clioscope.evaluation.intervals import wilson
from clioscope.evaluation.judged.questions import Answers, Begin, Key
from clioscope.evaluation.measure import Line, Measure, line

Conclude = Callable[[Answers], Measure]


@dataclass
class Plan:
    """Questions by key, and what is concluded from their answers."""

    questions: dict[Key, Begin] = field(default_factory=dict)
    conclusions: list[Conclude] = field(default_factory=list)

    def add(self, questions: Mapping[Key, Begin], conclude: Conclude) -> None:
        """Ask ``questions``, where nobody does yet, and then conclude."""
        for key, begin in questions.items():
            self.questions.setdefault(key, begin)
        self.conclusions.append(conclude)

    def say(self, measure: Measure) -> None:
        """Conclude something that nothing has to be asked for."""
        self.conclusions.append(lambda _: measure)

    def concluded(self, results: Sequence[Any]) -> list[Measure]:
        """The measures, from one result a question in their order."""
        answers = dict(zip(self.questions, results, strict=True))
        return [conclude(answers) for conclude in self.conclusions]


def rate(
    what: str,
    said: Mapping[int, bool | None],
    evidence: Evidence,
    *,
    noun: str = "conversations",
    chance: float | None = None,
) -> Line:
    """How often something was said of items, with Wilson's interval. Withheld where too few people are behind it.

    Parameters
    ----------
    said
        By item; ``None`` where there was no usable answer.
    """
    told = {item: value for item, value in said.items() if value is not None}
    if said and not told:
        return Line(what, None, of="The judge gave no usable answer.", share=True)
    if not evidence.enough(np.array(sorted(told), dtype=np.int64)):
        return Line(what, None, of="Too few people are behind this figure for it to be told.", share=True)
    return line(what, wilson(sum(told.values()), len(told)), of=about(len(told), noun), chance=chance, share=True)


def unanswered(answers: Sequence[Any]) -> list[str]:
    """A sentence where some questions had no usable answer."""
    without = sum(answer is None for answer in answers)
    if not without:
        return []
    return [f"{about(without, 'questions').capitalize()} had no usable answer and are left out."]
