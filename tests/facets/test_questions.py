"""The questions that a model is asked, and which answers fit them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from clioscope.config import Area, FacetQuestion, make_config, read_facets
from clioscope.config.questions import NO_VALUE, NOT_CLASSIFIED
from clioscope.errors import ConfigError
from clioscope.facets import JudgedExtractor
from clioscope.facets.questions import DEFAULTS, answer_model, questions_of
from tests.models.helpers import PROMPTS

AREAS = (Area(name="Work", description="Jobs and firms."), Area(name="Home", description="All else"))


def question(kind: str, name: str = "it", **more: Any) -> FacetQuestion:
    return FacetQuestion.model_validate({"name": name, "kind": kind, "question": "What is it?", **more})


def answered(asked: FacetQuestion, answer: Any) -> Any:
    """The answer as it is understood; raises where it does not fit."""
    text = answer if isinstance(answer, str) and answer[:1] == "{" else json.dumps({asked.name: answer})
    return getattr(answer_model((asked,)).model_validate_json(text), asked.name)


MOOD = question("category", values=("calm", "angry"))
SCALE = question("scale", minimum=0, maximum=3)
LIST = question("list", most=3)
LANGUAGE = next(asked for asked in DEFAULTS if asked.name == "language")


def test_the_defaults_come_first_then_ones_own_then_the_area() -> None:
    asked = questions_of([question("text", "goal"), question("text", "task", criteria="Mine.")], AREAS)
    assert [q.name for q in asked] == ["request", "task", "language", "concern", "goal", "area"]
    assert asked[1].criteria == "Mine."
    assert asked[5].values == ("Work", "Home")
    assert asked[5].criteria == "Work: Jobs and firms. Home: All else."
    assert questions_of([], []) == DEFAULTS


@pytest.mark.parametrize(
    ("asked", "answer", "understood"),
    [
        (question("text"), "  bake bread ", "bake bread"),
        (question("text"), "a" * 300, "a" * 300),
        (LIST, [], []),
        (LIST, ["a", " b ", "c"], ["a", "b", "c"]),
        (MOOD, "calm", "calm"),
        (MOOD, NO_VALUE, NO_VALUE),
        (SCALE, 0, 0),
        (SCALE, 3, 3),
        (question("scale", minimum=-10, maximum=10), -10, -10),
        (question("number"), -2.5, -2.5),
        (question("number"), 7, 7.0),
        (LANGUAGE, "de", "de"),
        (LANGUAGE, " EN\n", "en"),
        (LANGUAGE, "und", "und"),
        *[(LANGUAGE, said, "en") for said in ("en-US", "en_GB", "eng")],
        *[(LANGUAGE, said, "zh") for said in ("zh-Hant", "cmn", "yue")],
    ],
)
def test_an_answer_that_fits_its_kind_is_understood(asked: FacetQuestion, answer: Any, understood: Any) -> None:
    found = answered(asked, answer)
    assert found == understood
    assert type(found) is type(understood)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        *[(question("text"), answer) for answer in ("", " \n", "a" * 301, 5, None, ["a"])],
        *[(LIST, answer) for answer in (["a"] * 4, ["a" * 301], [""], "a", None)],
        *[(MOOD, answer) for answer in ("Calm", "calm ", "sad", NOT_CLASSIFIED, "", None, 1)],
        *[(SCALE, answer) for answer in (-1, 4, 1.5, "1", None)],
        *[(question("number"), answer) for answer in ("many", None, [1])],
        *[(LANGUAGE, answer) for answer in ("English", "xx", "xx-en", "-en", "", NO_VALUE, None)],
        *[(questions_of([], AREAS)[-1], answer) for answer in (NO_VALUE, "work", "Play")],
    ],
)
def test_an_answer_that_does_not_fit_its_kind_is_refused(asked: FacetQuestion, answer: Any) -> None:
    with pytest.raises(ValidationError):
        answered(asked, answer)


def test_no_answer_is_mistaken_for_a_conversation_that_was_not_classified() -> None:
    assert NO_VALUE != NOT_CLASSIFIED
    with pytest.raises(ValidationError):
        answered(question("category", values=("a", "b")), NOT_CLASSIFIED)


def test_equal_questions_share_one_model() -> None:
    assert answer_model((MOOD, SCALE)) is answer_model((question("category", values=("calm", "angry")), SCALE))
    assert answer_model((MOOD, SCALE)) is not answer_model((SCALE, MOOD))


GOOD = {"name": "it", "kind": "text", "question": "What is it?"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "category"}, "a category needs at least two different values"),
        ({"kind": "category", "values": ["a", "a"]}, "at least two different values"),
        ({"values": ["a", "b"]}, "only a category has values, and this is a text"),
        ({"kind": "scale", "minimum": 3, "maximum": 3}, "a scale has 2 to 21 steps"),
        ({"kind": "scale", "maximum": 99}, "a scale has 2 to 21 steps"),
        ({"kind": "number", "bands": [10, 0]}, "bands must rise"),
        ({"kind": "number", "bands": [1, 1]}, "bands must rise"),
        ({"kind": "list", "most": 21}, "questions.0.most = 21: .*less than or equal to 20"),
        ({"kind": "essay"}, "questions.0.kind = 'essay': Input should be 'text', 'list'"),
        ({"name": "It is"}, "questions.0.name = 'It is': String should match pattern"),
        ({"name": "turns"}, "these are taken: turns"),
        ({"name": "area"}, "these are taken: area"),
        ({"question": ""}, "questions.0.question = ''"),
    ],
)
def test_a_question_that_cannot_be_asked_is_a_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        make_config(models={"extract": "openai/double"}, questions=[GOOD | change])


def test_questions_and_areas_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "facets.toml"
    path.write_text(
        '[[facet]]\nname = "mood"\nkind = "category"\nquestion = "How?"\nvalues = ["calm", "angry"]\n'
        '[[area]]\nname = "Work"\ndescription = "Jobs."\n[[area]]\nname = "Home"\ndescription = "All else."\n'
    )
    config = make_config(models={"extract": "openai/double"}, **read_facets(path))
    assert [q.name for q in questions_of(config.questions, config.areas)][-2:] == ["mood", "area"]


@pytest.mark.parametrize(
    ("text", "said"), [("", "is empty"), ("[[facets]]\n", r"has \[facets\]"), ("x", "cannot be read as TOML")]
)
def test_a_file_without_questions_is_a_sentence_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "facets.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=rf"--facets .*facets.toml {said}"):
        read_facets(path)


@pytest.mark.parametrize("answer", ['{"it": NaN}', '{"it": Infinity}', '{"it": 1e999}', '{"it": "nan"}'])
def test_a_number_that_is_none_is_refused(answer: str) -> None:
    with pytest.raises(ValidationError):
        answered(question("number", bands=(0, 10)), answer)


@pytest.mark.parametrize("asked", [SCALE, question("number")])
def test_yes_is_no_number(asked: FacetQuestion) -> None:
    with pytest.raises(ValidationError):
        answered(asked, True)


def extractor(**options: Any) -> JudgedExtractor:
    return JudgedExtractor(make_config(models={"extract": "openai/double"}, **options), PROMPTS)


@pytest.mark.parametrize("name", ["copy", "json", "schema", "model_dump", "model_config"])
def test_a_name_that_cannot_be_asked_for_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ConfigError, match="this name is taken: choose another"):
        extractor(questions=[GOOD | {"name": name}])


def test_the_language_is_a_code_whoever_asks_for_it() -> None:
    own = extractor(questions=[GOOD | {"name": "language", "question": "Which dialect?"}]).questions
    (asked,) = (q for q in own if q.name == "language")
    assert asked.question == "Which dialect?"
    assert answered(asked, "de") == "de"
    with pytest.raises(ConfigError, match="language is always asked for as a code"):
        extractor(questions=[GOOD | {"name": "language", "kind": "category", "values": ["formal", "casual"]}])


@pytest.mark.parametrize("areas", [AREAS[:1], (AREAS[0], AREAS[0])])
def test_an_area_that_stands_alone_or_twice_is_a_sentence(areas: tuple[Area, ...]) -> None:
    with pytest.raises(ConfigError, match="give at least two, each with a name of its own"):
        extractor(areas=areas)
