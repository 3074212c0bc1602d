"""Anthropic's Message Batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

import orjson
from anthropic.types.messages import MessageBatch

from clioscope.models import wire_anthropic
from clioscope.models.base import Answer, CallError, Request
from clioscope.models.batch_service import Result
from clioscope.models.folder import rows_of
from clioscope.models.ledger import Line, Shard
from clioscope.models.provider_batches import ProviderBatches, keys_of, lines_of
from clioscope.models.sdk import _clean
from clioscope.models.wire_openai import failure_kind
from clioscope.vault.files import opened

_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "overloaded_error": 529,
}

_EARLIER, _LATER = 60.0, 600.0
"""Seconds by which a shard's batch may seem older than its intent, or be younger beside the time of trying."""

_BEGIN, _END = b'{"requests":[', b"]}"


class AnthropicBatches(ProviderBatches):
    """A shard is one batch. It has no mark: an orphan is known by its time and size, and its results by their keys."""

    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return orjson.dumps(
            {"custom_id": key.hex(), "params": wire_anthropic.body(request, self._model, self._profile)}
        )

    def _create(self, label: str) -> str:
        path = self.path(label)
        # The body goes out as it is read: the library's own call holds it three times over. A comma stands for each
        # line's end but the last.
        length = len(_BEGIN) + path.stat().st_size - 1 + len(_END)
        batch = self._client.post(
            "/v1/messages/batches",
            content=_body(path),
            options={"headers": {"content-length": str(length), "content-type": "application/json"}},
            cast_to=MessageBatch,
        )
        return str(batch.id)

    def _find(self, shard: Shard, known: Set[str]) -> str | None:
        """What was taken for an orphan and is none has no result with a key of the shard: it is asked again."""
        latest = shard.began + self._settings.patience + _LATER
        for batch in self._client.messages.batches.list(limit=100):
            created = batch.created_at.timestamp()
            if created < shard.began - _EARLIER:
                break
            counts = batch.request_counts
            size = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
            if size == shard.lines and created <= latest and batch.id not in known:
                return str(batch.id)
        return None

    def _done(self, shard: Shard) -> int | None:
        batch = self._client.messages.batches.retrieve(shard.provider_id)
        if batch.processing_status == "ended":
            return None
        return int(batch.request_counts.succeeded)

    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        batches = self._client.messages.batches
        if batches.retrieve(shard.provider_id).results_url is None:
            return
        wanted = keys_of(lines)
        with batches.with_streaming_response.results(shard.provider_id) as response:
            for row in rows_of(lines_of(response.iter_bytes())):
                key = wanted.get(row["custom_id"])
                if key is not None:
                    yield Result(key, _outcome(row.get("result"), self._secrets))


def _body(path: Path) -> Iterator[bytes]:
    yield _BEGIN
    with opened(path) as file:
        for number, line in enumerate(file):
            yield (b"," if number else b"") + line.rstrip(b"\n")
    yield _END


def _outcome(result: Any, secrets: tuple[str, ...]) -> Answer | CallError:
    kind = result.get("type") if isinstance(result, dict) else None
    if kind == "succeeded":
        try:
            return wire_anthropic.answer(result.get("message"))
        except CallError as unreadable:
            return unreadable
    if kind == "errored":
        said = result.get("error")
        error = said.get("error") if isinstance(said, dict) else None
        if isinstance(error, dict):
            code, message = str(error.get("type")), str(error.get("message"))
            return CallError(failure_kind(_STATUS.get(code, 500), code, message), _clean(message, secrets))
    return CallError("server error", f"the request was {kind or 'not answered'}")
