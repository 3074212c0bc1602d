"""The double's batches through both official libraries: waited for, fetched, failed, out of order."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import anthropic
import openai
import pytest

from clioscope.testing import Faults, ModelServer

NAMES = [f"c{number}" for number in range(40)]


class Row(NamedTuple):
    """What came of one request: ``succeeded``, ``errored`` or ``expired``, and the model's text."""

    name: str
    fate: str
    text: str = ""


class Client(Protocol):
    """One library's way through a batch."""

    errors: Any

    def submit(self, names: list[str]) -> str: ...
    def ended(self, batch: str) -> bool: ...
    def rows(self, batch: str) -> list[Row]: ...
    def listed(self) -> list[str]: ...
    def live(self, name: str) -> str: ...


class OpenAIClient:
    errors = openai

    def __init__(self, library: openai.OpenAI) -> None:
        self._library = library

    def submit(self, names: list[str]) -> str:
        lines = (
            {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": _body(name)} for name in names
        )
        content = io.BytesIO("\n".join(map(json.dumps, lines)).encode())
        file = self._library.files.create(file=("batch.jsonl", content), purpose="batch")
        window: Any = "24h"
        batch = self._library.batches.create(
            input_file_id=file.id,
            endpoint="/v1/chat/completions",
            completion_window=window,
            metadata={"mine": str(len(names))},
        )
        assert batch.metadata == {"mine": str(len(names))}
        return batch.id

    def ended(self, batch: str) -> bool:
        found = self._library.batches.retrieve(batch)
        assert found.request_counts is not None
        assert found.status in ("in_progress", "completed")
        return found.status == "completed"

    def rows(self, batch: str) -> list[Row]:
        found = self._library.batches.retrieve(batch)
        files = [found.output_file_id, found.error_file_id]
        lines = [line for file in files if file for line in self._library.files.content(file).text.splitlines()]
        return [self._row(json.loads(line)) for line in lines]

    def _row(self, row: dict[str, Any]) -> Row:
        if row["error"]:
            return Row(row["custom_id"], row["error"]["code"].removeprefix("batch_"))
        if row["response"]["status_code"] != 200:
            return Row(row["custom_id"], "errored")
        return Row(row["custom_id"], "succeeded", row["response"]["body"]["choices"][0]["message"]["content"] or "")

    def listed(self) -> list[str]:
        return [batch.id for batch in self._library.batches.list()]

    def live(self, name: str) -> str:
        return self._library.chat.completions.create(**_body(name)).choices[0].message.content or ""


class AnthropicClient:
    errors = anthropic

    def __init__(self, library: anthropic.Anthropic) -> None:
        self._library = library

    def submit(self, names: list[str]) -> str:
        requests: Any = [{"custom_id": name, "params": _body(name)} for name in names]
        return self._library.messages.batches.create(requests=requests).id

    def ended(self, batch: str) -> bool:
        found = self._library.messages.batches.retrieve(batch)
        counts = found.request_counts
        assert counts.processing + counts.succeeded + counts.errored + counts.expired == len(NAMES)
        return found.processing_status == "ended"

    def rows(self, batch: str) -> list[Row]:
        found = self._library.messages.batches.results(batch)
        return [
            Row(row.custom_id, row.result.type, _text(row.result.message) if row.result.type == "succeeded" else "")
            for row in found
        ]

    def listed(self) -> list[str]:
        return [batch.id for batch in self._library.messages.batches.list()]

    def live(self, name: str) -> str:
        return _text(self._library.messages.create(**_body(name)))


def _body(name: str) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 100, "messages": [{"role": "user", "content": f"bread and tomatoes of {name}"}]}


def _text(message: Any) -> str:
    return "".join(block.text for block in message.content)


@contextmanager
def opened(wire: str, server: ModelServer, key: str = "any") -> Iterator[Client]:
    options: dict[str, Any] = {"api_key": key, "max_retries": 0, "timeout": 60.0}
    if wire == "openai":
        with openai.OpenAI(base_url=f"{server.url}/v1", **options) as library:
            yield OpenAIClient(library)
    else:
        with anthropic.Anthropic(base_url=server.url, **options) as claude:
            yield AnthropicClient(claude)


