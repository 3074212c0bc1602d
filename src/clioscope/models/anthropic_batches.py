"""Anthropic's Message Batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from clioscope.models import wire_anthropic
from clioscope.models.base import Answer, CallError, Request
from clioscope.models.ledger import Line, Shard
from clioscope.models.provider_batches import ProviderBatches, keys_of
from clioscope.models.waves import Result
from clioscope.models.wire_openai import failure_kind

_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "overloaded_error": 529,
}
_EARLIER = 60.0


class AnthropicBatches(ProviderBatches):
    """A shard is one batch. It has no mark: an orphan is known by its time and size, and its results by their keys."""

    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.waves.BatchService`."""
        return orjson.dumps(
            {"custom_id": key.hex(), "params": wire_anthropic.body(request, self._model, self._profile)}
        )

    def _create(self, label: str) -> str:
        with self.path(label).open("rb") as file:
            requests = [orjson.loads(line) for line in file]
        return str(self._client.messages.batches.create(requests=requests).id)

    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Iterable[str]) -> str | None:
        """See :class:`clioscope.models.waves.BatchService`.

        What was taken for an orphan and is none has no result with a key of the shard: its requests are asked again.
        """
        taken = set(known)
        for batch in self._client.messages.batches.list(limit=100):
            if batch.created_at.timestamp() < shard.began - _EARLIER:
                break
            counts = batch.request_counts
            size = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
            if size == shard.lines and batch.id not in taken:
                return str(batch.id)
        return None

    def _done(self, shard: Shard) -> int | None:
        batch = self._client.messages.batches.retrieve(shard.provider_id)
        if batch.processing_status == "ended":
            return None
        return int(batch.request_counts.succeeded)

    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        wanted = keys_of(lines)
        for row in self._steadily(lambda: self._client.messages.batches.results(shard.provider_id)):
            key = wanted.get(row.custom_id)
            if key is not None:
                yield Result(key, _outcome(row.result))


def _outcome(result: Any) -> Answer | CallError:
    if result.type == "succeeded":
        try:
            return wire_anthropic.answer(result.message.model_dump())
        except CallError as unreadable:
            return unreadable
    if result.type == "errored":
        error = result.error.error
        status = _STATUS.get(error.type, 500)
        return CallError(failure_kind(status, error.type, error.message), str(error.message)[:240])
    return CallError("server error", f"the request was {result.type}")
