"""A facets file: what is wrong with one is told in a sentence, and what is right about one is in the export."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clioscope.atlas import Atlas
from clioscope.config import make_config, read_facets
from clioscope.errors import ClioscopeError, ConfigError
from clioscope.testing import ChatRequest, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import conversations, write_jsonl
from tests.judged.helpers import MODELS, judged

MOOD = '[[facet]]\nname = "mood"\nquestion = "Which mood?"\n'
WRONG = {
    "an unknown key": (MOOD + 'kind = "text"\ncolour = "red"', "colour"),
    "a category without values": (MOOD + 'kind = "category"', "at least two different values"),
    "a value that is kept": (
        MOOD + 'kind = "category"\nvalues = ["calm", "None "]',
        '"None " is kept for conversations',
    ),
    "another value that is kept": (MOOD + 'kind = "category"\nvalues = ["a", "(not classified)"]', "call it otherwise"),
    "an area of a name that is kept": ('[[area]]\nname = "none"\ndescription = "All else"', '"none" is kept for'),
    "values of a text": (MOOD + 'kind = "text"\nvalues = ["a", "b"]', "only a category has values"),
    "a scale of one step": (MOOD + 'kind = "scale"\nminimum = 5', "a scale has 2 to 21 steps"),
    "bands that fall": (MOOD + 'kind = "number"\nbands = [5, 2]', "bands must rise"),
    "an unknown kind": (MOOD + 'kind = "colour"', "'text', 'list', 'category', 'scale' or 'number'"),
    "no question": ('[[facet]]\nname = "mood"\nkind = "text"', "question"),
    "a name with capitals": ('[[facet]]\nname = "Mood"\nkind = "text"\nquestion = "Which?"', "Mood"),
    "a name that is taken": ('[[facet]]\nname = "turns"\nkind = "text"\nquestion = "Which?"', "taken: turns"),
    "the same name twice": (2 * (MOOD + 'kind = "text"\n'), "each facet needs a name of its own"),
    "an area without a description": ('[[area]]\nname = "Home"', "description"),
    "another table": ('[[fact]]\nname = "mood"', "has [fact]: it holds [[facet]] and [[area]] tables"),
    "nothing": ("", "is empty: it holds [[facet]] and [[area]] tables"),
    "no TOML": ('[[facet]\nname = "mood', "cannot be read as TOML"),
}


def sentence(folder: Path, text: str) -> str:
    path = folder / "facets.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        make_config(models=MODELS, **read_facets(path))
    return str(raised.value)


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_with_a_facets_file_is_told(tmp_path: Path, what: str) -> None:
    text, part = WRONG[what]
    told = sentence(tmp_path, text)
    assert part in told
    assert told.endswith(".")
    assert not told.endswith("..")
    assert "{'name'" not in told, "no table as Python shows it"


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_facets_file_that_cannot_be_read_is_told_with_its_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mine.toml"
    if content:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"--facets .*mine\.toml cannot be read"):
        read_facets(path)


def test_an_unknown_key_is_told_with_the_file_the_facet_and_the_keys_that_there_are(tmp_path: Path) -> None:
    told = sentence(tmp_path, WRONG["an unknown key"][0])
    assert all(part in told for part in ("facets.toml", "mood", "criteria"))
    assert "questions.0" not in told


HOME, WORK = (
    {"name": name, "description": f"{what} and the like"} for name, what in (("Home", "Bread"), ("Work", "Resumes"))
)
CALM = {"kind": "category", "question": "Which mood?", "values": ["calm", "angry"]}
CRASHES = {
    "a single area": {"areas": (HOME,)},
    "two areas of one name": {"areas": (HOME, HOME)},
    "a facet with the name of a column that is counted": {
        "facets": ("plan",),
        "questions": ({"name": "plan", **CALM},),
    },
    "a facet called as a part of pydantic's models": {"questions": ({"name": "model_config", **CALM},)},
    "a facet called as a method of pydantic's models": {"questions": ({"name": "copy", **CALM},)},
}


@pytest.mark.parametrize("what", CRASHES)
def test_a_run_with_an_unusual_facet_makes_an_atlas_or_says_before_asking_why_not(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    with ModelServer() as server:
        try:
            judged(tmp_path, server, n=60, models={"extract": "openai/double"}, **CRASHES[what])
        except ClioscopeError:
            assert server.stats().calls == 0


@pytest.mark.parametrize("facet", ["nothing", "concern"])
def test_a_facet_that_cannot_be_clustered_is_told_before_anything_is_asked(
    tmp_path: Path, facet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    with ModelServer() as server:
        with pytest.raises(ClioscopeError, match="there is no text or list facet of that name"):
            judged(tmp_path, server, n=60, cluster_by=(facet,))
        assert server.stats().calls == 0


def test_the_language_is_always_a_code() -> None:
    with pytest.raises(ClioscopeError, match="language is always asked for as a code: choose another name"):
        make_config(models=MODELS, questions=[{"name": "language", **CALM}])


FILE = """
[[facet]]
name = "wishes"
kind = "list"
question = "What does the person wish for?"
most = 3
[[facet]]
name = "topic"
kind = "text"
question = "What is it about?"
[[facet]]
name = "mood"
kind = "category"
question = "Which mood?"
values = ["calm", "angry"]
[[facet]]
name = "effort"
kind = "scale"
question = "How much effort?"
minimum = 0
maximum = 2
[[facet]]
name = "people"
kind = "number"
question = "How many people?"
bands = [2, 10]
[[facet]]
name = "amount"
kind = "number"
question = "Which amount?"
[[area]]
name = "Home"
description = "Baking bread and growing tomatoes"
[[area]]
name = "Work"
description = "Programs, jobs, travel and money"
"""
ITEMS = conversations(60)
TEXTS = {c.id: c.messages[0].content for c in ITEMS}


def wishes(text: str) -> int:
    """How many the model finds in ``text``."""
    return 0 if "budget" in text else 2 if "train" in text else 1


def mood(text: str) -> str:
    return "(not classified)" if "resume" in text else "none" if "python" in text else "calm"


def area(text: str) -> str:
    return "Home" if "bread" in text or "tomato" in text else "Work"


def said(request: ChatRequest) -> str:
    """What the model says: for the facets of this file as above, else as the double does."""
    values: dict[str, Any] = json.loads(answer(request))
    frame = re.search(r"<data-[0-9a-f]+>\n(.*?)\n</data-", request.user, re.DOTALL)
    text = frame[1] if frame else ""
    if "mood" in values:
        return "no JSON" if mood(text) == "(not classified)" else json.dumps({"mood": mood(text)})
    if "wishes" in values:
        return json.dumps({"wishes": [answer(request)[12:50], "see the sea and the hills"][: wishes(text)]})
    if "area" in values:
        return json.dumps({"area": area(text)})
    if values.keys() == {"reason", "score"}:
        return json.dumps({"reason": "", "score": 5})
    return json.dumps(values)


class Exported(NamedTuple):
    run: Path
    folder: Path

    def rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((self.folder / name).read_text(encoding="utf-8").splitlines()))

    def private(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((self.run / "vault" / name).read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """A finished run with the file above, asked a call a facet, and what its owner exports: counts are exact."""
    folder = tmp_path_factory.mktemp("exported")
    (folder / "facets.toml").write_text(FILE, encoding="utf-8")
    write_jsonl(folder / "chats.jsonl", ITEMS)

    def clioscope(*arguments: str) -> None:
        environment = {**os.environ, "OPENAI_API_KEY": "sk-double"}
        subprocess.run(
            [sys.executable, "-m", "clioscope", *arguments],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
        )

    with ModelServer(answer=said) as server:
        options = ["--model", "openai/double", "--base-url", f"{server.url}/v1", "--facets", "facets.toml"]
        options += ["--cluster-by", "wishes", "--cluster-by", "topic", "--one-call-a-facet", "--audit-sample", "0"]
        options += ["--max-failed", "0.5"]
        clioscope("run", "chats.jsonl", "--run", "r", *options, "--hierarchy", "8,4,2", "--profile", "personal")
    clioscope("export", "r", "--conversations", "-o", "out")
    clioscope("export", "r/atlas-topic", "--conversations", "-o", "out-topic")
    return Exported(folder / "r", folder / "out")


def test_a_list_facet_gives_a_row_a_value_and_a_conversation_without_one_an_empty_row(exported: Exported) -> None:
    rows = exported.private("combined.csv")
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row["value_index"])
        assert (row["level_0_id"] == "") == (wishes(TEXTS[row["id"]]) == 0)
    assert found == {name: [str(i) for i in range(max(1, wishes(text)))] for name, text in TEXTS.items()}
    assert {len(values) for values in found.values()} == {1, 2}


def test_every_cluster_counts_distinct_conversations(exported: Exported) -> None:
    atlas = Atlas.open(exported.run)
    rows = exported.private("combined.csv")
    assert atlas.levels == 3
    for cluster in atlas.walk():
        members = [row["id"] for row in rows if row[f"level_{cluster.level}_id"] == cluster.id]
        assert cluster.conversations == len(set(members)), cluster.name
        assert {row[f"level_{cluster.level}_name"] for row in rows if row["id"] in members} >= {cluster.name}
    parents = [(p, atlas.children(p)) for p in atlas.level(1)]
    assert any(p.conversations < sum(c.conversations for c in children) for p, children in parents)
    assert atlas.conversations == sum(wishes(text) > 0 for text in TEXTS.values())


def test_each_area_has_a_hierarchy_of_its_own_under_it(exported: Exported) -> None:
    atlas = Atlas.open(exported.run)
    assert {cluster.name for cluster in atlas.top()} == {"Home", "Work"}
    assert all(len(atlas.children(cluster)) > 1 for cluster in atlas.top())
    for row in exported.private("combined.csv"):
        if row["level_0_id"]:
            assert row["level_2_name"] == area(TEXTS[row["id"]])


def test_none_is_told_apart_from_not_classified_in_the_export(exported: Exported) -> None:
    counted = {
        row["value_1"]: int(row["conversations"])
        for row in exported.rows("cube.csv")
        if row["attribute_1"] == "mood" and row["cluster_id"] == "all" and not row["attribute_2"]
    }
    assert counted == Counter(mood(text) for text in TEXTS.values() if wishes(text))
    assert {"none", "(not classified)", "calm"} == set(counted)


def test_scales_and_banded_numbers_are_counted_and_a_number_without_bands_is_not_published(exported: Exported) -> None:
    counts = json.loads((exported.folder / "clusters.json").read_text(encoding="utf-8"))["counts"]
    assert set(counts["effort"]) <= {"0", "1", "2"}
    assert set(counts["people"]) <= {"under 2", "2 to under 10", "10 and over"}
    assert (
        sum(counts["effort"].values()) == sum(counts["people"].values()) == sum(map(bool, map(wishes, TEXTS.values())))
    )
    assert "amount" not in counts
    assert "area" not in counts


def test_a_second_facet_has_an_atlas_and_a_combined_file_of_its_own(exported: Exported) -> None:
    atlas = Atlas.open(exported.run / "atlas-topic")
    assert atlas.about["facet"] == "topic"
    assert atlas.conversations == len(TEXTS)
    rows = exported.private("combined-topic.csv")
    assert [row["id"] for row in rows] == list(TEXTS)
    assert {row["value_index"] for row in rows} == {"0"}
    assert Counter(row["level_0_id"] for row in rows) == {c.id: c.conversations for c in atlas.level(0)}