both = pytest.mark.parametrize("wire", ["openai", "anthropic"])


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@both
def test_a_batch_is_under_way_for_as_long_as_was_said_and_then_has_every_answer(wire: str) -> None:
    with ModelServer(batch_seconds=0.3) as server, opened(wire, server) as client:
        begin = time.monotonic()
        batch = client.submit(NAMES)
        assert not client.ended(batch)
        assert server.stats().calls == 0
        until(lambda: client.ended(batch))
        assert time.monotonic() - begin >= 0.29
        rows = client.rows(batch)
        assert sorted(row.name for row in rows) == sorted(NAMES)
        assert {row.fate for row in rows} == {"succeeded"}
        assert server.stats().answered == len(NAMES)
        assert rows == client.rows(batch), "fetching once more is no further call"
        assert server.stats().calls == len(NAMES)


@both
def test_results_come_in_another_order_than_asked_and_the_same_for_the_same_seed(wire: str) -> None:
    orders = []
    for seed in (1, 1, 2):
        with ModelServer(seed=seed) as server, opened(wire, server) as client:
            orders.append([row.name for row in client.rows(_done(client))])
    assert orders[0] == orders[1] != orders[2]
    assert NAMES not in orders


def _done(client: Client) -> str:
    batch = client.submit(NAMES)
    until(lambda: client.ended(batch))
    return batch


@both
def test_an_answer_in_a_batch_is_the_answer_of_a_live_call(wire: str) -> None:
    with ModelServer() as server, opened(wire, server) as client:
        batched = {row.name: row.text for row in client.rows(_done(client))}
        assert all(batched[name] == client.live(name) for name in NAMES[:5])
        assert batched["c1"].startswith("bread tomatoes")


@both
def test_shares_of_the_requests_come_back_as_errors_and_as_not_done_in_time(wire: str) -> None:
    with ModelServer(faults=Faults(batch_line=0.3, batch_expired=0.3)) as server, opened(wire, server) as client:
        fates = Counter(row.fate for row in client.rows(_done(client)))
        assert fates.total() == len(NAMES)
        assert all(4 <= fates[fate] <= 24 for fate in ("succeeded", "errored", "expired"))
        assert server.stats().answered == fates["succeeded"]


@both
@pytest.mark.parametrize("fault", ["content_filter", "server_error"])
def test_faults_of_single_calls_befall_the_lines_of_a_batch_too(wire: str, fault: str) -> None:
    with (
        ModelServer(faults=Faults(always={"of c7": fault, "of c8": "empty"})) as server,
        opened(wire, server) as client,
    ):
        found = {row.name: row for row in client.rows(_done(client))}
    assert found["c7"].fate == "errored"
    assert (found["c8"].fate, found["c8"].text) == ("succeeded", "")
    assert {row.fate for name, row in found.items() if name != "c7"} == {"succeeded"}


@both
def test_batches_are_listed_the_newest_first(wire: str) -> None:
    with ModelServer(batch_seconds=60) as server, opened(wire, server) as client:
        batches = [client.submit(NAMES) for _ in range(3)]
        assert client.listed() == batches[::-1]


@both
def test_results_are_not_there_before_the_batch_has_ended(wire: str) -> None:
    with ModelServer(batch_seconds=60) as server, opened(wire, server) as client:
        batch = client.submit(NAMES)
        if wire == "openai":
            assert client.rows(batch) == []
        else:
            with pytest.raises(anthropic.AnthropicError):
                client.rows(batch)


@both
def test_a_wrong_key_hands_in_no_batch(wire: str) -> None:
    with (
        ModelServer(api_key="right") as server,
        opened(wire, server, key="wrong") as client,
        pytest.raises(client.errors.AuthenticationError),
    ):
        client.submit(NAMES)


@pytest.mark.parametrize("names", [["a", "a"], ["a b"], ["a" * 65], [""]])
def test_anthropic_takes_no_names_of_requests_that_are_twice_there_or_not_as_they_should_be(names: list[str]) -> None:
    with (
        ModelServer() as server,
        opened("anthropic", server) as client,
        pytest.raises(anthropic.BadRequestError, match="custom_id"),
    ):
        client.submit(names)


@both
def test_a_batch_that_there_is_not_is_not_found(wire: str) -> None:
    with ModelServer() as server, opened(wire, server) as client, pytest.raises(client.errors.NotFoundError):
        client.ended("batch_99")
