"""What goes over the wire and what comes back, in both formats, and what an error is allowed to say."""

from __future__ import annotations

import asyncio
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from clioscope.models import wire_anthropic, wire_openai
from clioscope.models.base import RETRIED, Answer, CallError, Limits, Reply, Request
from clioscope.models.names import parse_model
from clioscope.models.profiles import SHIPPED, ModelProfile
from clioscope.models.sdk import call_error, retry_after
from clioscope.models.sdk_models import connect
from clioscope.testing import Faults, ModelServer, ServerLimits

SCHEMA = {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"], "additionalProperties": False}
REQUEST = Request("audit", "the system", "the user \U0001f600 \u2028", SCHEMA, 100, 0.25)
BOTH = ["openai/double", "anthropic/double"]
SECRET = "sk-proj-verysecretverysecret"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)


def call(model: str, server: ModelServer, timeout: float = 5.0) -> Reply:
    async def once() -> Reply:
        connected = connect(parse_model(model), server.url + ("/v1" if model.startswith("openai") else ""), timeout)
        try:
            return await connected.answer(REQUEST)
        finally:
            await connected.close()

    return asyncio.run(once())


def openai_body(**profile: Any) -> dict[str, Any]:
    return wire_openai.body(REQUEST, "m", ModelProfile(**profile))


def anthropic_body(**profile: Any) -> dict[str, Any]:
    return wire_anthropic.body(REQUEST, "m", ModelProfile(**profile))


def test_a_request_in_openais_format() -> None:
    assert openai_body() == {
        "model": "m",
        "messages": [{"role": "system", "content": REQUEST.system}, {"role": "user", "content": REQUEST.user}],
        "max_tokens": 100,
        "temperature": 0.25,
        "response_format": {"type": "json_schema", "json_schema": {"name": "audit", "strict": True, "schema": SCHEMA}},
    }


def test_a_request_in_anthropics_format() -> None:
    assert anthropic_body() == {
        "model": "m",
        "system": REQUEST.system,
        "messages": [{"role": "user", "content": REQUEST.user}],
        "max_tokens": 100,
        "temperature": 0.25,
        "output_config": {"format": {"type": "json_schema", "schema": SCHEMA}},
    }


def test_a_profile_leaves_out_renames_and_adds_fields() -> None:
    thinks = {"temperature": False, "thinking_tokens": 900, "extra": {"reasoning_effort": "low"}}
    body = openai_body(max_tokens="max_completion_tokens", structured="json_object", **thinks)
    assert {name: body[name] for name in body if name not in ("model", "messages")} == {
        "max_completion_tokens": 1000,
        "response_format": {"type": "json_object"},
        "reasoning_effort": "low",
    }
    assert set(openai_body(structured="none")) == {"model", "messages", "max_tokens", "temperature"}
    assert set(anthropic_body(structured="none", temperature=False)) == {"model", "system", "messages", "max_tokens"}
    assert anthropic_body(**thinks)["max_tokens"] == 1000


@pytest.mark.parametrize("model", BOTH)
def test_what_is_sent_is_the_body_and_what_comes_back_is_the_answer_with_its_tokens(model: str) -> None:
    wire = wire_openai if model.startswith("openai") else wire_anthropic
    with ModelServer(answer=lambda _: "a text of some words") as server:
        answer = call(model, server).answer
        assert server.requests() == [wire.body(REQUEST, "double", SHIPPED.of(model))]
        stats = server.stats()
    assert answer == Answer("a text of some words", "stop", stats.prompt_tokens, stats.completion_tokens, "double")
    assert answer.prompt_tokens > 0


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(("fault", "finish"), [("refusal", "refusal"), ("truncated", "length"), ("empty", "stop")])
def test_why_an_answer_ended_is_told(model: str, fault: str, finish: str) -> None:
    with ModelServer(faults=Faults(**{fault: 1.0})) as server:
        answer = call(model, server).answer
    assert answer.finish == finish
    assert bool(answer.text) == (finish == "length")


