"""The auditor: a model that scores texts for what could identify a person; low ones are rewritten, or else withheld.

It is one layer. What it passes has also passed the thresholds, and what it misses is why there are thresholds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, NamedTuple

from pydantic import StringConstraints

from clioscope.models.judge import Work
from clioscope.prompting import AnswerModel, Prompts, Unanswered, ask
from clioscope.prompting.asking import Question


class Audited(NamedTuple):
    """What came of one text.

    Parameters
    ----------
    text
        As it may be used; ``None`` where it is withheld.
    score
        1 to 5 at first; 0 where the auditor gave no usable answer, which counts as the lowest.
    reason
        The auditor's. Stays in the vault.
    rewritten
        Whether ``text`` is not the one that was given.
    """

    text: str | None
    score: int
    reason: str
    rewritten: bool


class _Score(AnswerModel):
    reason: Annotated[str, StringConstraints(max_length=600)]
    score: Literal[1, 2, 3, 4, 5]


class _Rewriting(AnswerModel):
    text: Annotated[str, StringConstraints(min_length=1, max_length=800)]


class Auditor:
    """Scores texts.

    Parameters
    ----------
    below
        Texts that score lower are rewritten once, and withheld if they still do.
    """

    PROMPTS = ("audit", "rewrite", "repair")
    SCORING = ("audit", "repair")
    _AUDIT = Question("audit", "audit", 200, 0.05)
    _REWRITE = Question("audit", "rewrite", 400, 0.2)

    def __init__(self, prompts: Prompts, below: int) -> None:
        self._prompts, self._below = prompts, below

    def audit(self, text: str, kind: str, form: Callable[[str], str] = str) -> Work[Audited]:
        """Score ``text``, which is a ``kind`` such as "the name of a group of conversations".

        ``form`` brings a text that was written again into the form of the first, or raises :class:`ValueError`.
        """
        first = yield from self.score(text, kind)
        if first.score >= self._below:
            return Audited(text, first.score, first.reason, rewritten=False)
        if not first.score:  # the auditor said nothing that could be mended
            return first
        return (yield from self.rewrite(text, kind, first, form))

    def rewrite(self, text: str, kind: str, found: Audited, form: Callable[[str], str] = str) -> Work[Audited]:
        """Have a text that scored too low, for the reason that was ``found``, written again, and score that."""
        better = yield from ask(self._prompts, self._REWRITE, _Rewriting, text=text, reason=found.reason, kind=kind)
        if isinstance(better, Unanswered):
            return found._replace(text=None)
        try:
            again = form(better.text)
        except ValueError:
            return found._replace(text=None)
        second = yield from self.score(again, kind)
        kept = again if second.score >= self._below else None
        return Audited(kept, found.score, found.reason, rewritten=kept is not None)

    def score(self, text: str, kind: str) -> Work[Audited]:
        """Score ``text`` and leave it as it is, however low; its score is 0 where there is no usable answer."""
        answer = yield from ask(self._prompts, self._AUDIT, _Score, text=text, kind=kind)
        if isinstance(answer, Unanswered):
            return Audited(None, 0, answer.reason, rewritten=False)
        return Audited(text, answer.score, answer.reason, rewritten=False)
