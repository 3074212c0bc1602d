"""The shipped sample: as people really have conversations, with its truth beside it."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
import re
import string
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from clioscope.facets.language import language
from clioscope.sample import conversations, topics

TOOLS = Path(__file__).parents[2] / "tools" / "sample"
SLOTS = set(tomllib.loads((TOOLS / "slots.toml").read_text("utf-8"))["slots"])


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    text = gzip.decompress(conversations().read_bytes()).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


@pytest.fixture(scope="module")
def truth() -> list[dict[str, str]]:
    return list(csv.DictReader(topics().read_text(encoding="utf-8").split("\n")))


@pytest.fixture(scope="module")
def compose() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compose", TOOLS / "compose.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["compose"] = module
    spec.loader.exec_module(module)
    return module


def test_it_is_as_large_and_as_varied_as_promised(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 1_500
    assert len({row["user_id"] for row in rows}) >= 300
    assert {row["created_at"][:7] for row in rows} == {"2026-06", "2026-07", "2026-08"}
    turns = Counter(sum(m["role"] == "user" for m in row["messages"]) for row in rows)
    assert turns[1] > 500
    assert sum(number for count, number in turns.items() if count >= 4) > 100
    lengths = [len(row["messages"][0]["content"]) for row in rows]
    assert sum(length < 40 for length in lengths) > 100
    assert sum(length > 400 for length in lengths) > 100
    assert sum("```" in row["messages"][0]["content"] for row in rows) > 5


def test_people_write_in_eight_languages_and_more(rows: list[dict[str, Any]]) -> None:
    found = Counter(language(row["messages"][0]["content"]) for row in rows)
    assert len([code for code, number in found.items() if number >= 15 and code != "und"]) >= 8
    assert found["en"] < 0.85 * len(rows)


def test_every_conversation_has_a_known_topic_in_two_levels(
    rows: list[dict[str, Any]], truth: list[dict[str, str]]
) -> None:
    assert [row["id"] for row in rows] == [row["id"] for row in truth]
    sizes = Counter(row["subtopic"] for row in truth)
    assert len({row["topic"] for row in truth}) >= 10
    assert len(sizes) >= 40
    assert max(sizes.values()) > 3 * min(sizes.values()), "uneven"
    assert len({row["subtopic"]: row["topic"] for row in truth}) == len(sizes)


def test_topics_are_not_in_the_conversations_themselves(rows: list[dict[str, Any]]) -> None:
    assert {key for row in rows for key in row} == {
        "id", "user_id", "created_at", "messages", "plan", "app_version",
    }  # fmt: skip


def test_no_slot_is_left_unfilled(rows: list[dict[str, Any]]) -> None:
    unfilled = re.compile("|".join(rf"\{{{slot}\}}" for slot in SLOTS))
    assert [row["id"] for row in rows for m in row["messages"] if unfilled.search(m["content"])] == []


def test_made_up_addresses_and_numbers_are_of_the_reserved_kinds(rows: list[dict[str, Any]]) -> None:
    text = "\n".join(m["content"] for row in rows for m in row["messages"])
    domains = set(re.findall(r"[\w.+-]+@([\w.-]+\w)", text))
    assert domains
    assert all(re.fullmatch(r"(?:[\w-]+\.)*example\.(?:com|org|net)", domain) for domain in domains), domains


@pytest.mark.parametrize("path", sorted((TOOLS / "topics").glob("*.toml")), ids=lambda path: path.stem)
def test_the_material_is_well_formed(path: Path) -> None:
    topic = tomllib.loads(path.read_text(encoding="utf-8"))
    assert topic["id"] == path.stem
    for sub in topic["subtopics"]:
        assert len(sub["name"].split()) <= 12
        texts = [*sub["openers"], *sub["long_openers"], *sub["followups"], *sub["replies"]]
        texts += [text for group in sub["other_languages"].values() for text in group]
        assert len(set(texts)) == len(texts)
        used = {field for text in texts for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        assert used <= SLOTS


def test_composing_again_gives_the_shipped_bytes(compose: ModuleType) -> None:
    shipped, known = compose.compose()
    assert gzip.decompress(shipped) == gzip.decompress(conversations().read_bytes())
    assert known == topics().read_text(encoding="utf-8")