OF_THE_CALL = {
    "rate_limited": "rate limit", "rate_limited_silently": "rate limit", "overloaded": "overloaded",
    "server_error": "server error", "timeout": "timeout", "reset": "connection", "half_body": "connection",
}  # fmt: skip


@pytest.mark.parametrize("model", BOTH)
@pytest.mark.parametrize(("fault", "kind"), OF_THE_CALL.items())
def test_a_failed_call_is_of_a_kind_and_is_never_made_again_by_the_library(model: str, fault: str, kind: str) -> None:
    with ModelServer(faults=Faults(retry_after=1.5, **{fault: 1.0})) as server:
        with pytest.raises(CallError) as raised:
            call(model, server, timeout=0.5 if fault == "timeout" else 5.0)
        assert server.stats().calls == 1
    assert raised.value.kind == kind
    assert kind in RETRIED
    assert raised.value.retry_after == (1.5 if fault == "rate_limited" else None)
    assert raised.value.paid == (fault in ("timeout", "reset", "half_body"))
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_what_a_filter_stops_is_not_tried_again_and_a_wrong_key_ends_everything() -> None:
    for double, kind in (
        (ModelServer(faults=Faults(content_filter=1.0)), "filtered"),
        (ModelServer(api_key="x"), "fatal"),
    ):
        with double as server, pytest.raises(CallError) as raised:
            call("openai/double", server)
        assert raised.value.kind == kind
        assert kind not in RETRIED


def test_the_double_lets_the_right_key_in() -> None:
    with ModelServer(api_key=SECRET) as server:
        assert call("openai/double", server).answer.text
        assert call("anthropic/double", server).answer.text


@pytest.mark.parametrize("model", BOTH)
def test_limits_that_the_server_tells_come_with_the_answer(model: str) -> None:
    with ModelServer(limits=ServerLimits(requests_per_second=5, tokens_per_minute=90_000)) as server:
        assert call(model, server).limits == Limits(300, 90_000)
    with ModelServer() as server:
        assert call(model, server).limits is None


KINDS = {
    "rate limit": [(429, "rate_limit_exceeded"), (429, "")],
    "overloaded": [(529, "overloaded_error"), (503, "")],
    "server error": [(500, ""), (502, ""), (408, ""), (409, "")],
    "fatal": [(429, "insufficient_quota"), (401, ""), (402, ""), (403, ""), (404, "model_not_found")],
    "filtered": [(400, "content_filter"), (400, "It was flagged for safety reasons.")],
    "too long": [(400, "context_length_exceeded"), (400, "prompt is too long: 9 tokens > 8 maximum"), (413, "")],
    "invalid": [(400, ""), (400, "unsupported_parameter"), (422, "")],
}


@pytest.mark.parametrize(("kind", "status", "said"), [(kind, *case) for kind, cases in KINDS.items() for case in cases])
def test_a_status_and_what_is_said_make_a_kind_of_failure(kind: str, status: int, said: str) -> None:
    assert wire_openai.failure_kind(status, said, "") == kind
    assert wire_openai.failure_kind(status, "", said.upper()) == kind


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Output blocked by content filtering policy", "filtered"),
        ("Your credit balance is too low to access the Anthropic API.", "fatal"),
    ],
)
def test_what_anthropic_says_makes_a_kind_of_failure(said: str, kind: str) -> None:
    assert wire_openai.failure_kind(400, "invalid_request_error", said) == kind


ECHOES = [
    "Incorrect API key provided: {key}. You can find yours at ...",
    "Authorization: Bearer {key}",
    "denied for sk-proj-very***************cret",
    "x-api-key={key}, twice {key}",
    "prompt " * 50 + "{key}",
]


