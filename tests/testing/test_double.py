"""The test double, as others use it: real clients of the official libraries against a real server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import anthropic
import httpx2
import openai
import pytest
from pydantic import BaseModel

from clioscope.testing import FAULTS, ChatRequest, Faults, ModelServer, ServerLimits

LIBRARIES = {"openai": openai, "anthropic": anthropic}
MOODS = {"mood": {"type": "string", "enum": ["calm", "angry"]}, "topic": {"type": "string"}}
SCHEMA = {"type": "object", "properties": MOODS}
COMMAND = [sys.executable, "-m", "clioscope.testing"]
both = pytest.mark.parametrize("wire", list(LIBRARIES))


class Reply(NamedTuple):
    text: str
    finish: str


@contextmanager
def client(wire: str, server: ModelServer, key: str = "any", timeout: float = 5.0) -> Iterator[Callable[..., Reply]]:
    """Says one thing to the model through the official library, with the library's own retries off."""
    options: dict[str, Any] = {"api_key": key, "max_retries": 0, "timeout": timeout}
    chat = openai.OpenAI(base_url=f"{server.url}/v1", **options)
    claude = anthropic.Anthropic(base_url=server.url, **options)

    def say(text: str = "bread and tomatoes", model: str = "m", schema: Any = SCHEMA) -> Reply:
        messages: Any = [{"role": "user", "content": text}]
        if wire == "openai":
            asked: Any = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
            choice = chat.chat.completions.create(model=model, messages=messages, response_format=asked).choices[0]
            return Reply(choice.message.content or "", choice.finish_reason)
        form: Any = {"format": {"type": "json_schema", "schema": schema}}
        said = claude.messages.create(model=model, messages=messages, max_tokens=500, output_config=form)
        return Reply("".join(getattr(block, "text", "") for block in said.content), str(said.stop_reason))

    with chat, claude:
        yield say


@both
def test_the_same_call_gets_the_same_answer_from_any_server(wire: str) -> None:
    said = []
    for seed in (0, 1):
        with ModelServer(seed=seed) as server, client(wire, server) as say:
            said += [say("knead sticky bread dough").text for _ in range(2)]
            assert server.stats().repeated == 1
    assert len(set(said)) == 1
    assert json.loads(said[0])["topic"] == "discuss knead sticky bread dough"


@both
def test_what_is_inside_a_frame_decides_and_not_the_name_of_its_tags(wire: str) -> None:
    with ModelServer() as server, client(wire, server) as say:
        one, same, other = (
            say(f'About:\n<data-{nonce}>\n["{text}"]\n</data-{nonce}>').text
            for nonce, text in (("0a1b", "water the plants"), ("2c3d", "water the plants"), ("0a1b", "pack a bag"))
        )
    assert one == same != other


class Inner(BaseModel):
    kind: Literal["bread", "garden"]
    weight: float
    fits: bool


class Outer(BaseModel):
    inner: Inner
    several: list[Inner]
    score: Literal[1, 2, 3]
    maybe: str | None
    always: Literal["this"]


def test_any_schema_is_filled_so_that_the_librarys_own_parser_takes_it() -> None:
    messages: Any = [{"role": "user", "content": "slugs in my garden"}]
    with ModelServer() as server, openai.OpenAI(base_url=f"{server.url}/v1", api_key="any") as chat:
        done = chat.chat.completions.parse(model="m", messages=messages, response_format=Outer)
    parsed = done.choices[0].message.parsed
    assert parsed is not None
    assert parsed.inner.kind == "garden"
    assert len(parsed.several) == 2


@both
def test_an_answer_of_ones_own_sees_the_call_whatever_its_format(wire: str) -> None:
    seen: list[ChatRequest] = []
    with ModelServer(answer=lambda request: seen.append(request) or "as I like") as server, client(wire, server) as say:
        assert say("hello", model="mine").text == "as I like"
        (body,) = server.requests()
    assert seen == [ChatRequest("mine", "", "hello", SCHEMA)]
    assert body["messages"] == [{"role": "user", "content": "hello"}]


def test_models_and_embeddings_are_served() -> None:
    texts = ["bake sourdough bread", "bake fresh bread", "yellow tomato leaves"]
    with (
        ModelServer(models=["one", "two"]) as server,
        openai.OpenAI(base_url=f"{server.url}/v1", api_key="any") as chat,
    ):
        assert [model.id for model in chat.models.list()] == ["one", "two"]
        found = chat.embeddings.create(model="one", input=texts, encoding_format="float").data
    bread, loaf, leaves = (row.embedding for row in found)
    assert sum(value * value for value in bread) == pytest.approx(1)
    near, far = (sum(x * y for x, y in zip(bread, other, strict=True)) for other in (loaf, leaves))
    assert near > far


