"""Facets that a model answers: what becomes of its answers, and of those that do not fit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from clioscope.config import Config, make_config
from clioscope.config.questions import NOT_CLASSIFIED
from clioscope.conversation import Conversation, Message
from clioscope.errors import ConfigError
from clioscope.facets import JudgedExtractor
from clioscope.facets.base import Facets
from clioscope.models.base import Answer, Request
from clioscope.models.judge import Failed
from clioscope.models.judges import Calls, Judges
from clioscope.prompting import Prompts
from clioscope.testing import Faults, ModelServer
from tests.models.helpers import PROMPTS

BREAD = Conversation("c", (Message("user", "my bread will not rise"), Message("assistant", "Try more yeast.")))
OWN = (
    {"name": "goal", "kind": "text", "question": "What for?"},
    {"name": "tools", "kind": "list", "question": "Which tools?", "most": 3},
    {"name": "mood", "kind": "category", "question": "Which mood?", "values": ("calm", "angry")},
    {"name": "effort", "kind": "scale", "question": "How much effort?", "minimum": 0, "maximum": 3},
    {"name": "hours", "kind": "number", "question": "How many hours?", "bands": (0, 10)},
    {"name": "price", "kind": "number", "question": "What price?"},
)
GOOD = {
    "request": "bake bread", "task": "give advice", "language": "en", "concern": 1, "goal": "to eat",
    "tools": ["oven", "bowl"], "mood": "calm", "effort": 2, "hours": 12, "price": 3.5,
}  # fmt: skip


def settings(**options: Any) -> Config:
    return make_config(**{"models": {"extract": "openai/double"}, "questions": OWN, **options})


def extracted(
    *answers: dict[str, Any] | str | Failed, config: Config | None = None, conversation: Conversation = BREAD
) -> tuple[Facets, list[Request]]:
    """What comes of a conversation where the model gives these answers, and the last one from then on."""
    work, asked = JudgedExtractor(config or settings(), PROMPTS).work(conversation), []
    left = list(answers)
    try:
        asked.append(next(work))
        while True:
            answer = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(answer, dict):
                answer = json.dumps({name: answer[name] for name in asked[-1].schema["properties"] if name in answer})
            asked.append(work.send(answer if isinstance(answer, Failed) else Answer(answer, "stop")))
    except StopIteration as stop:
        return stop.value, asked


def test_every_kind_of_facet_gets_its_answer_and_only_some_are_counted() -> None:
    facets, asked = extracted(GOOD, config=settings(facets=("plan",)))
    assert len(asked) == 1
    assert facets.failed is None
    assert facets.texts == {"request": "bake bread", "task": "give advice", "goal": "to eat"}
    assert facets.lists == {"tools": ["oven", "bowl"]}
    assert facets.numbers == {"hours": 12.0, "price": 3.5}
    assert facets.categories == {
        "language": "en", "concern": "1", "mood": "calm", "effort": "2", "hours": "10 and over", "turns": "1",
        "length": "under 100", "month": None, "plan": None,
    }  # fmt: skip
    assert (facets.turns, facets.characters) == (1, 22)


def test_the_names_of_the_facets_are_those_that_come() -> None:
    config = settings(facets=("plan",))
    names = JudgedExtractor(config, PROMPTS).names
    facets, _ = extracted(GOOD, config=config)
    assert names.texts == tuple(facets.texts)
    assert names.lists == tuple(facets.lists)
    assert names.numbers == tuple(facets.numbers)
    assert sorted(names.categories) == sorted(facets.categories)


def test_all_is_asked_in_one_call_or_each_in_a_call_of_its_own() -> None:
    together, (one,) = extracted(GOOD)
    apart, each = extracted(GOOD, config=settings(packed=False))
    assert together == apart
    assert list(one.schema["properties"]) == list(GOOD)
    assert [list(request.schema["properties"]) for request in each] == [[name] for name in GOOD]
    assert "Which tools?" in one.system
    assert [("Which tools?" in request.system) for request in each] == [name == "tools" for name in GOOD]
    assert one.max_tokens > max(request.max_tokens for request in each)


@pytest.mark.parametrize(
    "line",
    [
        r'- goal: What for\? .*"none"',
        r"- tools: Which tools\? .*\b3\b.*empty list",
        r"- mood: Which mood\? .*schema",
        r"- effort: How much effort\?\n",
        r"- concern: .*1 to 5\?\n +1: ",
    ],
)
def test_the_model_is_told_what_an_answer_may_be(line: str) -> None:
    assert re.search(line, extracted(GOOD)[1][0].system)


def test_the_conversation_reaches_the_model_with_its_roles_and_within_the_budget() -> None:
    long = Conversation("c", (Message("system", "be kind"), Message("user", "word " * 5_000)))
    config = settings(conversation_tokens=200)
    (request,) = extracted(GOOD, config=config, conversation=long)[1]
    shown = json.loads(request.user.split("\n")[1])
    assert [message["role"] for message in shown] == ["system", "user"]
    assert shown[0]["content"] == "be kind"
    assert "characters left out here" in shown[1]["content"]
    assert len(request.user) < 2_000


def test_none_is_an_answer_and_not_classified_is_the_lack_of_one() -> None:
    config = settings(packed=False)
    facets, _ = extracted(
        GOOD | {"mood": "none", "effort": 9, "language": "xx", "hours": "?", "goal": 5}, config=config
    )
    assert facets.failed is None
    assert facets.categories["mood"] == "none"
    assert [facets.categories[name] for name in ("effort", "language", "hours")] == [NOT_CLASSIFIED] * 3
    assert (facets.texts["goal"], facets.numbers["hours"]) == (None, None)
    assert (facets.texts["request"], facets.categories["concern"]) == ("bake bread", "1")


@pytest.mark.parametrize("said", ["none", "None.", "NONE", "n/a", "N/A."])
def test_a_text_that_says_that_nothing_applies_is_no_text(said: str) -> None:
    facets, asked = extracted(GOOD | {"goal": said, "tools": ["oven", said]})
    assert len(asked) == 1
    assert facets.texts["goal"] is None
    assert facets.lists["tools"] == ["oven"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ([], []),
        (["Oven", "oven", "OVEN"], ["Oven"]),
        (["bowl", "oven", "Bowl"], ["bowl", "oven"]),
        (["bowl", "bowl", "oven"], ["bowl", "oven"]),
    ],
)
def test_the_values_of_a_list_differ(said: list[str], kept: list[str]) -> None:
    assert extracted(GOOD | {"tools": said})[0].lists["tools"] == kept


@pytest.mark.parametrize(
    "wrong",
    [{"effort": 4}, {"concern": 0}, {"tools": ["a", "b", "c", "d"]}, {"mood": "sad"}, {"goal": "a" * 3_000}],
)
def test_an_answer_that_does_not_fit_is_mended_or_else_the_conversation_counts_as_failed(wrong: dict[str, Any]) -> None:
    (field,) = wrong
    mended, asked = extracted(GOOD | wrong, GOOD)
    assert [request.repairs for request in asked] == ["", "schema"]
    assert f" {field}: " in asked[1].user.removeprefix(asked[0].user)
    assert mended == extracted(GOOD)[0]
    failed, asked = extracted(GOOD | wrong)
    assert len(asked) == 2
    assert failed.failed == "schema"
    assert str(failed.failed_detail).startswith(f"{field}: ")
    assert failed.texts == dict.fromkeys(("request", "task", "goal"))
    assert failed.lists == {"tools": []}
    assert failed.categories["mood"] == NOT_CLASSIFIED
    assert failed.categories["turns"] == "1"


@pytest.mark.parametrize(("clustered", "fails"), [(("request",), False), (("request", "tools"), True)])
def test_a_conversation_fails_where_what_is_clustered_has_no_answer(clustered: tuple[str, ...], fails: bool) -> None:
    config = settings(packed=False, cluster_by=clustered)
    facets, _ = extracted(GOOD | {"tools": ["a", "b", "c", "d"]}, config=config)
    assert facets.failed == ("schema" if fails else None)
    assert facets.texts["request"] == "bake bread"
    assert extracted(GOOD | {"request": ""}, config=config)[0].failed == "schema"


@pytest.mark.parametrize("packed", [True, False])
def test_a_conversation_fails_where_every_call_does_and_says_why(packed: bool) -> None:
    facets, asked = extracted(Failed("filtered", "stopped by a filter"), config=settings(packed=packed))
    assert (facets.failed, facets.failed_detail) == ("filtered", "stopped by a filter")
    assert len(asked) == (1 if packed else len(GOOD))


def test_the_name_changes_with_whatever_changes_the_answers(tmp_path: Path) -> None:
    def changed(name: str) -> Path:
        mine = tmp_path / f"{name}.jinja"
        mine.write_text(PROMPTS.sources()[name].replace("{% block user %}", "{% block user %}Mine.\n"))
        return mine

    changes: list[dict[str, Any]] = [
        {}, {"packed": False}, {"conversation_tokens": 300}, {"questions": OWN[:2]}, {"period": "week"},
        {"areas": [{"name": "Work", "description": "Jobs."}, {"name": "Home", "description": "Rest."}]},
    ]  # fmt: skip
    names = [JudgedExtractor(settings(**change), PROMPTS).name for change in changes]
    names += [JudgedExtractor(settings(), Prompts(b"s", {name: changed(name)})).name for name in ("extract", "repair")]
    assert len(set(names)) == len(names)
    assert JudgedExtractor(settings(clusters=5), Prompts(b"t", {"audit": changed("audit")})).name == names[0]


def test_over_the_wire_a_conversation_that_the_model_declines_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    extractor = JudgedExtractor(settings(), PROMPTS)
    items = [Conversation(str(n), (Message("user", f"question {n} on bread"),)) for n in range(12)]
    with ModelServer(faults=Faults(always={"question 7 ": "refusal"})) as server:
        calls = Calls(base_url=f"{server.url}/v1", timeout=60.0)
        judges = Judges({"extract": "openai/double"}, calls, tmp_path / "a", tmp_path / "w", lambda _: None)
        found = list(judges.judge("extract", lambda: (extractor.work(item) for item in items)))
        judges.close()
        assert server.stats().calls == 13
    assert [number for number, facets in enumerate(found) if facets.failed] == [7]
    assert found[7].failed == "refused"
    assert all(facets.categories["mood"] in ("calm", "angry", "none") for facets in found if not facets.failed)


def test_a_column_named_like_a_question_gets_another_name_or_is_refused() -> None:
    item = Conversation("c", BREAD.messages, metadata={"concern": "high"})
    facets, _ = extracted(GOOD, config=settings(facets=("concern",)), conversation=item)
    assert (facets.categories["concern"], facets.categories["source_concern"]) == ("1", "high")
    with pytest.raises(ConfigError, match="--facet mood is also the name of a facet of your own"):
        settings(facets=("mood",))
