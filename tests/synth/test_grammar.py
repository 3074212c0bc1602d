"""The sentences of every language fit together, and are of that language."""

from __future__ import annotations

import string

import pytest

from clioscope.errors import ConfigError
from clioscope.facets.language import language as told_language
from clioscope.synth.grammar import LANGUAGES, filled, language
from clioscope.synth.people import KINDS
from clioscope.synth.topics import categories, topics

USES = {"first", "detailed", "later", "answer", "again", "personal"}


def slots(frame: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(frame) if name}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_all_topics_and_frames_with_the_right_slots(code: str) -> None:
    found = language(code)
    assert found.tasks.keys() == found.details.keys() == {topic.key for topic in topics()}
    assert found.frames.keys() == USES
    for key in found.tasks:
        assert len({*found.tasks[key], *found.details[key]}) == 10
    for frame in (*found.frames["first"], *found.frames["answer"]):
        assert slots(frame) == {"task"}
    for frame in found.frames["detailed"]:
        assert slots(frame) == {"task", "detail"}
    for frame in (*found.frames["later"], *found.frames["again"]):
        assert slots(frame) <= {"detail"}
    for frame in found.frames["personal"]:
        assert slots(frame)
        assert slots(frame) <= set(KINDS)


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_written_is_told_to_be_of_its_language(code: str) -> None:
    found = language(code)
    texts = [
        filled(found.frames["detailed"][number % 4], task=task, detail=found.details[topic.key][number % 4])
        for topic in topics()
        for number, task in enumerate(found.tasks[topic.key])
    ]
    right = sum(told_language(text) == code for text in texts)
    assert right > 0.9 * len(texts), right / len(texts)


def test_there_are_two_levels_and_misuse_is_concerning() -> None:
    assert len(categories()) == 10
    assert len(topics()) == 50
    assert {topic.category for topic in topics() if topic.concern > 1} == {"misuse"}
    assert {topic.concern for topic in topics()} >= {1, 3, 4, 5}


def test_a_sentence_begins_with_a_capital_letter() -> None:
    assert filled("{task} is hard.", task="baking") == "Baking is hard."
    assert filled("¿{task}?", task="cómo hacer pan") == "¿Cómo hacer pan?"
    assert filled("", task="") == ""


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="no language 'xx'"):
        language("xx")
