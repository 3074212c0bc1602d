"""The facets that a language model answers, beside those that need none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import ValidationError

from clioscope.config import Config, FacetQuestion
from clioscope.config.questions import NO_VALUE, NOT_CLASSIFIED
from clioscope.conversation import Conversation
from clioscope.facets.bands import number_band
from clioscope.facets.base import FacetNames, Facets
from clioscope.facets.excerpt import excerpt, record_excerpt
from clioscope.facets.local import LocalExtractor
from clioscope.facets.questions import AREA, answer_model, questions_of
from clioscope.models.judge import Work
from clioscope.prompting import Prompts, Unanswered, ask
from clioscope.prompting.asking import Question
from clioscope.record_prompt import RecordPrompt

_TOKENS_A_FACET = 80
_LEAST_TOKENS = 120
_LANGUAGE = "language"


class _Shown(NamedTuple):
    """The values of a prompt, and whether they leave out some of the conversation."""

    material: dict[str, Any]
    cut: bool


class JudgedExtractor:
    """Asks a model every facet of one conversation, packed in one call or a call each.

    Parameters
    ----------
    config
        ``questions``, ``areas``, ``packed``, ``summary_prompt`` and ``conversation_tokens`` matter here, and what
        :class:`LocalExtractor` heeds.
    """

    def __init__(self, config: Config, prompts: Prompts) -> None:
        self._prompts = prompts
        self._tokens = config.conversation_tokens
        self._clustered = frozenset(config.cluster_by)
        self._local = LocalExtractor(config, with_language=False)
        self._record = RecordPrompt(config.summary_prompt) if config.summary_prompt else None
        self._prompt = "record" if self._record else "extract"
        self.questions = questions_of(config.questions, config.areas, of_records=self._record is not None)
        self._calls = [self.questions] if config.packed else [(question,) for question in self.questions]
        local = [name for name in self._local.names.categories if name != _LANGUAGE]
        self.names = FacetNames(
            texts=tuple(q.name for q in self.questions if q.kind == "text" and q.name != _LANGUAGE),
            lists=tuple(q.name for q in self.questions if q.kind == "list"),
            numbers=tuple(q.name for q in self.questions if q.kind == "number"),
            categories=(*(q.name for q in self.questions if _is_counted(q)), *local),
        )
        asked = [question.model_dump() for question in self.questions]
        version = prompts.version(self._prompt, "repair")
        self.name = (
            f"judged/2 {sorted(self._clustered)} {version} {config.packed} {self._tokens} {asked} {self._local.name}"
            + (f" {config.summary_prompt}" if config.summary_prompt else "")
            + ("" if config.packed else " each may fail")
        )

    def work(self, conversation: Conversation) -> Work[Facets]:
        """The facets of one conversation. It counts as failed where there is no answer to what is clustered."""
        local = self._local.extract([conversation])[0]
        shown = self._shown(conversation)
        answers: dict[str, Any] = {}
        missing: Unanswered | None = None
        unanswered: dict[str, tuple[str, str]] = {}
        for questions in self._calls:
            answer = yield from self._ask(shown.material, questions)
            if not isinstance(answer, Unanswered):
                answers.update(answer.model_dump())
            elif self._clustered.isdisjoint(question.name for question in questions):
                unanswered |= {question.name: (answer.reason, answer.detail) for question in questions}
            else:
                missing = answer
        return replace(self._facets(local, answers, missing), unanswered=unanswered, cut=shown.cut)

    def calls(self, conversation: Conversation) -> list[Work[Any]]:
        """What :meth:`work` asks, call by call; each gives :class:`Unanswered` where there is no usable answer."""
        material = self._shown(conversation).material
        return [self._ask(material, questions) for questions in self._calls]

    def is_facets(self, text: str) -> bool:
        """Whether an answer is what was asked for and nothing besides: closed values and phrases, no other words."""
        for questions in self._calls:
            try:
                answer_model(questions).model_validate_json(text)
            except ValidationError:
                continue
            return True
        return False

    def _shown(self, conversation: Conversation) -> _Shown:
        """What the prompt shows: the conversation, or the record in the owner's words."""
        if self._record is None:
            messages = excerpt(conversation, self._tokens)
            whole = [message.content for message in conversation.messages if message.content.strip()]
            return _Shown({"conversation": messages}, [message["content"] for message in messages] != whole)
        pieces = record_excerpt(self._record, conversation, self._tokens)
        values = {piece["column"]: piece["value"] for piece in pieces}
        said = zip(self._record.columns, conversation.messages, strict=True)
        return _Shown({"record": pieces}, any(values[column] != message.content for column, message in said))

    def _ask(self, material: dict[str, Any], questions: tuple[FacetQuestion, ...]) -> Any:
        tokens = max(_LEAST_TOKENS, _TOKENS_A_FACET * sum(q.most if q.kind == "list" else 1 for q in questions))
        question = Question("extract", self._prompt, tokens, 0.2)
        listed = [{"name": q.name, "question": _asked(q), "criteria": q.criteria} for q in questions]
        return (yield from ask(self._prompts, question, answer_model(questions), **material, facets=listed))

    def _facets(self, local: Facets, answers: dict[str, Any], missing: Unanswered | None) -> Facets:
        texts = {name: _text(answers.get(name)) for name in self.names.texts}
        lists = {name: _distinct(answers.get(name) or []) for name in self.names.lists}
        numbers = {name: answers.get(name) for name in self.names.numbers}
        categories: dict[str, str | None] = dict(local.categories)
        for question in self.questions:
            if _is_counted(question):
                categories[question.name] = _value(question, answers)
        failed = (None, None) if missing is None else (missing.reason, missing.detail)
        return Facets(texts, categories, local.turns, local.characters, lists, numbers, *failed)


def _asked(question: FacetQuestion) -> str:
    if question.kind == "list":
        return f"{question.question} At most {question.most} short phrases; an empty list where there are none."
    if question.kind == "category":
        none = "" if question.name == AREA else f' "{NO_VALUE}" where none of the others applies.'
        return f"{question.question} One of the values in the schema.{none}"
    return question.question if question.name == _LANGUAGE else f"{question.question}{_or_none(question)}"


def _or_none(question: FacetQuestion) -> str:
    own_text = question.kind == "text" and question.name not in ("request", "task")
    return f' "{NO_VALUE}" where nothing applies.' if own_text else ""


def _is_counted(question: FacetQuestion) -> bool:
    if question.kind == "number":
        return bool(question.bands)
    return question.kind in ("category", "scale") or question.name == _LANGUAGE


def _value(question: FacetQuestion, answers: dict[str, Any]) -> str:
    if question.name not in answers:
        return NOT_CLASSIFIED
    value = answers[question.name]
    return number_band(value, question.bands) if question.kind == "number" else str(value)


def _text(value: str | None) -> str | None:
    return None if value is None or value.strip().rstrip(".").lower() in ("", NO_VALUE, "n/a") else value


def _distinct(values: Sequence[str]) -> list[str]:
    first: dict[str, str] = {}
    for value in values:
        if _text(value):
            first.setdefault(value.casefold(), value)
    return list(first.values())
