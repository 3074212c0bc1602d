"""Every word that a model writes about a cluster is shared by enough of its people, or is not published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clioscope.api import run_with
from clioscope.config import make_config
from clioscope.conversation import Conversation, Message
from clioscope.models.judges import Calls
from clioscope.pipeline.done import Done
from clioscope.testing import ChatRequest, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import conversations
from tests.judged.helpers import MODELS, clusters, judged, kind

SECRET = "porphyria"
TITLE = {"name": "Fix things", "description": "People asked for help with several problems. Others asked questions."}


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")


def published(done: Done) -> str:
    return " ".join(f"{c.name} {c.description} {' '.join(c.terms)}".casefold() for c in clusters(done))


def compromised(request: ChatRequest, again: bool = True) -> str:
    """Writes the secret wherever it writes, and lets everything pass."""
    asked = kind(request)
    if asked in ("name", "parent") or (asked == "reword" and again):
        return json.dumps({"name": f"Treat {SECRET}", "description": f"People asked about {SECRET}. One has it."})
    if asked == "audit":
        return json.dumps({"reason": "nothing", "score": 5})
    return json.dumps(TITLE) if asked == "reword" else answer(request)


def planted(accounts: int, *, distinct: bool, n: int = 200) -> list[Conversation]:
    """Conversations of sixty users, with ``accounts`` more that each hold the secret."""
    items = conversations(n)
    for number in range(accounts):
        start = items[number].messages[0].content if distinct else "my sourdough bread will not rise"
        text = f"{start} since i have {SECRET}"
        items.append(Conversation(f"p{number}", (Message("user", text),), f"sybil-{number}", items[number].time))
    return items


def run(folder: Path, items: list[Conversation], server: ModelServer, **options: Any) -> Done:
    models = {name: MODELS[name] for name in ("name", "arrange", "audit")}
    values = {"models": models, "audit_sample": 0, "clusters": 4, **options}
    calls = Calls(base_url=f"{server.url}/v1", timeout=60.0, patience=30.0)
    return run_with(make_config(**values), folder / "run", conversations=items, calls=calls)


@pytest.mark.parametrize(("accounts", "distinct"), [(1, True), (9, True), (40, False)])
def test_a_compromised_model_cannot_publish_what_too_few_wrote(tmp_path: Path, accounts: int, distinct: bool) -> None:
    with ModelServer(answer=compromised) as server:
        done = run(tmp_path, planted(accounts, distinct=distinct), server)
    assert SECRET not in published(done)
    found = json.loads((tmp_path / "run" / "vault" / "stages.json").read_text())["Checking words"]["found"]
    assert found["names_from_terms"] == found["with_unshared_words"] == found["checked"] > 0
    assert "discuss" not in published(done)


def test_a_word_that_enough_people_wrote_stays(tmp_path: Path) -> None:
    def fair(request: ChatRequest) -> str:
        if kind(request) in ("name", "parent"):
            return json.dumps({"name": "Bake bread", "description": "People asked for help with bread."})
        return compromised(request)

    items = [item for item in conversations(400) if item.metadata["topic"] in ("bread", "garden")]
    with ModelServer(answer=fair) as server:
        done = run(tmp_path, items, server, clusters=2)
    names = [cluster.name for cluster in clusters(done)]
    assert any("bake" in name.casefold() for name in names)
    assert SECRET not in published(done)


def test_what_is_written_again_is_checked_and_published(tmp_path: Path) -> None:
    with ModelServer(answer=lambda request: compromised(request, again=False)) as server:
        done = run(tmp_path, planted(1, distinct=True), server, audit_below=1)  # "One has it." would be withheld before
    assert all(cluster.name.startswith(TITLE["name"]) for cluster in clusters(done))
    assert all(cluster.description == TITLE["description"] for cluster in clusters(done))


def test_what_is_written_again_is_audited(tmp_path: Path) -> None:
    def strict(request: ChatRequest) -> str:
        if kind(request) == "audit":
            low = TITLE["name"] in request.user
            return json.dumps({"reason": "as told", "score": 1 if low else 5})
        return compromised(request, again=False)

    with ModelServer(answer=strict) as server:
        done = run(tmp_path, planted(1, distinct=True), server)
    assert TITLE["name"].casefold() not in published(done)
    assert SECRET not in published(done)


def test_where_there_is_no_description_none_has_to_be_written_again(tmp_path: Path) -> None:
    described = "People asked for help with"

    def without(request: ChatRequest) -> str:
        if kind(request) == "audit":
            return json.dumps({"reason": "as told", "score": 1 if described in request.user else 5})
        if kind(request) == "rewrite":
            return json.dumps({"text": f"{described} something else that is as bad."})
        if kind(request) == "reword":
            assert '"description":""' in request.user
            return json.dumps({"name": TITLE["name"], "description": ""})
        return json.dumps({"name": f"Treat {SECRET}", "description": f"{described} {SECRET}."})

    with ModelServer(answer=without) as server:
        done = run(tmp_path, planted(1, distinct=True), server)
    assert all(cluster.name.startswith(TITLE["name"]) for cluster in clusters(done))
    assert not any(described in cluster.description for cluster in clusters(done))
    assert done.usage is not None
    assert done.usage.repairs == {}


def test_a_description_that_there_was_is_written_again_and_not_left_out(tmp_path: Path) -> None:
    def forgetful(request: ChatRequest) -> str:
        if kind(request) == "reword" and "does not fit" not in request.user:
            return json.dumps({**TITLE, "description": ""})
        return compromised(request, again=False)

    with ModelServer(answer=forgetful) as server:
        done = run(tmp_path, planted(1, distinct=True), server, audit_below=1)
    assert all(cluster.description == TITLE["description"] for cluster in clusters(done))
    assert done.usage is not None
    assert done.usage.repairs == {"schema": len(clusters(done))}


def test_the_model_is_told_the_words_and_what_to_say_instead(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    def listening(request: ChatRequest) -> str:
        if kind(request) == "reword":
            frame = request.user
            asked.append(json.loads(frame[frame.index("{") : frame.rindex("}") + 1]))
        return compromised(request)

    with ModelServer(answer=listening) as server:
        run(tmp_path, planted(1, distinct=True), server)
    assert asked
    for frame in asked:
        assert {"Treat", SECRET} <= set(frame["unshared_words"])
        assert SECRET not in frame["shared_words"]
        assert frame["shared_words"]


def test_where_people_share_no_words_the_model_is_asked_for_a_general_text(tmp_path: Path) -> None:
    asked: list[str] = []

    def listening(request: ChatRequest) -> str:
        if kind(request) == "reword":
            asked.append(request.user)
        return compromised(request, again=False)

    words = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}x" for n in range(400)]
    items = [
        Conversation(str(n), (Message("user", " ".join(words[4 * n : 4 * n + 4])),), f"u{n}", item.time)
        for n, item in enumerate(conversations(100))
    ]
    with ModelServer(answer=listening) as server:
        done = run(tmp_path, items, server)
    assert asked
    assert all('"shared_words":[]' in text for text in asked)
    assert all(cluster.name.startswith(TITLE["name"]) for cluster in clusters(done))


def test_names_from_words_never_show_a_model_what_anybody_wrote(tmp_path: Path) -> None:
    seen: list[ChatRequest] = []

    def listening(request: ChatRequest) -> str:
        if kind(request) in ("words", "name", "parent", "reword", "propose", "assign"):
            seen.append(request)
        if kind(request) == "words":
            return json.dumps({"name": "Fix problems", "description": "People asked for help with problems."})
        return compromised(request) if kind(request) == "audit" else answer(request)

    items = planted(5, distinct=True)
    with ModelServer(answer=listening) as server:
        done = run(tmp_path, items, server, names_from="words")
    kinds = {kind(request) for request in seen}
    assert "words" in kinds
    assert "name" not in kinds
    texts = {message.content for item in items for message in item.messages if message.role == "user"}
    assert not any(text in request.user for request in seen for text in texts)
    assert not any(SECRET in request.user for request in seen)
    assert any(cluster.name.startswith("Fix problems") for cluster in clusters(done, 0))


def test_areas_keep_the_names_that_their_user_gave(tmp_path: Path) -> None:
    areas = ({"name": "Zymurgy", "description": "bread"}, {"name": "Else", "description": "everything else"})
    with ModelServer(answer=compromised) as server:
        done = judged(tmp_path, server, areas=areas, clusters=4)
    top = [cluster for cluster in clusters(done) if cluster.parent_id is None]
    assert {cluster.name for cluster in top} <= {"Zymurgy", "Else"}
    assert SECRET not in published(done)


def test_where_users_are_unknown_conversations_are_counted(tmp_path: Path) -> None:
    with ModelServer(answer=compromised) as server:
        done = judged(tmp_path, server, profile="personal", clusters=4)
    assert SECRET not in published(done)
    found = json.loads((tmp_path / "run" / "vault" / "stages.json").read_text())["Checking words"]["found"]
    assert found["counted"] == "conversations"