@both
def test_the_right_key_is_let_in_and_a_wrong_one_or_an_unknown_model_refused(wire: str) -> None:
    with ModelServer(api_key="right", models=["m"]) as server:
        with client(wire, server, key="wrong") as say, pytest.raises(LIBRARIES[wire].AuthenticationError):
            say()
        with client(wire, server, key="right") as say:
            assert say().text
            with pytest.raises(LIBRARIES[wire].NotFoundError):
                say(model="another")
        assert server.stats().by_status == {401: 1, 404: 1, 200: 1}


RAISED = {
    "rate_limited": ("RateLimitError", 429),
    "rate_limited_silently": ("RateLimitError", 429),
    "overloaded": ("APIStatusError", 529),
    "server_error": ("InternalServerError", 500),
    "unauthorized": ("AuthenticationError", 401),
    "forbidden": ("PermissionDeniedError", 403),
    "not_found": ("NotFoundError", 404),
    "content_filter": ("BadRequestError", 400),
    "timeout": ("APITimeoutError", None),
    "reset": ("APIConnectionError", None),
    "half_body": ("APIConnectionError", None),
}
SPOILT: dict[str, Callable[[Reply], bool]] = {
    "bad_json": lambda reply: not _parses(reply.text),
    "schema_broken": lambda reply: json.loads(reply.text).keys() == {"topic"},
    "refusal": lambda reply: reply.text == "",
    "empty": lambda reply: reply.text == "" and reply.finish in ("stop", "end_turn"),
    "truncated": lambda reply: not _parses(reply.text) and reply.finish in ("length", "max_tokens"),
    "wrong_choice": lambda reply: json.loads(reply.text)["mood"] not in ("calm", "angry"),
    "far_too_long": lambda reply: len(json.loads(reply.text)["topic"]) > 400,
}


def _parses(text: str) -> bool:
    try:
        return bool(json.loads(text))
    except ValueError:
        return False


def test_every_fault_is_tried_here() -> None:
    assert {*RAISED, *SPOILT} == set(FAULTS)


@both
@pytest.mark.parametrize("fault", RAISED)
def test_a_fault_of_the_call_raises_what_the_library_raises_for_it(wire: str, fault: str) -> None:
    name, status = RAISED[fault]
    faults = Faults(always={"bread": fault}, retry_after=7)
    with ModelServer(faults=faults) as server, client(wire, server, timeout=0.3 if fault == "timeout" else 5) as say:
        with pytest.raises(getattr(LIBRARIES[wire], name)) as raised:
            say("bread")
        if fault != "timeout":
            assert say("something else").text
            assert server.stats().answered == 1
        assert server.stats().by_fault == {fault: 1}
    error: Any = raised.value
    assert getattr(error, "status_code", None) == status
    if status is not None:
        assert error.response.headers.get("retry-after") == ("7" if fault == "rate_limited" else None)


@both
@pytest.mark.parametrize("fault", SPOILT)
def test_a_fault_of_the_text_comes_as_a_whole_response(wire: str, fault: str) -> None:
    with ModelServer(faults=Faults(**{fault: 1.0})) as server, client(wire, server) as say:
        reply = say()
        assert (server.stats().answered, server.stats().by_fault) == (1, {fault: 1})
    assert SPOILT[fault](reply), reply


def failing(seed: int, order: int) -> tuple[set[int], list[int]]:
    """Which of 60 calls fail, and how often each must be made until it is answered."""
    failed, tries = set(), []
    with ModelServer(faults=Faults(server_error=0.3), seed=seed) as server, httpx2.Client(base_url=server.url) as http:
        for number in range(60)[::order]:
            body = {"model": "m", "messages": [{"role": "user", "content": f"question {number}"}]}
            statuses = [http.post("/v1/chat/completions", json=body).status_code]
            while statuses[-1] != 200:
                statuses.append(http.post("/v1/chat/completions", json=body).status_code)
            failed |= {number} if len(statuses) > 1 else set()
            tries.append(len(statuses))
        assert server.stats().by_status == {200: 60, 500: sum(tries) - 60}
    return failed, tries[::order]


def test_the_same_calls_fail_in_whatever_order_they_come_and_others_with_another_seed() -> None:
    assert failing(3, 1) == failing(3, -1)
    assert failing(3, 1)[0] != failing(4, 1)[0]
    assert 8 <= len(failing(3, 1)[0]) <= 30


def test_latency_and_jitter_are_waited_for() -> None:
    with ModelServer(latency=0.15, jitter=0.05) as server, client("openai", server) as say:
        took = []
        for number in range(4):
            begin = time.monotonic()
            say(f"question {number}")
            took.append(time.monotonic() - begin)
    assert min(took) >= 0.15
    assert max(took) - min(took) > 0.001


