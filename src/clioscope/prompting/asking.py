"""One question to a model, checked, and asked once more where the answer does not fit."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, TypeVar

import orjson
from pydantic import ValidationError

from clioscope.config import Judgement
from clioscope.models.base import Answer, Request
from clioscope.models.judge import Failed
from clioscope.models.quoting import without_quotes
from clioscope.prompting.prompts import Prompts
from clioscope.prompting.schema import AnswerModel, portable_schema

M = TypeVar("M", bound=AnswerModel)

_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
_SHOWN = 1_500
"""Characters of a wrong answer that are shown to the model which has to mend it."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """No answer that fits, also after asking again.

    Parameters
    ----------
    reason
        ``truncated``, ``refused``, ``empty``, ``not JSON``, ``schema``, or the kind of failure of the call. In nobody's
        words, so that it can be shown.
    detail
        What was wrong, for the owner of the run: in the provider's words, unless these quote the request.
    """

    reason: str
    detail: str = ""


class Question(NamedTuple):
    """What is asked, beside the values of the prompt.

    Parameters
    ----------
    prompt
        A key of :data:`~clioscope.prompting.prompts.PROMPTS`.
    max_tokens
        Of the answer.
    """

    judgement: Judgement
    prompt: str
    max_tokens: int
    temperature: float


class _Problem(NamedTuple):
    """``detail``: as the model is told."""

    reason: str
    detail: str


_TOLD = {
    "refused": "the model declined to answer",
    "truncated": "the answer was cut off because it was too long",
    "empty": "the answer was empty",
    "not JSON": "the answer was not one JSON object",
}
"""As the owner of the run is told; else as the model was."""


def ask(
    prompts: Prompts, question: Question, model: type[M], **values: Any
) -> Generator[Request, Answer | Failed, M | Unanswered]:
    """Ask once, and once more where the answer does not fit.

    Parameters
    ----------
    model
        What the answer has to be.
    **values
        For the prompt.
    """
    schema = _schema(model)
    text = orjson.dumps(schema).decode()
    rendered = prompts.render(question.prompt, schema=text, **values)
    first = Request(
        question.judgement, rendered.system, rendered.user, schema, question.max_tokens, question.temperature
    )
    outcome = yield first
    if isinstance(outcome, Failed):
        return Unanswered(outcome.reason, without_quotes(outcome, first))
    checked = _checked(outcome, model)
    if not isinstance(checked, _Problem):
        return checked
    again = prompts.render("repair", schema=text, answer=outcome.text[:_SHOWN], problem=checked.detail)
    longer = 2 if checked.reason == "truncated" else 1
    second = Request(
        question.judgement,
        first.system,
        f"{first.user}\n\n{again.user}",
        schema,
        question.max_tokens * longer,
        question.temperature,
        repairs=checked.reason,
    )
    outcome = yield second
    if isinstance(outcome, Failed):
        return Unanswered(outcome.reason, without_quotes(outcome, second))
    mended = _checked(outcome, model)
    if not isinstance(mended, _Problem):
        return mended
    return Unanswered(mended.reason, _TOLD.get(mended.reason, mended.detail))


@cache
def _schema(model: type[AnswerModel]) -> dict[str, Any]:
    return portable_schema(model)


def _checked(answer: Answer, model: type[M]) -> M | _Problem:
    if answer.finish == "refusal":
        return _Problem("refused", "You declined. You are not asked to help with it, only to answer about it.")
    if answer.finish == "length":
        return _Problem("truncated", "It was cut off because it was too long.")
    if not answer.text.strip():
        return _Problem("empty", "It was empty.")
    try:
        return model.model_validate_json(_object_in(answer.text))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            return _Problem("not JSON", "It was not one JSON object.")
        if first["type"] == "extra_forbidden":
            # Its name is the model's own words, and may be a person's.
            return _Problem("schema", "It has a field that was not asked for.")
        field = ".".join(str(part) for part in first["loc"]) or "the object"
        return _Problem("schema", f"{field}: {first['msg']}.")


def _object_in(text: str) -> str:
    """What is no JSON from its first brace to its last, behind what a model thought: some set words around it."""
    try:
        orjson.loads(text)
        return text
    except orjson.JSONDecodeError:
        pass
    spoken = _THOUGHTS.sub("", text, count=1)
    found = _OBJECT.search(spoken)
    return found.group() if found else spoken
