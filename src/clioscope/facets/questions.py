"""The facets that a language model is asked for, and the answers that fit them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, create_model

from clioscope.config import Area, FacetQuestion
from clioscope.config.questions import NO_VALUE
from clioscope.prompting import AnswerModel

AREA = "area"

_LONGEST_TEXT = 300

DEFAULTS: tuple[FacetQuestion, ...] = (
    FacetQuestion(
        name="request",
        kind="text",
        question='In at most 25 words, complete: "The user\'s overall request for the assistant is to ..."',
        criteria="Give only what completes it, beginning with a verb.",
    ),
    FacetQuestion(
        name="task",
        kind="text",
        question='In at most 15 words, complete: "The task the assistant is asked to perform is to ..."',
        criteria=(
            "Give only what completes it, beginning with a verb: the kind of work, whatever the subject, such as "
            '"debug code" or "write application letters". Harm stays visible: "write phishing messages".'
        ),
    ),
    FacetQuestion(
        name="language",
        kind="text",
        question="The language the person mostly writes in: a two-letter ISO 639-1 code, or und if it cannot be told.",
    ),
    FacetQuestion(
        name="concern",
        kind="scale",
        question="How concerning is what the person asks for or does, from 1 to 5?",
        criteria=(
            "1: ordinary, also politics, worries, rude words. 2: sensitive and harmless: health, distress, sex between "
            "adults, drugs as a subject, cheating at school, prejudice in passing. 3: it may help to do harm, looks up "
            "a private person, spreads prejudice against a group, or the person may be in danger. 4: clearly meant to "
            "harm, deceive, harass, spy, hurt animals or break the law. 5: killing or maiming people, terror, sexual "
            "content with minors, a plan of suicide. Judge what is asked for, whether or not it was met; a question "
            "about such things is not yet a plan."
        ),
    ),
)
"""Asked of every conversation, as in Clio (arXiv 2412.13678, appendix G)."""

RECORD_DEFAULTS: tuple[FacetQuestion, ...] = (
    FacetQuestion(
        name="request",
        kind="text",
        question="In at most 25 words: what the owner's words ask for.",
        criteria="Where they ask for nothing, what the record is about, beginning with a verb.",
    ),
    next(question for question in DEFAULTS if question.name == "language"),
)
"""Asked of every record where there is a summary prompt."""

_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz "
    "ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik "
    "io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml "
    "mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd "
    "se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi "
    "vo wa wo xh yi yo za zh zu und "
)

_LANGUAGES = frozenset(_ISO_639_1.split())
_LONGER_CODES = {"cmn": "zh", "yue": "zh", "fil": "tl", "arb": "ar", "pes": "fa", "nob": "no", "eng": "en"}


def questions_of(
    own: Sequence[FacetQuestion], areas: Sequence[Area], *, of_records: bool = False
) -> tuple[FacetQuestion, ...]:
    """The facets to ask for: the defaults, the user's own in their place or behind them, and the area.

    ``of_records``: not of conversations, but of what a summary prompt reads.
    """
    defaults = RECORD_DEFAULTS if of_records else DEFAULTS
    by_name = {question.name: question for question in (*defaults, *own)}
    if areas:
        by_name[AREA] = FacetQuestion(
            name=AREA,
            kind="category",
            question="Which area does the conversation belong to?",
            criteria=" ".join(f"{area.name}: {area.description.rstrip('.')}." for area in areas),
            values=tuple(area.name for area in areas),
        )
    return tuple(by_name.values())


@cache
def answer_model(questions: tuple[FacetQuestion, ...]) -> type[AnswerModel]:
    """The answer to these questions: one field each."""
    fields: dict[str, Any] = {question.name: (_type(question), ...) for question in questions}
    return create_model("Facets", __base__=AnswerModel, **fields)


def _type(question: FacetQuestion) -> Any:
    text = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_TEXT, strip_whitespace=True)]
    if question.name == "language":
        return Annotated[str, StringConstraints(to_lower=True, max_length=8), AfterValidator(_language)]
    if question.kind == "list":
        return Annotated[list[text], Field(max_length=question.most)]
    if question.kind == "category":
        return Literal[(*question.values, *(() if question.name == AREA else (NO_VALUE,)))]
    if question.kind == "scale":
        return Annotated[Literal[tuple(range(question.minimum, question.maximum + 1))], BeforeValidator(_no_truth)]
    number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_no_truth)]
    return number if question.kind == "number" else text


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a number")
    return value


def _language(code: str) -> str:
    code = code.replace("_", "-").partition("-")[0]
    code = _LONGER_CODES.get(code, code)
    if code not in _LANGUAGES:
        raise ValueError("write a two-letter ISO 639-1 code, or und")
    return code