LIMITS = {
    "requests": (ServerLimits(requests_per_second=2, retry_after=3), "x-ratelimit-limit-requests", "120"),
    "tokens": (ServerLimits(tokens_per_minute=600, retry_after=3), "x-ratelimit-limit-tokens", "600"),
    "silent": (ServerLimits(requests_per_second=2, retry_after=None, advertise=False), None, None),
}


@pytest.mark.parametrize("kind", LIMITS)
def test_calls_over_a_limit_are_refused_and_headers_tell_of_it_where_they_should(kind: str) -> None:
    limits, header, value = LIMITS[kind]
    with ModelServer(limits=limits) as server, httpx2.Client(base_url=server.url) as http:
        body = {"model": "m", "messages": [{"role": "user", "content": "bread " * 6}]}
        found = [http.post("/v1/chat/completions", json=body) for _ in range(6)]
        assert server.stats().by_fault["over_limit"] == server.stats().by_status[429] >= 3
    assert found[0].status_code == 200
    refused = next(response for response in found if response.status_code == 429)
    assert refused.headers.get("retry-after") == ("3" if limits.retry_after else None)
    told = {name: text for name, text in found[0].headers.items() if "ratelimit" in name}
    assert told == ({header: value} if header else {})


def test_more_calls_at_once_than_allowed_are_refused_and_counted() -> None:
    with ModelServer(latency=0.2, limits=ServerLimits(most_at_once=2)) as server, client("anthropic", server) as say:
        with ThreadPoolExecutor(5) as pool:
            futures = [pool.submit(say, f"question {number}") for number in range(5)]
        errors = [future.exception() for future in futures]
        assert sum(isinstance(error, anthropic.RateLimitError) for error in errors) == 3
        assert 3 <= server.stats().most_at_once <= 5


def test_an_outage_has_every_call_fail_until_it_ends_and_counts_begin_anew_on_request() -> None:
    with ModelServer() as server, client("openai", server) as say, httpx2.Client(base_url=server.url) as http:
        http.post("/outage", json={"fault": "overloaded", "seconds": 0.3}).raise_for_status()
        for _ in range(2):
            with pytest.raises(openai.APIStatusError):
                say()
        time.sleep(0.31)
        assert say().text
        counts = http.get("/stats").json()
        assert (counts["calls"], counts["answered"], counts["by_status"]) == (3, 1, {"200": 1, "529": 2})
        assert counts["prompt_tokens"] > 0 < counts["completion_tokens"]
        http.post("/reset-stats").raise_for_status()
        assert server.stats().calls == 0
        with pytest.raises(ValueError, match="there is no fault"):
            server.outage("nonsense", 1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_as_a_process_it_prints_its_address_serves_and_stops_when_told(number: signal.Signals) -> None:
    command = [
        *COMMAND,
        "--fault",
        "server_error=1",
        "--latency",
        "0.01",
        "--requests-per-second",
        "100",
        "--seed",
        "2",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
        response = httpx2.post(f"{url}/v1/chat/completions", json=body)
        assert (response.status_code, response.headers["x-ratelimit-limit-requests"]) == (500, "6000")
        process.send_signal(number)
        _, told = process.communicate(timeout=20)
    assert (process.returncode, told) == (0, "")


@pytest.mark.parametrize("wrong", [["--fault", "timeout"], ["--fault", "timeout=often"], ["--port", "TAKEN"]])
def test_what_cannot_be_served_is_told_in_a_sentence(wrong: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [*COMMAND, *(port if part == "TAKEN" else part for part in wrong)]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr


THEIRS = """
import anthropic, openai, pytest
from clioscope.testing import Faults, ModelServer

@pytest.fixture
def server():
    with ModelServer(faults=Faults(always={"bread": "overloaded"})) as server:
        yield server

def test_mine(server):
    with openai.OpenAI(base_url=server.url + "/v1", api_key="any", max_retries=0) as client:
        messages = [{"role": "user", "content": "about plants"}]
        said = client.chat.completions.create(model="any", messages=messages)
    assert "plants" in said.choices[0].message.content

def test_my_retries(server):
    with anthropic.Anthropic(base_url=server.url, api_key="any", max_retries=1) as client:
        with pytest.raises(anthropic.APIStatusError):
            client.messages.create(model="any", max_tokens=9, messages=[{"role": "user", "content": "bread"}])
    assert server.stats().by_fault == {"overloaded": 2}
"""


def test_others_use_it_in_tests_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "test_theirs.py").write_text(THEIRS)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTEST_ADDOPTS": ""}
    )
    assert "2 passed" in done.stdout, done.stdout


def test_a_client_that_goes_away_in_the_middle_of_a_call_is_nothing_to_report(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ModelServer() as server:
        host, port = server.url.removeprefix("http://").split(":")
        for _ in range(5):
            with socket.create_connection((host, int(port))) as connection:
                head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
                connection.sendall(head + b"{" * 2_000)
                time.sleep(0.05)
        time.sleep(0.2)
    assert not [record for record in caplog.records if record.exc_info]