@pytest.mark.parametrize("library", [openai, anthropic])
@pytest.mark.parametrize("secret", [SECRET, "0123456789abcdef0123456789abcdef", "AIzaSyVerySecretVerySecret"])
@pytest.mark.parametrize("echo", ECHOES)
def test_a_key_that_the_server_repeats_is_not_in_the_error(library: Any, secret: str, echo: str) -> None:
    message = echo.format(key=secret)
    address = httpx2.Request("POST", "http://host/v1", headers={"authorization": f"Bearer {secret}"})
    response = httpx2.Response(401, request=address, headers={"retry-after": "7"})
    raised = library.AuthenticationError(message, response=response, body={"error": {"message": message}})
    error = call_error(raised, (secret,))
    for shown in (str(error), repr(error), repr(error.args), error.message, error.code):
        assert secret not in shown
        assert "cret" not in shown
        assert len(shown) < 300
    assert error.message.startswith("HTTP 401: ")
    assert (error.kind, error.retry_after) == ("fatal", 7.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "-4"}, 0.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        *[({"retry-after": said}, None) for said in ("soon", "", "inf", "nan")],
        ({}, None),
    ],
)
def test_the_pause_that_a_server_asks_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_pause_may_be_asked_for_as_a_date() -> None:
    until = datetime.now(UTC) + timedelta(seconds=90)
    assert retry_after({"retry-after": format_datetime(until, usegmt=True)}) == pytest.approx(90, abs=20)


def openai_says(reason: str = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": reason}], "usage": usage}


@pytest.mark.parametrize(
    ("response", "answer"),
    [
        (openai_says(content="x"), Answer("x", "stop")),
        (openai_says(content=None), Answer("", "stop")),
        (openai_says(content=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]), Answer("ab", "stop")),
        (openai_says(content="x", reason="length"), Answer("x", "length")),
        (openai_says(content="half", reason="content_filter"), Answer("", "refusal")),
        (openai_says(content="x", refusal="I can't."), Answer("", "refusal")),
        (openai_says(content="x", usage={"prompt_tokens": 3}), Answer("x", "stop", 3)),
    ],
)
def test_answers_in_openais_format(response: dict[str, Any], answer: Answer) -> None:
    assert wire_openai.answer(response) == answer


TEXT = {"type": "text", "text": "a"}


@pytest.mark.parametrize(
    ("content", "reason", "usage", "answer"),
    [
        ([TEXT, TEXT], "end_turn", None, Answer("aa", "stop")),
        ([{"type": "thinking", "thinking": "hm"}, TEXT], "end_turn", None, Answer("a", "stop")),
        ([TEXT], "refusal", None, Answer("", "refusal")),
        ([TEXT], "max_tokens", None, Answer("a", "length")),
        ([TEXT], "model_context_window_exceeded", None, Answer("a", "length")),
        ([], "end_turn", None, Answer("", "stop")),
        ([], "end_turn", {"input_tokens": 1, "cache_read_input_tokens": 2}, Answer("", "stop", 3)),
        ([], "end_turn", {"cache_creation_input_tokens": 2, "output_tokens": 3}, Answer("", "stop", 2, 3)),
    ],
)
def test_answers_in_anthropics_format(content: Any, reason: str, usage: Any, answer: Answer) -> None:
    assert wire_anthropic.answer({"content": content, "stop_reason": reason, "usage": usage}) == answer


@pytest.mark.parametrize("wire", [wire_openai, wire_anthropic])
@pytest.mark.parametrize("response", [None, [], "<html>", {}, {"error": {}}, {"choices": []}, {"content": 1}])
def test_what_is_no_response_is_a_failure_that_is_tried_again(wire: Any, response: Any) -> None:
    with pytest.raises(CallError, match=r"the response is not in .* format") as raised:
        wire.answer(response)
    assert raised.value.kind in RETRIED


@pytest.mark.parametrize("content", [{"x": "a"}, 5, True])
def test_a_content_that_is_no_text_is_a_failure(content: Any) -> None:
    with pytest.raises(CallError):
        wire_openai.answer(openai_says(content=content))
