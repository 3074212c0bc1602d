"""Having a language model write the conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from clioscope.conversation import Conversation, Message
from clioscope.models.judge import Work
from clioscope.prompting import AnswerModel, Prompts, Unanswered, ask
from clioscope.prompting.asking import Question
from clioscope.synth.grammar import language
from clioscope.synth.outlines import Outline

PROMPTS = ("synth", "repair")

_TOKENS, _TEMPERATURE = 900, 1.0
_LENGTHS = (2, 4, 6)


class _Message(AnswerModel):
    by: Literal["person", "assistant"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class _Written(AnswerModel):
    messages: Annotated[list[_Message], Field(min_length=2, max_length=8)]


def write_by_model(prompts: Prompts, outline: Outline, personal: Sequence[str]) -> Work[Conversation | Unanswered]:
    """The conversation, as a model writes it; see :func:`clioscope.synth.writing.write`."""
    topic = outline.topic
    given = {
        "the person wants": topic.name,
        "that is": topic.description,
        "language": language(outline.language).name,
        "messages": _LENGTHS[outline.words % len(_LENGTHS)],
        "variant": outline.words % 10_000,
        "personal": list(personal),
    }
    if outline.group is not None:  # its members ask for nearly the same
        given |= {"messages": 2, "variant": f"group {outline.group}, {outline.number}"}
    question = Question("extract", "synth", _TOKENS, _TEMPERATURE)
    answer = yield from ask(prompts, question, _Written, outline=given)
    if isinstance(answer, Unanswered):
        return answer
    messages = tuple(
        Message("user" if number % 2 == 0 else "assistant", message.text)
        for number, message in enumerate(answer.messages)
    )
    return Conversation(f"synth-{outline.number}", messages, outline.user, outline.time)
