"""From a file to an atlas: runs that are started, watched, stopped and resumed in the explorer."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from clioscope.explorer.runs.events import events_of, outcome_of
from clioscope.explorer.runs.running import AT_ONCE
from clioscope.explorer.settings import Settings
from clioscope.sample import conversations as sample
from clioscope.testing import ModelServer
from tests.explorer.atlases import recorded
from tests.explorer.conftest import Serve
from tests.explorer.serving import SECONDS, Process, Served, process, served

Told = list[tuple[int, str, dict[str, Any]]]

STAGES = ["Reading", "Asking", "Embedding", "Clustering", "Naming", "Mapping", "Releasing"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the shipped sample, and with the first 300 conversations of it."""
    folder = tmp_path_factory.mktemp("data")
    lines = gzip.decompress(sample().read_bytes()).splitlines(keepends=True)
    (folder / "many.jsonl").write_bytes(b"".join(lines))
    (folder / "chats.jsonl").write_bytes(b"".join(lines[:300]))
    (folder / "link.jsonl").symlink_to(folder / "chats.jsonl")
    (folder / "broken.jsonl").write_text("no JSON at all\n" * 50)
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def refusing(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on which nothing is started."""
    runs = tmp_path_factory.mktemp("refusing") / "runs"
    recorded("names", runs / "names" / "atlas")
    with served(Settings(runs, data=data)) as found:
        yield found


@contextmanager
def browser(runs: Path, data: Path, **environment: str) -> Iterator[tuple[httpx.Client, Process]]:
    """A server process over ``runs``, and somebody who may start runs."""
    arguments = ("serve", runs, "--port", "0", "--data", data)
    with process(*arguments, folder=runs.parent, environment=environment) as server, server.signed_in() as client:
        yield client, server


def start(client: httpx.Client, name: str = "first", **options: object) -> httpx.Response:
    return client.post("/api/runs", json={"source": "chats.jsonl", "name": name, **options})


def told(client: httpx.Client, name: str = "first", after: int | None = None, until: str = "end") -> Told:
    """The events of a run, up to the first of the kind ``until``."""
    headers = {} if after is None else {"last-event-id": str(after)}
    found: Told = []
    with client.stream("GET", f"/api/runs/{name}/progress", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        event: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                field, _, value = line.partition(": ")
                event[field] = value
                continue
            if "event" in event:
                found.append((int(event.get("id", 0)), event["event"], json.loads(event["data"])))
                if event["event"] == until:
                    return found
            event = {}
    return found


def ended(client: httpx.Client, name: str = "first") -> dict[str, Any]:
    """The run, once it is no longer under way."""
    told(client, name)
    found: dict[str, Any] = client.get(f"/api/runs/{name}").json()
    return found


def test_a_file_becomes_an_atlas_while_one_watches(runs: Path, data: Path) -> None:
    with browser(runs, data) as (client, _):
        listed = client.get("/api/files").json()
        assert [file["path"] for file in listed["entries"]] == ["broken.jsonl", "chats.jsonl", "many.jsonl"]
        estimate = client.post("/api/estimate", json={"source": "chats.jsonl"}).json()
        assert estimate == {"conversations": 300, "stages": [], "dollars": 0, "thinks": False}
        assert client.get("/api/runs").json() == {"runs": [], "can_start": True}
        started = start(client, seed=3, cluster_size=50)
        assert started.status_code == 201, started.text
        assert started.json()["status"] == "running"
        events = told(client)
        done = [data["stage"] for _, kind, data in events if kind == "stage" and data["state"] == "done"]
        assert [stage for stage in done if stage in STAGES] == STAGES
        begun = next(data for _, kind, data in events if kind == "stage" and data["stage"] == "Embedding")
        assert (begun["state"], begun["total"], begun["unit"]) == ("begun", 300, "texts")
        assert all(data["done"] <= data["total"] for _, _, data in events if data.get("state") == "under way")
        assert events[-1] == (0, "end", {"status": "finished", "problem": None})
        half = events[len(events) // 2][0]
        assert told(client, after=half) == [event for event in events if event[0] > half or event[1] == "end"]
        (run,) = client.get("/api/runs").json()["runs"]
        assert (run["status"], run["source"], run["attempts"]) == ("finished", "chats.jsonl", 1)
        assert run["options"] == {"seed": 3, "cluster_size": 50}
        assert (run["atlas"]["min_users"], run["atlas"]["profile"]) == (10, "default")
        assert client.get("/api/atlases/first").json()["conversations"] == 300
        assert client.post("/api/runs/first/resume").status_code == 409
        assert client.post("/api/runs/first/stop").status_code == 409
        again = start(client)
        assert (again.status_code, "choose another name" in again.json()["problem"]) == (409, True)
        (line,) = [line for line in client.get("/api/audit-log").json()["lines"] if line["action"] == "run"]
        assert (line["about"], line["detail"]["source"]) == ("first", "chats.jsonl")
    files = list((runs / ".explorer" / "runs" / "first").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_run_is_stopped_and_goes_on_to_its_end(runs: Path, data: Path) -> None:
    with browser(runs, data) as (client, _):
        assert start(client).status_code == 201
        told(client, until="stage")
        stopped = client.post("/api/runs/first/stop")
        assert stopped.status_code == 200, stopped.text
        run = ended(client)
        assert (run["status"], run["atlas"]["status"]) == ("stopped", "stopped")
        assert "resume it" in run["problem"]
        assert client.post("/api/runs/first/resume").json()["status"] == "running"
        events = told(client)
        assert [data["attempt"] for _, kind, data in events if kind == "attempt"] == [1, 2]
        assert any("Stopped." in data["text"] for _, kind, data in events if kind == "error")
        assert events[-1][2]["status"] == "finished"
        assert client.get("/api/runs/first").json()["attempts"] == 2
        lines = client.get("/api/audit-log").json()["lines"]
        did = [line["detail"]["did"] for line in lines if line["action"] == "run"]
        assert did == ["resumed", "stopped", "started"]


def test_a_run_outlives_its_server(runs: Path, data: Path) -> None:
    with browser(runs, data, CLIOSCOPE_STORE=str(runs / "own.sqlite")) as (client, server):
        assert start(client, source="many.jsonl").status_code == 201
        told(client, until="stage")
        server.process.kill()
        server.process.wait()
    with browser(runs, data) as (client, _):
        seen = told(client, until="stage")
        assert [kind for _, kind, _ in seen] == ["attempt", "stage"], "what it told before is still there"
        assert client.get("/api/runs/first").json()["status"] == "running"
        if sys.platform == "linux":
            environment = Path(f"/proc/{_process(runs)}/environ").read_bytes()
            assert b"CLIOSCOPE_STORE" not in environment, "a run has no business in the store"
        assert client.post("/api/runs/first/resume").status_code == 409, "it is under way"
        assert client.post("/api/runs/first/stop").status_code == 200
        assert ended(client)["status"] == "stopped"


def test_the_server_ends_in_peace_while_a_run_is_under_way_and_watched(runs: Path, data: Path) -> None:
    with browser(runs, data) as (client, server):
        start(client, source="many.jsonl")
        with client.stream("GET", "/api/runs/first/progress") as answer:
            assert next(answer.iter_lines()) == "retry: 1000"
            code, said = server.ended()
        assert (code, "Traceback" in said, "Warning" in said) == (0, False, False), said
    with browser(runs, data) as (client, _):
        assert client.post("/api/runs/first/stop").status_code == 200
        assert ended(client)["status"] == "stopped"


def test_a_run_that_is_killed_has_failed_and_can_be_resumed(runs: Path, data: Path) -> None:
    with browser(runs, data) as (client, _):
        start(client)
        told(client, until="stage")
        os.kill(_process(runs), signal.SIGKILL)
        run = ended(client)
        assert run["status"] == "failed"
        assert "without a word" in run["problem"]
        assert client.post("/api/runs/first/resume").json()["status"] == "running"
        assert client.post("/api/runs/first/stop").status_code == 200
        assert ended(client)["status"] in ("stopped", "finished")


def test_a_run_that_cannot_be_says_why(runs: Path, data: Path) -> None:
    with browser(runs, data) as (client, _):
        assert start(client, source="broken.jsonl").status_code == 201
        run = ended(client)
        assert run["status"] == "failed"
        assert len(run["problem"]) > 20
        refused = client.post("/api/estimate", json={"source": "broken.jsonl"})
        assert refused.status_code == 400
        assert refused.json()["problem"].endswith(".")


def test_no_more_runs_than_the_machine_bears_are_under_way(runs: Path, data: Path) -> None:
    with browser(runs, data) as (client, _):
        names = [f"run-{number}" for number in range(AT_ONCE + 1)]
        answers = [start(client, name) for name in names]
        assert [answer.status_code for answer in answers] == [*[201] * AT_ONCE, 409]
        assert "no more at once" in answers[-1].json()["problem"]
        for name in names[:AT_ONCE]:
            client.post(f"/api/runs/{name}/stop")
        assert {ended(client, name)["status"] for name in names[:AT_ONCE]} <= {"stopped", "finished", "failed"}


def test_a_model_is_asked_with_the_servers_own_key_and_costs_what_it_may(runs: Path, data: Path) -> None:
    with ModelServer(api_key="sk-of-the-server") as model:
        asked = {"model": "openai/gpt-5-nano", "sample": 150, "names_from": "facets"}
        keys = {"OPENAI_API_KEY": "sk-of-the-server", "OPENAI_BASE_URL": f"{model.url}/v1"}
        with browser(runs, data, **keys) as (client, _):
            estimate = client.post("/api/estimate", json={"source": "chats.jsonl", **asked}).json()
            assert {stage["judgement"] for stage in estimate["stages"]} == {"extract", "name", "audit"}
            assert 0 < estimate["dollars"] < 1
            unlimited = start(client, **asked)
            assert (unlimited.status_code, "max_cost" in unlimited.json()["problem"]) == (422, True)
            assert start(client, "poor", max_cost=0.0001, **asked).status_code == 201
            poor = ended(client, "poor")
            assert poor["status"] == "stopped"
            assert "cost" in poor["problem"]
            assert start(client, max_cost=5, **asked).status_code == 201
            run = ended(client)
            assert run["status"] == "finished", run
            assert 0 < run["atlas"]["cost"] < 1
            queue = client.get("/api/atlases/first/review").json()["items"]
            assert queue
    assert "sk-of-the-server" not in "".join(
        path.read_text("utf-8", "replace") for path in (runs / ".explorer" / "runs").rglob("*.json*")
    )


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"source": "../chats.jsonl"}, 404, "no such file"),
        ({"source": "link.jsonl"}, 404, "Links are not followed"),
        ({"source": "/etc/passwd"}, 404, "no such file"),
        ({"name": "../up"}, 422, "name"),
        ({"name": "-x"}, 422, "name"),
        ({"name": ""}, 422, "name"),
        ({"name": "names"}, 409, "choose another name"),
        ({"profile": "none"}, 422, "profile"),
        ({"base_url": "http://evil.example"}, 422, "base_url"),
        ({"prompts": {}}, 422, "prompts"),
        ({"model": "file/x", "max_cost": 1}, 422, "command line"),
        ({"model": "openai/x --prices=/etc/passwd", "max_cost": 1}, 422, "model"),
        ({"facets": ["a\nb"]}, 422, "facets"),
        ({"batch": True}, 422, "batch"),
        ({"max_cost": float("inf"), "model": "openai/x"}, 422, "max_cost"),
    ],
)
def test_what_is_not_among_the_options_is_refused(
    asked: dict[str, object], status: int, said: str, refusing: Served
) -> None:
    with refusing.client() as client:
        body = json.dumps({"source": "chats.jsonl", "name": "first", **asked})
        answer = client.post("/api/runs", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == status
        assert said in answer.json()["problem"]
        assert client.get("/api/runs").json()["runs"] == []


@pytest.mark.parametrize("which", ["no data folder", "one run"])
def test_where_nothing_can_be_started_it_says_so(which: str, serve: Serve, runs: Path, data: Path) -> None:
    recorded("names", runs / "names" / "atlas")
    server = serve(runs) if which == "no data folder" else serve(runs / "names", data=data)
    with server.client() as client:
        assert not client.get("/api/runs").json()["can_start"]
        for answer in (client.get("/api/files"), start(client)):
            assert answer.status_code == 409
            assert "--data" in answer.json()["problem"]


@pytest.mark.parametrize("name", ["nothing", "..", "%2e%2e", "estimate"])
def test_a_run_that_was_not_started_here_is_not_found(name: str, serve: Serve, runs: Path, data: Path) -> None:
    with serve(runs, data=data).client() as client:
        for method, part in (("GET", ""), ("GET", "/progress"), ("POST", "/stop"), ("POST", "/resume")):
            assert client.request(method, f"/api/runs/{name}{part}").status_code in (404, 405)


def test_lines_become_events_and_tracebacks_do_not() -> None:
    lines = [
        '{"attempt": 1, "time": "now"}\n',
        '{"stage": "Reading", "state": "begun", "total": 10, "unit": "bytes", "secret": "x"}\n',
        "a library says something\n",
        '{"note": "Nothing to see."}\n',
        "Error: It cannot be.\n",
        "Do this instead.\n",
        '{"attempt": 2, "time": "later"}\n',
        "Traceback (most recent call last):\n",
        '  File "x.py", line 1, in <module>\n',
        "Error: my conversation\n",
        "KeyError: 'my conversation'\n",
    ]
    found = [(event.number, event.kind, event.data) for event in events_of(lines)]
    assert found == [
        (1, "attempt", {"attempt": 1, "time": "now"}),
        (2, "stage", {"stage": "Reading", "state": "begun", "total": 10, "unit": "bytes"}),
        (4, "note", {"text": "Nothing to see."}),
        (5, "error", {"text": "It cannot be."}),
        (6, "error", {"text": "Do this instead."}),
        (7, "attempt", {"attempt": 2, "time": "later"}),
    ]
    assert outcome_of(lines[:6]) == (1, "", "It cannot be. Do this instead.", "Reading")
    assert outcome_of(lines) == (2, "", "", None)
    assert outcome_of([*lines[:2], "Stopped: The limit of 1 USD is reached.\n"]).stopped.endswith("1 USD is reached.")


def test_a_run_that_was_stopped_before_it_could_say_a_word_is_stopped() -> None:
    attempt, stop = '{"attempt": 1, "time": "now"}\n', '{"stop": "now"}\n'
    assert outcome_of([attempt, stop]).stopped
    assert not outcome_of([attempt, stop, "Error: The disk is full.\n"]).stopped
    assert not outcome_of([attempt, stop, attempt]).stopped


def _process(runs: Path) -> int:
    """The process of the run that was started."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        text = (runs / ".explorer" / "runs" / "first" / "started.json").read_text()
        if found := re.search(r'"process": (\d+)', text):
            return int(found[1])
    raise AssertionError("no process")
