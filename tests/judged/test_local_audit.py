"""Names that a model wrote, before the auditor that needs none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from clioscope.conversation import Message
from clioscope.pipeline.done import Done
from clioscope.testing import ChatRequest, ModelServer
from clioscope.testing.brain import answer
from clioscope.vault import RunFolder
from tests.conftest import Cli, conversations, write_jsonl
from tests.judged.helpers import clusters, judged, kind

POINTING = "Write love letters to Annika Thorvaldsen"
MENDED = "Answer questions about everyday tasks"
ALONE = {"name": "openai/double"}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    """Conversations in which everybody says the words of the name, so that enough people share them."""
    said = [
        replace(c, messages=(Message("user", f"{c.messages[0].content}, {POINTING.lower()}"), *c.messages[1:]))
        for c in conversations(240)
    ]
    write_jsonl(tmp_path / "chats.jsonl", said)
    return tmp_path


def pointing(request: ChatRequest) -> str:
    """A model that names a person, and an auditor that finds nothing in it."""
    if kind(request) == "name":
        return json.dumps({"description": f"People asked to {POINTING[0].lower()}{POINTING[1:]}.", "name": POINTING})
    return json.dumps({"reason": "", "score": 5}) if kind(request) == "audit" else answer(request)


def names(done: Done) -> str:
    return " | ".join(cluster.name + ". " + cluster.description for cluster in clusters(done))


def test_a_name_that_points_at_a_person_is_withheld_though_enough_people_share_its_words(chats: Path) -> None:
    with ModelServer(answer=pointing) as server:
        done = judged(chats, server, clusters=4, models=ALONE)
        calls = server.stats().calls
        again = judged(chats, server, clusters=4, models=ALONE)
        assert server.stats().calls == calls
    assert POINTING.lower() not in names(done).lower()
    found = RunFolder(done.folder).stages.found("Auditing")
    assert found["withheld"] == found["audited"] > 0
    assert done.withheld == found["withheld"]
    assert "Auditing" in again.reused
    assert done.atlas.privacy["titles_audited"] is False
    assert done.atlas.privacy["titles_audited_locally"] is True


def test_what_a_model_lets_pass_is_withheld_too(chats: Path) -> None:
    with ModelServer(answer=pointing) as server:
        done = judged(chats, server, clusters=4, models={**ALONE, "audit": "openai/double"}, audit_sample=0)
    assert POINTING.lower() not in names(done).lower()
    assert done.atlas.privacy["titles_audited"] is True


def test_what_a_model_withholds_stays_withheld(chats: Path) -> None:
    def strict(request: ChatRequest) -> str:
        if kind(request) == "audit":
            return json.dumps({"reason": "", "score": 1})
        if kind(request) == "rewrite":
            return json.dumps({"text": "Write love letters"})
        return pointing(request)

    with ModelServer(answer=strict) as server:
        done = judged(chats, server, clusters=4, models={**ALONE, "audit": "openai/double"}, audit_sample=0)
    found = RunFolder(done.folder).stages.found("Auditing")
    assert found["withheld"] == found["audited"] > 0
    assert found["scores"]["1"] == found["audited"]


def test_the_limit_is_the_users(chats: Path, cli: Cli) -> None:
    with ModelServer(answer=pointing) as server:
        done = judged(chats, server, clusters=4, models=ALONE, audit_below=1)
    assert POINTING in names(done)
    assert "withheld." in cli("info", done.folder).stdout


def test_the_atlas_says_who_stands_behind_the_words(chats: Path) -> None:
    with ModelServer(answer=pointing) as server:
        done = judged(chats, server, clusters=4, models=ALONE, audit_below=1, min_users=1)
    guarantee = done.atlas.privacy["guarantee"]
    assert "every word of them, but for general ones, is held by texts of at least 10 conversations" in guarantee


def test_what_a_model_lets_pass_and_the_local_auditor_does_not_is_written_again_once(chats: Path) -> None:
    asked: list[str] = []

    def mending(request: ChatRequest) -> str:
        if kind(request) == "rewrite":
            asked.append(request.user)
            return json.dumps({"text": MENDED})
        return pointing(request)

    models = {**ALONE, "audit": "openai/double"}
    with ModelServer(answer=mending) as server:
        done = judged(chats, server, clusters=4, models=models, audit_sample=0)
    found = RunFolder(done.folder).stages.found("Auditing")
    assert found["rewritten"] == found["audited"] > 0
    assert found["withheld"] == 0
    assert len(asked) == len(set(asked)) > 0
    assert all(POINTING.lower() in text.lower() for text in asked)
    assert POINTING.lower() not in names(done).lower()


def test_what_is_written_again_and_still_points_at_somebody_is_withheld(chats: Path) -> None:
    def stubborn(request: ChatRequest) -> str:
        return json.dumps({"text": POINTING}) if kind(request) == "rewrite" else pointing(request)

    with ModelServer(answer=stubborn) as server:
        done = judged(chats, server, clusters=4, models={**ALONE, "audit": "openai/double"}, audit_sample=0)
    found = RunFolder(done.folder).stages.found("Auditing")
    assert found["withheld"] == found["audited"] > 0
    assert POINTING.lower() not in names(done).lower()
