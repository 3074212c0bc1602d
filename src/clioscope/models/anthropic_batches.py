"""Anthropic's Message Batches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Set
from hashlib import blake2b
from itertools import islice
from typing import Any

import orjson
from anthropic.types.messages import MessageBatch

from clioscope.models import wire_anthropic
from clioscope.models.base import Answer, CallError, Request
from clioscope.models.batch_service import Result, UndecidedError
from clioscope.models.folder import rows_of
from clioscope.models.ledger import Line, Shard
from clioscope.models.provider_batches import ProviderBatches, lines_of
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

_EARLIER, _LATER = 900.0, 900.0
"""Seconds by which a shard's batch may seem older than its intent, or be younger beside the time of trying: the clocks
of this machine and of the provider may differ."""

_LOOKED_AT = 100
"""Results that are read to see whose a batch is."""

_BEGIN, _END = b'{"requests":[', b"]}"


class AnthropicBatches(ProviderBatches):
    """A shard is one batch. It takes no mark, so that an orphan is known by the names of its requests alone.

    They are the run's own, and are told with the results: of a batch that is at work nobody can say whose it is.
    """

    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return orjson.dumps(
            {"custom_id": self._name_of(key), "params": wire_anthropic.body(request, self._model, self.profile.now)}
        )

    def _name_of(self, key: bytes) -> str:
        """What a request is called on the wire: two runs that ask the same give it two names."""
        return blake2b(key, key=self._settings.run.encode(), digest_size=32).hexdigest()

    def _keys_of(self, lines: Mapping[bytes, Line]) -> dict[str, bytes]:
        return {self._name_of(key): key for key in lines}

    def _create(self, label: str) -> str:
        path = self.path(label)
        # The body goes out as it is read: the library's own call holds it three times over. A comma stands for each
        # line's end but the last.
        with opened(path) as file:
            # Of what is read, not of the file: a sealed one is larger.
            length = len(_BEGIN) + file.seek(0, os.SEEK_END) - 1 + len(_END)
            file.seek(0)
            batch = self._client.post(
                "/v1/messages/batches",
                content=_body(file),
                options={"headers": {"content-length": str(length), "content-type": "application/json"}},
                cast_to=MessageBatch,
            )
        return str(batch.id)

    def _find(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str | None:
        """Of the batches that are as large and as young, the one whose results name requests of the shard."""
        names = self._keys_of(lines).keys()
        latest = shard.began + self._settings.patience + _LATER
        at_work = 0
        for batch in self._client.messages.batches.list(limit=100):
            created = batch.created_at.timestamp()
            if created < shard.began - _EARLIER:
                break
            counts = batch.request_counts
            size = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
            if size != shard.lines or created > latest or batch.id in known:
                continue
            if batch.processing_status != "ended":
                at_work += 1
            elif names & {row["custom_id"] for row in islice(self._rows(batch), _LOOKED_AT)}:
                return str(batch.id)
        if at_work:
            raise UndecidedError(
                f"It is not known whether {self.name} took {shard.label}: batches of its size are at work there "
                f"({at_work}), and only their results tell whose they are. Waiting for them, so that nothing is paid "
                "twice."
            )
        return None

    def _done(self, shard: Shard) -> int | None:
        batch = self._client.messages.batches.retrieve(shard.provider_id)
        if batch.processing_status == "ended":
            return None
        return int(batch.request_counts.succeeded)

    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        wanted = self._keys_of(lines)
        for row in self._rows(self._client.messages.batches.retrieve(shard.provider_id)):
            key = wanted.get(row["custom_id"])
            if key is not None:
                yield Result(key, _outcome(row.get("result"), self._secrets))

    def _rows(self, batch: MessageBatch) -> Iterator[dict[str, Any]]:
        """The results of a batch that has ended; none where they are no longer kept."""
        if batch.results_url is None:
            return
        with self._client.messages.batches.with_streaming_response.results(batch.id) as response:
            yield from rows_of(lines_of(response.iter_bytes()))


def _body(lines: Iterable[bytes]) -> Iterator[bytes]:
    yield _BEGIN
    for number, line in enumerate(lines):
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
