"""OpenAI's Batch API, and those that speak it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

import orjson

from clioscope.models import wire_openai
from clioscope.models.base import CallError, Request
from clioscope.models.folder import outcome_of
from clioscope.models.ledger import Line, Shard
from clioscope.models.provider_batches import ProviderBatches, keys_of
from clioscope.models.waves import Result

_URL = "/v1/chat/completions"
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_MARK = "clioscope"


class OpenAIBatches(ProviderBatches):
    """A shard is a file and a batch over it; the batch carries the run's mark, by which an orphan is recognised."""

    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.waves.BatchService`."""
        body = wire_openai.body(request, self._model, self._profile)
        return orjson.dumps({"custom_id": key.hex(), "method": "POST", "url": _URL, "body": body})

    def _create(self, label: str) -> str:
        with self.path(label).open("rb") as file:
            uploaded = self._client.files.create(file=(f"{label}.jsonl", file), purpose="batch")
        batch = self._client.batches.create(
            input_file_id=uploaded.id,
            endpoint=_URL,
            completion_window="24h",
            metadata={_MARK: f"{self._settings.run}-{label}"},
        )
        return str(batch.id)

    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Iterable[str]) -> str | None:
        """See :class:`clioscope.models.waves.BatchService`."""
        mark = f"{self._settings.run}-{shard.label}"
        for batch in self._client.batches.list(limit=100):
            if (batch.metadata or {}).get(_MARK) == mark and batch.id not in known:
                return str(batch.id)
            if batch.created_at < shard.began - 86_400:
                break
        return None

    def _done(self, shard: Shard) -> int | None:
        batch = self._client.batches.retrieve(shard.provider_id)
        if batch.status in _ENDED:
            return None
        return int(batch.request_counts.completed) if batch.request_counts else 0

    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        batch = self._steadily(lambda: self._client.batches.retrieve(shard.provider_id))
        wanted = keys_of(lines)
        if batch.status == "failed" and not batch.output_file_id:
            said = "; ".join(str(error.message) for error in (batch.errors.data if batch.errors else None) or [])
            for key in lines:
                yield Result(key, CallError("invalid", f"the batch was refused: {said}"[:240]))
            return
        for file in filter(None, (batch.output_file_id, batch.error_file_id)):
            content = self._steadily(partial(self._client.files.content, file))
            for line in filter(str.strip, content.iter_lines()):
                row = orjson.loads(line)
                found = wanted.get(str(row.get("custom_id")))
                if found is not None:
                    yield Result(found, outcome_of(row))
