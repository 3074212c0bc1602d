"""What is made up is what was asked for, always the same, and what is said of it is true."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.errors import ClioscopeError, ConfigError
from clioscope.models.judges import Calls
from clioscope.synth.making import Writer, make
from clioscope.synth.outlines import MEMBERS, Outlines
from clioscope.synth.recipe import Recipe
from clioscope.synth.truth import read_truth
from clioscope.testing import ChatRequest, Faults, ModelServer


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_same_recipe_makes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    made = [make(tmp_path / str(n), Recipe(conversations=600, seed=seed)) for n, seed in enumerate((0, 0, 1))]
    texts = [(one.conversations.read_bytes(), one.truth.read_bytes()) for one in made]
    assert texts[0] == texts[1]
    assert texts[0][0] != texts[2][0]


def test_what_is_said_of_each_conversation_is_true(tmp_path: Path) -> None:
    made = make(tmp_path / "made", Recipe(conversations=2_000, personal=0.2))
    truth = read_truth(made.truth)
    written = rows(made.conversations)
    assert len(written) == made.written == len(truth.conversations) == 2_000
    assert made.users == len({row["user_id"] for row in written})
    personal = 0
    for row in written:
        known = truth.conversations[row["id"]]
        assert known.user == row["user_id"]
        first = row["messages"][0]["content"]
        assert all(words in first for _, words in known.planted)
        personal += bool(known.planted)
        roles = [message["role"] for message in row["messages"]]
        assert roles == ["user", "assistant"] * (len(roles) // 2)
    assert personal == made.personal
    assert 0.15 < personal / 2_000 < 0.25
    assert [row["created_at"] for row in written] == sorted(row["created_at"] for row in written)


def test_topics_languages_and_people_are_uneven_as_asked() -> None:
    outlines = list(Outlines(Recipe(conversations=20_000, groups=0, languages=("en", "de", "ja"))))
    languages = Counter(one.language for one in outlines)
    assert 0.45 < languages["en"] / 20_000 < 0.62
    assert languages["de"] > languages["ja"] > 0
    sizes = sorted(Counter(one.topic.key for one in outlines).values())
    assert len(sizes) == 50
    assert sizes[-1] > 8 * sizes[0]
    misuse = sum(one.topic.concern > 1 for one in outlines) / 20_000
    assert 0.04 < misuse < 0.08
    people = sorted(Counter(one.user for one in outlines).values(), reverse=True)
    assert sum(people[: len(people) // 10]) > 0.15 * 20_000


def test_growing_topics_come_later_than_shrinking_ones() -> None:
    outlines = Outlines(Recipe(conversations=20_000, groups=0, languages=("en",)))
    first = Recipe().start
    times: dict[str, list[float]] = {"rising": [], "falling": [], "flat": []}
    for one in outlines:
        times[outlines.trends[one.topic.key]].append((one.time - first).days / 180)
    assert Counter(outlines.trends.values()) == {"rising": 4, "falling": 4, "flat": 42}
    assert np.mean(times["rising"]) > 0.58
    assert np.mean(times["falling"]) < 0.42
    assert 0.48 < np.mean(times["flat"]) < 0.52


def test_a_group_asks_for_nearly_the_same_within_days(tmp_path: Path) -> None:
    made = make(tmp_path / "made", Recipe(conversations=1_000))
    truth = read_truth(made.truth)
    by_group: dict[int, list[dict[str, Any]]] = {}
    for row in rows(made.conversations):
        group = truth.conversations[row["id"]].group
        if group is not None:
            by_group.setdefault(group, []).append(row)
    assert sorted(by_group) == [0, 1, 2]
    for group in by_group.values():
        assert len({row["user_id"] for row in group}) == MEMBERS
        assert len({row["messages"][0]["content"] for row in group}) == 1
        days = sorted(row["created_at"] for row in group)
        assert (np.datetime64(days[-1][:19]) - np.datetime64(days[0][:19])) < np.timedelta64(73, "h")


@settings(max_examples=25, deadline=None)
@given(
    conversations=st.integers(1, 300),
    users=st.one_of(st.none(), st.integers(1, 50)),
    exponent=st.floats(0, 4),
    misuse=st.floats(0, 1),
    trends=st.integers(0, 20),
    months=st.integers(1, 24),
    seed=st.integers(0, 2**31),
)
def test_any_recipe_gives_as_many_as_asked_for(
    conversations: int, users: int | None, exponent: float, misuse: float, trends: int, months: int, seed: int
) -> None:
    recipe = Recipe(
        conversations=conversations,
        users=users,
        exponent=exponent,
        misuse=misuse,
        trends=trends,
        months=months,
        seed=seed,
        groups=0,
    )
    outlines = list(Outlines(recipe))
    assert [one.number for one in outlines] == list(range(conversations))
    assert len({one.user for one in outlines}) <= recipe.people


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"languages": ("en", "xx")}, "xx: there is no such language"),
        ({"languages": ()}, "there is no such language"),
        ({"languages": ("en", "en")}, "each language once"),
        ({"conversations": 100}, "have no room for groups"),
    ],
)
def test_what_cannot_be_made_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Recipe(**options)


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"holds other files, such as mine\.txt"):
        make(tmp_path, Recipe(conversations=10, groups=0))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_that_is_no_truth_is_told(tmp_path: Path) -> None:
    for text, told in (("{}", "is no file of"), ("x", "line 1: this is not JSON"), ("", "line 1: this is not JSON")):
        path = tmp_path / "truth.jsonl"
        path.write_text(text)
        with pytest.raises(ConfigError, match=told):
            read_truth(path)
    made = make(tmp_path / "made", Recipe(conversations=10, groups=0))
    with made.truth.open("a") as file:
        file.write('{"id": "a"}\n')
    with pytest.raises(ConfigError, match="line 12: this is not what"):
        read_truth(made.truth)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_truth(tmp_path / "nowhere.jsonl")


def wrote(request: ChatRequest) -> str:
    given = json.loads(request.user.split("\n")[1])
    said = " ".join([f"Variant {given['variant']}: {given['the person wants']}.", *given["personal"]])
    messages = [{"by": "person", "text": said}, {"by": "assistant", "text": "Gladly."}]
    return json.dumps({"messages": messages})


def test_a_model_writes_and_is_asked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with ModelServer(answer=wrote) as server:
        writer = Writer("openai/double", Calls(base_url=f"{server.url}/v1"))
        recipe = Recipe(conversations=60, groups=0, personal=0.3)
        made = make(tmp_path / "made", recipe, writer)
        again = make(tmp_path / "made", recipe, writer)
        assert server.stats().answered == 60
    assert made.written == again.written == 60
    assert made.usage is not None
    truth = read_truth(made.truth)
    for row in rows(made.conversations):
        known = truth.conversations[row["id"]]
        first = row["messages"][0]["content"]
        assert truth.topics[known.topic].name in first
        assert all(words in first for _, words in known.planted)
    assert any(known.planted for known in truth.conversations.values())


def test_a_model_that_writes_nothing_of_use_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with ModelServer(faults=Faults(refusal=1.0)) as server:
        writer = Writer("openai/double", Calls(base_url=f"{server.url}/v1"))
        with pytest.raises(ClioscopeError, match="no usable answer for 20 of 20"):
            make(tmp_path / "made", Recipe(conversations=20, groups=0), writer)
    assert not list((tmp_path / "made").glob("*.jsonl*"))
