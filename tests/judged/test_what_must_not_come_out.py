"""What a run with a model keeps to itself, whatever the model, the provider or the options do."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from clioscope.api import run_with
from clioscope.config import make_config
from clioscope.conversation import Conversation, Message
from clioscope.errors import ClioscopeError
from clioscope.models.judges import Calls
from clioscope.testing import ChatRequest, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import conversations, write_jsonl
from tests.judged.helpers import MODELS, clusters, judged, kind, source

AREAS = (
    {"name": "Cooking", "description": "baking bread and preparing food"},
    {"name": "Software", "description": "Python programs and their errors"},
    {"name": "Other", "description": "travel, gardens, jobs and money"},
)
PERSON = "Anna Svensson of Lund"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")


def everything(folder: Path) -> str:
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("count", [3, 9])
def test_withheld_names_stay_withheld_under_areas(tmp_path: Path, count: int) -> None:
    def names_a_person(request: ChatRequest) -> str:
        if kind(request) == "audit":
            return json.dumps({"reason": "it names a person", "score": 1})
        if kind(request) in ("name", "parent"):
            return json.dumps({"name": f"Reach {PERSON}", "description": f"{PERSON} asked things. She was sad."})
        return json.dumps({"text": f"{PERSON} still"}) if kind(request) == "rewrite" else answer(request)

    with ModelServer(answer=names_a_person) as server:
        done = judged(tmp_path, server, areas=AREAS, clusters=count)
    assert PERSON not in everything(tmp_path / "run" / "atlas")
    top = [cluster for cluster in clusters(done) if cluster.parent_id is None]
    assert {cluster.name for cluster in top} <= {area["name"] for area in AREAS}
    assert len(top) > 1


def test_areas_keep_their_names_where_no_model_names(tmp_path: Path) -> None:
    with ModelServer() as server:
        done = judged(tmp_path, server, areas=AREAS, clusters=6, models={"extract": "openai/double"})
    top = [cluster for cluster in clusters(done) if cluster.parent_id is None]
    assert {cluster.name for cluster in top} <= {area["name"] for area in AREAS}


@pytest.mark.parametrize("users", [None, 60])
@pytest.mark.parametrize("profile", ["default", "personal"])
def test_the_words_of_one_conversation_are_no_term_however_many_values_it_has(
    tmp_path: Path, users: int | None, profile: str
) -> None:
    rare = [
        f"zanzibar kombucha {word}"
        for word in ("brewing", "bottling", "tasting", "selling", "labels", "taxes", "storage")
    ]

    def many(request: ChatRequest) -> str:
        if kind(request) != "extract":
            return answer(request)
        fields = json.loads(answer(request))
        return json.dumps(fields | {"wishes": rare if "zanzibar" in request.user else [fields["request"]]})

    items = conversations(150, users)
    items[0] = Conversation("odd", (Message("user", "zanzibar kombucha"),), items[0].user, items[0].time)
    path = write_jsonl(tmp_path / "chats.jsonl", items)
    wishes = {"name": "wishes", "kind": "list", "question": "What does the person wish for?", "most": 10}
    config = make_config(
        source=(str(path),),
        models={"extract": "openai/double"},
        questions=(wishes,),
        cluster_by=("wishes",),
        clusters=4,
        profile=profile,
    )
    with ModelServer(answer=many) as server:
        run_with(config, tmp_path / "run", calls=Calls(base_url=f"{server.url}/v1"))
    assert "kombucha" not in everything(tmp_path / "run" / "atlas-wishes") + everything(tmp_path / "run" / "atlas")


def test_what_a_model_writes_into_a_broken_answer_is_shown_nowhere(tmp_path: Path) -> None:
    def own_key(request: ChatRequest) -> str:
        fields = json.loads(answer(request))
        said = {f"{PERSON} is ill": 1} if kind(request) == "extract" and "conversation 7 " in request.user else {}
        return json.dumps(fields | said) if isinstance(fields, dict) else json.dumps(fields)

    items = conversations(240)
    items[7] = Conversation("odd", (Message("user", "conversation 7 of somebody"),), items[7].user, items[7].time)
    write_jsonl(tmp_path / "chats.jsonl", items)
    with ModelServer(answer=own_key) as server:
        done = judged(tmp_path, server, clusters=6)
    assert done.failures == {"schema": 1}
    listed = (tmp_path / "run" / "vault" / "failures.jsonl").read_text(encoding="utf-8")
    assert json.loads(listed)["id"] == "odd"
    assert "not asked for" in listed
    assert PERSON not in listed


class Quoting(BaseHTTPRequestHandler):
    """Refuses every request, and says what it was, as some servers do."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        quoted = body["messages"][1]["content"][-230:]
        said = json.dumps({"error": {"message": f"bad input: {quoted}", "code": "bad_input"}}).encode()
        self.send_response(400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *arguments: object) -> None:
        pass


def test_a_provider_that_quotes_the_conversation_is_not_quoted(tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Quoting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    config = make_config(source=(str(source(tmp_path)),), models=MODELS)
    with pytest.raises(ClioscopeError) as told:
        run_with(config, tmp_path / "run", calls=Calls(base_url=f"http://127.0.0.1:{server.server_port}/v1"))
    server.shutdown()
    server.server_close()
    assert "HTTP 400, bad_input; its words quote the request" in str(told.value)
    assert not any(word in str(told.value) for word in ("tomato", "sourdough", "resume", "content"))


def test_a_hierarchy_that_is_no_longer_made_leaves_no_atlas(tmp_path: Path) -> None:
    with ModelServer() as server:
        judged(tmp_path, server, clusters=6, cluster_by=("request", "task"), min_users=2)
        assert (tmp_path / "run" / "atlas-task").is_dir()
        judged(tmp_path, server, clusters=6)
    assert not (tmp_path / "run" / "atlas-task").exists()


def test_figures_of_the_audit_are_not_published(tmp_path: Path) -> None:
    with ModelServer() as server:
        done = judged(tmp_path, server, clusters=6, audit_sample=500, models=MODELS)
    assert done.atlas.privacy["texts_audited"] == 500
    assert not {"audited", "rewritten", "withheld"} & set(json.dumps(done.atlas.privacy).split('"'))
