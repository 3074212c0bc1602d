"""Schemas: closed, and made of nothing but what every provider takes."""

from __future__ import annotations

import copy
from enum import Enum
from typing import Annotated, Any, Literal

import orjson
import pytest
from anthropic import transform_schema
from hypothesis import given
from hypothesis import strategies as st
from openai.lib._pydantic import _ensure_strict_json_schema
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from clioscope.config import FacetQuestion
from clioscope.facets.questions import DEFAULTS, answer_model
from clioscope.hierarchy.answers import choice_model, names_model
from clioscope.naming.judged import Title
from clioscope.privacy.auditor import _Rewriting, _Score
from clioscope.prompting import AnswerModel
from clioscope.prompting.schema import portable_schema

TAKEN_BY_ALL = {"type", "enum", "properties", "required", "additionalProperties", "items", "anyOf", "description"}


def question(name: str, kind: Any, **more: Any) -> FacetQuestion:
    return FacetQuestion(name=name, kind=kind, question="What is it?", **more)


OWN = (
    question("goals", "list", most=3),
    question("mood", "category", values=("calm", "angry")),
    question("effort", "scale", minimum=0, maximum=3),
    question("hours", "number"),
    question("title", "text"),
    question("properties", "text"),
    question("required", "text"),
)
FACETS = answer_model((*DEFAULTS, *OWN))


class Mood(Enum):
    calm = "calm"
    angry = "angry"


class Part(BaseModel):
    word: Annotated[str, StringConstraints(pattern="^a", min_length=1, max_length=9)] = "a"
    times: Annotated[int, Field(ge=1, le=3)] = 1


class Everything(AnswerModel):
    only: Literal["this"]
    parts: Annotated[list[Part], Field(min_length=1, max_length=2)]
    maybe: Part | None = None
    moods: list[Mood] = Field(default_factory=list)


MODELS = [FACETS, names_model(2, 5), choice_model(3), Title, _Score, _Rewriting, Everything]


def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", [])]
    inner += [node["items"]] if "items" in node else []
    return [node, *(found for one in inner for found in nodes(one))]


@pytest.mark.parametrize("model", MODELS)
def test_a_schema_is_closed_and_holds_only_keywords_that_every_provider_takes(model: type[BaseModel]) -> None:
    schema = portable_schema(model)
    assert list(schema["properties"]) == list(model.model_fields)
    for node in nodes(schema):
        assert set(node) <= TAKEN_BY_ALL
        assert "anyOf" in node or "type" in node
        if node.get("type") == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False
        if node.get("type") == "array":
            assert "items" in node


@pytest.mark.parametrize("model", MODELS)
def test_the_libraries_of_both_providers_find_nothing_to_change(model: type[BaseModel]) -> None:
    schema = portable_schema(model)
    strict = copy.deepcopy(schema)
    assert _ensure_strict_json_schema(strict, path=(), root=strict) == schema
    untyped = copy.deepcopy(schema)
    for node in nodes(untyped):
        if "enum" in node:  # Anthropic's library leaves out the type of what is enumerated
            del node["type"]
    assert transform_schema(copy.deepcopy(schema)) == untyped


def test_choices_are_in_the_schema_and_limits_are_not() -> None:
    properties = portable_schema(FACETS)["properties"]
    assert properties["mood"] == {"enum": ["calm", "angry", "none"], "type": "string"}
    assert properties["effort"] == {"enum": [0, 1, 2, 3], "type": "integer"}
    assert properties["goals"] == {"items": {"type": "string"}, "type": "array"}
    assert properties["title"] == {"type": "string"}
    nested = portable_schema(Everything)["properties"]
    assert nested["only"] == {"type": "string", "enum": ["this"]}
    assert nested["parts"]["items"]["properties"] == {"word": {"type": "string"}, "times": {"type": "integer"}}


def fitting(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the schema allows, short and not blank, as no schema can say."""
    if "enum" in node:
        return st.sampled_from(node["enum"])
    if node["type"] == "object":
        return st.fixed_dictionaries({name: fitting(inner) for name, inner in node["properties"].items()})
    if node["type"] == "array":
        return st.lists(fitting(node["items"]), max_size=3)
    if node["type"] == "number":
        return st.floats(allow_nan=False, allow_infinity=False)
    return st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=40)


@given(fitting(portable_schema(answer_model(OWN))))
def test_what_the_schema_allows_is_an_answer_and_comes_back_unchanged(value: dict[str, Any]) -> None:
    read = answer_model(OWN).model_validate_json(orjson.dumps(value))
    assert read.model_dump() == value
    assert answer_model(OWN).model_validate_json(read.model_dump_json()) == read


GOOD = {"goals": ["bake"], "mood": "calm", "effort": 2, "hours": 1.5, "title": "a", "properties": "b", "required": "c"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"mood": "sad"}, "mood"),
        ({"mood": None}, "mood"),
        ({"effort": 4}, "effort"),
        ({"effort": "2"}, "effort"),
        ({"hours": "many"}, "hours"),
        ({"hours": None}, "hours"),
        ({"goals": ["a", "b", "c", "d"]}, "goals"),
        ({"goals": ["a" * 301]}, "goals"),
        ({"goals": "bake"}, "goals"),
        ({"title": ""}, "title"),
        ({"title": " \n"}, "title"),
        ({"title": "a" * 301}, "title"),
        ({"more": "d"}, "more"),
    ],
)
def test_what_the_schema_or_a_limit_forbids_is_no_answer(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        answer_model(OWN).model_validate_json(orjson.dumps(GOOD | change))
    assert [error["loc"][0] for error in raised.value.errors()] == [field]


@pytest.mark.parametrize("field", GOOD)
def test_every_field_is_required(field: str) -> None:
    rest = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(ValidationError, match="Field required"):
        answer_model(OWN).model_validate_json(orjson.dumps(rest))


@pytest.mark.parametrize(("model", "limit"), [(Title, 400), (_Score, 600), (_Rewriting, 800)])
def test_a_text_ten_times_too_long_is_no_answer(model: type[AnswerModel], limit: int) -> None:
    filled = {"name": "Bake bread", "description": "They baked bread.", "reason": "a", "score": 3, "text": "a"}
    values = {name: filled[name] for name in model.model_fields}
    assert model.model_validate(values)
    for name in ("description", "reason", "text"):
        if name in values:
            with pytest.raises(ValidationError, match="at most"):
                model.model_validate(values | {name: "a" * limit * 10})
