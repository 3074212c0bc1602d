"""Faults as a user names them: in Python, on the command line and in the document."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import httpx2
import openai
import pytest

from clioscope.testing import BATCH_COUNTS, BATCH_SHARES, FAULTS, ChatRequest, Faults, ModelServer
from tests.conftest import ROOT
from tests.testing.test_batches import NAMES, OpenAIClient, opened, until
from tests.testing.test_double import COMMAND, both, client

DOCUMENT = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def refused(*options: str) -> str:
    """What the command says instead of serving."""
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


@contextmanager
def serving(*options: str) -> Iterator[Any]:
    """The double as a process; ``url`` is its address."""
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield SimpleNamespace(url=process.stdout.readline().strip())
        finally:
            process.terminate()


# Names


def test_every_fault_is_of_one_kind() -> None:
    settings = {"batch_failure", "retry_after", "always"}
    kinds: Sequence[Sequence[str]] = (FAULTS, BATCH_SHARES, BATCH_COUNTS, sorted(settings))
    assert sorted(name for kind in kinds for name in kind) == sorted(f.name for f in fields(Faults))


def test_a_fault_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(TypeError, match=r"there is no fault 'rate_limit'; there are rate_limited, .*results_cut"):
        Faults(rate_limit=0.1)  # type: ignore[call-arg]  # what is tested
    with pytest.raises(ValueError, match=r"there is no fault 'nonsense'; there are rate_limited, .*content_filter"):
        Faults(always={"bread": "nonsense"})
    for option in ("--fault=nonsense=1", "--always=bread=nonsense"):
        told = refused(option)
        assert "there is no fault 'nonsense'; there are rate_limited" in told
        assert all(fault in told for fault in FAULTS)
    assert all(fault in refused("--fault=nonsense=1") for fault in (*BATCH_SHARES, *BATCH_COUNTS))


def test_an_outage_over_http_that_cannot_be_is_a_sentence() -> None:
    with ModelServer() as server, httpx2.Client(base_url=server.url) as http:
        unknown = http.post("/outage", json={"fault": "nonsense", "seconds": 1})
        without = http.post("/outage", json={"fault": "timeout"})
    assert unknown.status_code == without.status_code == 400
    assert "there is no fault 'nonsense'; there are rate_limited" in unknown.json()["error"]["message"]
    assert without.json()["error"]["message"] == 'an outage is {"fault": NAME, "seconds": NUMBER}'


# How often


@pytest.mark.parametrize("fault", ["timeout", "batch_line"])
@pytest.mark.parametrize("share", [-0.1, 1.1, 5, float("nan"), "0.5", None])
def test_a_share_that_is_none_is_refused(fault: str, share: Any) -> None:
    with pytest.raises(ValueError, match=f"{fault} is a share from 0 to 1, such as 0.05"):
        Faults(**{fault: share})


@pytest.mark.parametrize("count", [-1, 0.5, "2"])
def test_a_number_of_times_that_is_none_is_refused(count: Any) -> None:
    with pytest.raises(ValueError, match="results_cut is a number of times, 0 or more"):
        Faults(results_cut=count)


@pytest.mark.parametrize("seconds", [-1.0, float("inf"), float("nan")])
def test_a_wait_that_is_none_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="retry_after is in seconds, 0 or more"):
        Faults(retry_after=seconds)


def test_shares_that_exclude_one_another_come_to_one_at_most() -> None:
    with pytest.raises(ValueError, match=r"these come to 1\.3: timeout 0\.7, reset 0\.6"):
        Faults(timeout=0.7, reset=0.6)
    with pytest.raises(ValueError, match=r"these come to 1\.2: batch_line 0\.6, batch_expired 0\.6"):
        Faults(batch_line=0.6, batch_expired=0.6)
    assert Faults(timeout=0.7, reset=0.3, batch_line=0.6, batch_expired=0.4)
    shares = dict.fromkeys(FAULTS[:10], 0.1)
    assert Faults(**shares), "what decimals leave over is no fault of the user's"
    assert Faults(server_error=0.7, timeout=0.2, reset=0.1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--fault=timeout=2"], "timeout is a share from 0 to 1"),
        (["--fault=timeout=nan"], "timeout is a share from 0 to 1"),
        (["--fault=timeout=0.7", "--fault=reset=0.6"], "these come to 1.3"),
        (["--fault=batch_line=0.7", "--fault=batch_expired=0.6"], "these come to 1.3"),
        (["--fault=timeout"], "timeout: write it like timeout=0.01, a share"),
        (["--fault=results_cut=0.5"], "results_cut=0.5: write it like results_cut=2, a number of times"),
        (["--fault=results_cut=-1"], "results_cut is a number of times, 0 or more"),
        (["--always=bread"], "bread: write it as TEXT=NAME, such as bread=refusal"),
        (["--fault-retry-after=-1"], "retry_after is in seconds, 0 or more"),
    ],
)
def test_what_cannot_be_is_refused_on_the_command_line(options: list[str], sentence: str) -> None:
    assert sentence in refused(*options)


# On the command line


def test_the_help_names_every_fault() -> None:
    told = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True).stdout
    assert all(fault in told for fault in (*FAULTS, *BATCH_SHARES, *BATCH_COUNTS))


def _rows(client: OpenAIClient) -> set[str]:
    batch = client.submit(NAMES)
    until(lambda: client.ended(batch))
    return {row.fate for row in client.rows(batch)}


def _failed(client: OpenAIClient) -> None:
    failed = client._library.batches.retrieve(client.submit(NAMES))
    assert failed.errors is not None
    assert failed.errors.data is not None
    assert (failed.status, failed.errors.data[0].code) == ("failed", "mine")
    assert _rows(client) == {"succeeded"}


def _refused(client: OpenAIClient) -> None:
    with pytest.raises(openai.APIStatusError) as raised:
        client.submit(NAMES)
    assert raised.value.status_code == 529
    assert client.listed() == []
    assert _rows(client) == {"succeeded"}


def _unheard(client: OpenAIClient) -> None:
    with pytest.raises(openai.InternalServerError):
        client.submit(NAMES)
    assert len(client.listed()) == 1


def _cut(client: OpenAIClient) -> None:
    batch = client.submit(NAMES)
    with pytest.raises(openai.APIConnectionError):
        client.rows(batch)
    assert len(client.rows(batch)) == len(NAMES)


def _all(fate: str) -> Callable[[OpenAIClient], None]:
    def check(client: OpenAIClient) -> None:
        assert _rows(client) == {fate}

    return check


BATCH_FAULTS: dict[str, Callable[[OpenAIClient], None]] = {
    "batch_line": _all("errored"),
    "batch_expired": _all("expired"),
    "batches_failed": _failed,
    "creates_refused": _refused,
    "creates_unheard": _unheard,
    "results_cut": _cut,
}


@pytest.mark.parametrize("fault", [*BATCH_SHARES, *BATCH_COUNTS])
def test_a_fault_of_batches_is_had_on_the_command_line(fault: str) -> None:
    with serving("--fault", f"{fault}=1", "--batch-failure", "mine") as server, opened("openai", server) as library:
        assert isinstance(library, OpenAIClient)
        BATCH_FAULTS[fault](library)


def test_calls_that_always_fail_and_their_wait_are_had_on_the_command_line() -> None:
    options = ["--always", "a=b=rate_limited", "--always", "bread=forbidden", "--fault-retry-after", "7"]
    with serving(*options) as server, httpx2.Client(base_url=server.url) as http:
        found = [http.post("/v1/chat/completions", json=_body(text)) for text in ("a=b", "bread", "tomatoes")]
    assert [response.status_code for response in found] == [429, 403, 200]
    assert found[0].headers["retry-after"] == "7"


def _body(text: str) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": text}]}


# What a fault does


@pytest.mark.parametrize("text", ['say "aye"', "pâté à la carte", "one\ntwo", "🥖"])
def test_a_text_that_json_writes_in_its_own_way_is_found_live_and_in_batches(text: str) -> None:
    with ModelServer(faults=Faults(always={text: "server_error"})) as server:
        for ascii_alone in (True, False):
            raw = json.dumps(_body(f"Please {text}."), ensure_ascii=ascii_alone).encode()
            response = httpx2.post(
                f"{server.url}/v1/chat/completions", content=raw, headers={"content-type": "application/json"}
            )
            assert response.status_code == 500
        assert server._app._batched(_wire(), _body(f"Please {text}."))[0] == 500


def _wire() -> Any:
    from clioscope.testing.wires import OpenAIWire

    return OpenAIWire


NESTED = {
    "$defs": {"Part": {"type": "object", "properties": {"kind": {"enum": ["bread", "garden"]}}}},
    "type": "object",
    "properties": {"parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}}, "name": {"type": "string"}},
}


@both
def test_a_wrong_choice_is_made_however_deep_the_choices_lie(wire: str) -> None:
    with ModelServer(faults=Faults(wrong_choice=1.0)) as server, client(wire, server) as say:
        said = json.loads(say("bread", schema=NESTED).text)
    assert said == {"parts": [{"kind": "none of these"}] * 2, "name": "discuss bread"}


@both
@pytest.mark.parametrize(
    ("fault", "text"),
    [("schema_broken", "as I like"), ("wrong_choice", "as I like"), ("far_too_long", " ".join(["as I like"] * 40))],
)
def test_a_fault_of_the_text_takes_an_answer_that_is_no_json(wire: str, fault: str, text: str) -> None:
    def answer(_: ChatRequest) -> str:
        return "as I like"

    with ModelServer(answer=answer, faults=Faults(**{fault: 1.0})) as server, client(wire, server) as say:
        assert say().text == text


# The document


@pytest.mark.parametrize("fault", [*FAULTS, *BATCH_SHARES, *BATCH_COUNTS])
def test_the_document_says_in_one_line_what_each_fault_does(fault: str) -> None:
    assert len(re.findall(rf"^\| `{fault}` \| \S.* \|$", DOCUMENT, re.MULTILINE)) == 1


def test_the_document_names_no_fault_that_there_is_not() -> None:
    named = re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)
    assert set(named) == {*FAULTS, *BATCH_SHARES, *BATCH_COUNTS}


def test_every_option_of_the_command_in_the_document_exists() -> None:
    told = subprocess.run([sys.executable, "-m", "clioscope.testing", "--help"], capture_output=True, text=True).stdout
    (*commands,) = re.findall(r"^python -m clioscope\.testing (.*)$", DOCUMENT, re.MULTILINE)
    options = {*re.findall(r"--[a-z-]+", " ".join(commands)), *re.findall(r"`(--(?:fault|always)[a-z-]*)", DOCUMENT)}
    assert len(commands) == 2
    assert {"--always", "--fault-retry-after"} <= options
    assert all(option in told for option in options)
