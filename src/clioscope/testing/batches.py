"""Both providers' batch interfaces: files, batches that end after a while, results in any order."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from aiohttp import BodyPartReader, web

from clioscope.testing.faults import BATCH_COUNTS, Faults
from clioscope.testing.halves import half
from clioscope.testing.wires import AnthropicWire, OpenAIWire

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What Anthropic lets a request of a batch be called."""

Answer = Callable[[type[OpenAIWire] | type[AnthropicWire], dict[str, Any]], tuple[int, dict[str, Any]]]
"""A call's wire format and body to the status and body of its response."""


@dataclass
class _Batch:
    id: str
    lines: list[dict[str, Any]]
    ends: float
    began: float
    metadata: dict[str, str] = field(default_factory=dict)
    failed: bool = False
    results: list[dict[str, Any]] | None = None


class Batches:
    """The batches and files of one server.

    Parameters
    ----------
    seconds
        How long a batch takes.
    """

    def __init__(self, answer: Answer, faults: Faults, seconds: float, seed: int) -> None:
        self._answer, self._faults, self._seconds = answer, faults, seconds
        self._random = random.Random(seed)
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, _Batch] = {}
        self._numbers = count(1)
        self._left: dict[str, int] = {name: getattr(faults, name) for name in BATCH_COUNTS}

    def add_routes(self, app: web.Application) -> None:
        """Serve both interfaces."""
        router = app.router
        router.add_post("/v1/files", self._upload)
        router.add_get("/v1/files/{id}/content", self._content)
        router.add_post("/v1/batches", self._create_openai)
        router.add_get("/v1/batches", self._list_openai)
        router.add_get("/v1/batches/{id}", self._retrieve_openai)
        router.add_post("/v1/messages/batches", self._create_anthropic)
        router.add_get("/v1/messages/batches", self._list_anthropic)
        router.add_get("/v1/messages/batches/{id}", self._retrieve_anthropic)
        router.add_get("/v1/messages/batches/{id}/results", self._results_anthropic)

    def _new(self, prefix: str, lines: list[dict[str, Any]], metadata: dict[str, str]) -> _Batch:
        now = time.time()
        batch = _Batch(f"{prefix}_{next(self._numbers)}", lines, now + self._seconds, now, metadata)
        self._batches[batch.id] = batch
        return batch

    def _strikes(self, fault: str) -> bool:
        """Whether a fault that is counted strikes once more."""
        self._left[fault] -= 1
        return self._left[fault] >= 0

    def _of(self, request: web.Request, wire: type[OpenAIWire] | type[AnthropicWire]) -> _Batch:
        try:
            return self._batches[request.match_info["id"]]
        except KeyError:
            raise web.HTTPNotFound(text=json.dumps(wire.error(404)), content_type="application/json") from None

    def _ended(self, batch: _Batch) -> bool:
        return time.time() >= batch.ends

    def _fate(self) -> str:
        drawn = self._random.random()
        if drawn < self._faults.batch_line:
            return "errored"
        return "expired" if drawn < self._faults.batch_line + self._faults.batch_expired else "succeeded"

    def _ordered(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self._random.shuffle(rows)
        return rows

    async def _upload(self, request: web.Request) -> web.Response:
        async for part in await request.multipart():
            if isinstance(part, BodyPartReader) and part.name == "file":
                identifier = f"file-{next(self._numbers)}"
                content = await part.read(decode=False)
                self._files[identifier] = bytes(content or b"")
        row = {"id": identifier, "object": "file", "bytes": len(self._files[identifier]), "created_at": 0}
        return web.json_response({**row, "filename": "batch.jsonl", "purpose": "batch", "status": "processed"})

    async def _content(self, request: web.Request) -> web.StreamResponse:
        return await self._read(request, self._files[request.match_info["id"]])

    async def _read(self, request: web.Request, results: bytes) -> web.StreamResponse:
        if self._strikes("results_cut"):
            return await half(request, results)
        return web.Response(body=results, content_type="application/octet-stream")

    async def _create_openai(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self._strikes("creates_refused"):
            return web.json_response(OpenAIWire.error(529), status=529)
        lines = [json.loads(line) for line in self._files[body["input_file_id"]].splitlines() if line.strip()]
        batch = self._new("batch", lines, body.get("metadata") or {})
        batch.failed = self._strikes("batches_failed")
        if self._strikes("creates_unheard"):
            return web.json_response(OpenAIWire.error(500), status=500)
        return web.json_response(self._openai_row(batch))

    async def _list_openai(self, request: web.Request) -> web.Response:
        mine = [b for b in reversed(self._batches.values()) if b.id.startswith("batch_")]
        rows = [self._openai_row(batch) for batch in mine]
        return web.json_response({"object": "list", "data": rows, "has_more": False})

    async def _retrieve_openai(self, request: web.Request) -> web.Response:
        return web.json_response(self._openai_row(self._of(request, OpenAIWire)))

    def _openai_row(self, batch: _Batch) -> dict[str, Any]:
        ended = self._ended(batch)
        if ended and not batch.failed and batch.results is None:
            self._finish_openai(batch)
        names = {kind: f"{batch.id}-{kind}" for kind in ("output", "error") if f"{batch.id}-{kind}" in self._files}
        done = len(batch.lines) if ended else 0
        return {
            "id": batch.id,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "input_file_id": "file",
            "completion_window": "24h",
            "status": "failed" if batch.failed else "completed" if ended else "in_progress",
            "errors": self._failure() if batch.failed else None,
            "created_at": int(batch.began),
            "metadata": batch.metadata,
            "output_file_id": names.get("output"),
            "error_file_id": names.get("error"),
            "request_counts": {"total": len(batch.lines), "completed": done, "failed": 0},
        }

    def _failure(self) -> dict[str, Any]:
        error = {"code": self._faults.batch_failure, "message": "The batch was refused.", "line": None, "param": None}
        return {"object": "list", "data": [error]}

    def _finish_openai(self, batch: _Batch) -> None:
        good: list[dict[str, Any]] = []
        bad: list[dict[str, Any]] = []
        for line in batch.lines:
            row: dict[str, Any] = {"id": f"r{next(self._numbers)}", "custom_id": line["custom_id"], "error": None}
            fate = self._fate()
            if fate == "expired":
                error = {"code": "batch_expired", "message": "This request could not be executed in time."}
                bad.append({**row, "response": None, "error": error})
                continue
            status, body = (500, OpenAIWire.error(500)) if fate == "errored" else self._answer(OpenAIWire, line["body"])
            row["response"] = {"status_code": status, "request_id": "r", "body": body}
            (good if status == 200 else bad).append(row)
        batch.results = []
        for kind, rows in (("output", good), ("error", bad)):
            if rows:
                text = "".join(json.dumps(row) + "\n" for row in self._ordered(rows))
                self._files[f"{batch.id}-{kind}"] = text.encode()

    async def _create_anthropic(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self._strikes("creates_refused"):
            return web.json_response(AnthropicWire.error(529), status=529)
        names = [row.get("custom_id") for row in body["requests"]]
        if not all(isinstance(name, str) and _NAME.fullmatch(name) for name in names) or len({*names}) < len(names):
            return web.json_response(
                AnthropicWire.error(400, "custom_id is 1 to 64 of a-z, A-Z, 0-9, _ and -, and no other request's."),
                status=400,
            )
        batch = self._new("msgbatch", body["requests"], {})
        if self._strikes("creates_unheard"):
            return web.json_response(AnthropicWire.error(500), status=500)
        return web.json_response(self._anthropic_row(batch, request))

    async def _list_anthropic(self, request: web.Request) -> web.Response:
        mine = [b for b in reversed(self._batches.values()) if b.id.startswith("msgbatch_")]
        rows = [self._anthropic_row(batch, request) for batch in mine]
        return web.json_response({"data": rows, "has_more": False, "first_id": None, "last_id": None})

    async def _retrieve_anthropic(self, request: web.Request) -> web.Response:
        return web.json_response(self._anthropic_row(self._of(request, AnthropicWire), request))

    def _anthropic_row(self, batch: _Batch, request: web.Request) -> dict[str, Any]:
        ended = self._ended(batch)
        if ended and batch.results is None:
            batch.results = self._ordered([self._anthropic_result(line) for line in batch.lines])
        kinds = [row["result"]["type"] for row in batch.results or []]
        counts = {kind: kinds.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
        url = f"{request.url.origin()}/v1/messages/batches/{batch.id}/results"
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": {"processing": 0 if ended else len(batch.lines), **counts},
            "created_at": _time(batch.began),
            "expires_at": _time(batch.began + 86_400),
            "ended_at": _time(batch.ends) if ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": url if ended else None,
        }

    def _anthropic_result(self, line: dict[str, Any]) -> dict[str, Any]:
        fate = self._fate()
        if fate == "expired":
            return {"custom_id": line["custom_id"], "result": {"type": "expired"}}
        status, body = (500, {}) if fate == "errored" else self._answer(AnthropicWire, line["params"])
        if status != 200:
            error = body or AnthropicWire.error(status)
            return {"custom_id": line["custom_id"], "result": {"type": "errored", "error": error}}
        return {"custom_id": line["custom_id"], "result": {"type": "succeeded", "message": body}}

    async def _results_anthropic(self, request: web.Request) -> web.StreamResponse:
        rows = self._of(request, AnthropicWire).results or []
        return await self._read(request, "".join(json.dumps(row) + "\n" for row in rows).encode())


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
