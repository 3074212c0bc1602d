"""OpenAI's Batch API, and those that speak it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import orjson

from clioscope.models import wire_openai
from clioscope.models.base import Request
from clioscope.models.batch_service import BatchRefusedError, Result
from clioscope.models.folder import outcome_of, rows_of
from clioscope.models.ledger import Line, Shard
from clioscope.models.provider_batches import ProviderBatches, keys_of, lines_of
from clioscope.models.sdk import _clean
from clioscope.vault.files import opened

_URL = "/v1/chat/completions"
_ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
_MARK = "clioscope"

_FULL = "token_limit_exceeded"
"""The code of a batch that is refused since too much is queued already."""


class OpenAIBatches(ProviderBatches):
    """A shard is a file and a batch over it; the batch carries the run's mark, by which an orphan is recognised."""

    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        body = wire_openai.body(request, self._model, self.profile.now)
        return orjson.dumps({"custom_id": key.hex(), "method": "POST", "url": _URL, "body": body})

    def _create(self, label: str) -> str:
        with opened(self.path(label)) as file:
            uploaded = self._client.files.create(file=(f"{label}.jsonl", file), purpose="batch")
        batch = self._client.batches.create(
            input_file_id=uploaded.id,
            endpoint=_URL,
            completion_window="24h",
            metadata={_MARK: f"{self._settings.run}-{label}"},
        )
        return str(batch.id)

    def _find(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str | None:
        mark = f"{self._settings.run}-{shard.label}"
        for batch in self._client.batches.list(limit=100):
            ours = (batch.metadata or {}).get(_MARK) == mark and batch.id not in known
            if ours and not _refused(batch):
                return str(batch.id)
            if batch.created_at < shard.began - 86_400:
                break
        return None

    def _done(self, shard: Shard) -> int | None:
        batch = self._client.batches.retrieve(shard.provider_id)
        if _refused(batch):
            raise self._refusal(shard, batch)
        if batch.status in _ENDED:
            return None
        return int(batch.request_counts.completed) if batch.request_counts else 0

    def _refusal(self, shard: Shard, batch: Any) -> BatchRefusedError:
        errors = (batch.errors.data if batch.errors else None) or []
        code = str(errors[0].code or "no code") if errors else "no code"
        said = _clean("; ".join(str(error.message) for error in errors), self._secrets) or "it does not say why"
        if code == _FULL:
            return BatchRefusedError(f"{self.name} has no room for {shard.label} ({code}: {said}).", full=True)
        return BatchRefusedError(
            f"{self.name} refused {shard.label} as a whole ({code}: {said}). None of its requests is lost: mend the "
            "cause, and run the same command again.",
            full=False,
        )

    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        batch = self._client.batches.retrieve(shard.provider_id)
        wanted = keys_of(lines)
        for file in filter(None, (batch.output_file_id, batch.error_file_id)):
            with self._client.files.with_streaming_response.content(file) as response:
                for row in rows_of(lines_of(response.iter_bytes())):
                    key = wanted.get(row["custom_id"])
                    if key is not None:
                        yield Result(key, outcome_of(row, self._secrets))


def _refused(batch: Any) -> bool:
    return bool(batch.status == "failed" and not batch.output_file_id)
