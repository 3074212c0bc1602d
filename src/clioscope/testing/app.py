"""The endpoints."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import json
import math
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from clioscope.testing.batches import Batches
from clioscope.testing.brain import ChatRequest
from clioscope.testing.faults import FAULTS, Faults, refuse_unknown
from clioscope.testing.halves import half
from clioscope.testing.spoiling import SPOILT, spoil
from clioscope.testing.stats import Stats
from clioscope.testing.throttle import ServerLimits, Throttle
from clioscope.testing.wires import STATUS_OF_FAULT, AnthropicWire, OpenAIWire

_KEPT = 1_000
_CHAT, _MESSAGES = "/v1/chat/completions", "/v1/messages"
_BEDROCK = "/model/{model}/invoke"
_VERTEX = "/projects/{project}/locations/{region}/publishers/anthropic/models/{model}:rawPredict"

Wire = type[OpenAIWire] | type[AnthropicWire]


@dataclasses.dataclass
class Settings:
    """How the server behaves; see :class:`clioscope.testing.ModelServer`."""

    answer: Callable[[ChatRequest], str]
    latency: float
    jitter: float
    faults: Faults
    limits: ServerLimits
    seed: int
    api_key: str | None
    models: Sequence[str] | None
    batch_seconds: float = 0.0
    refuses: Sequence[str] = ()


class App:
    """Answers calls. Lives in one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._throttle = Throttle(settings.limits)
        self._times: Counter[bytes] = Counter()
        self._answered: set[bytes] = set()
        self._outage: tuple[str, float] | None = None
        self._random = random.Random(settings.seed)
        self._batches = Batches(self._batched, settings.faults, settings.batch_seconds, settings.seed)
        self.closing = False
        self.stats = Stats()
        self.seen: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    def make(self) -> web.Application:
        """The application for aiohttp."""
        app = web.Application(client_max_size=256 * 1024 * 1024, middlewares=[_client_gone, self._check_key])
        app.router.add_post(_CHAT, self._openai)
        for path in (_MESSAGES, _BEDROCK, _VERTEX):
            app.router.add_post(path, self._anthropic)
        self._batches.add_routes(app)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/embeddings", self._embeddings)
        app.router.add_get("/stats", self._stats)
        app.router.add_post("/reset-stats", self._reset_stats)
        app.router.add_post("/outage", self._set_outage)
        return app

    def outage(self, fault: str, seconds: float) -> None:
        """Have every call fail in this way for so long."""
        refuse_unknown(fault, FAULTS)
        self._outage = (fault, time.monotonic() + seconds)

    @web.middleware
    async def _check_key(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse a wrong key wherever no call is made; calls look at it themselves, since they are counted."""
        wire: Wire = AnthropicWire if request.path.startswith(_MESSAGES) else OpenAIWire
        key = self._settings.api_key
        looked_at = request.path.startswith("/v1/") and request.path not in (_CHAT, _MESSAGES)
        if key is not None and looked_at and wire.key(request.headers) != key:
            return self._error(wire, 401)
        return await handler(request)

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        return await self._call(request, OpenAIWire)

    async def _anthropic(self, request: web.Request) -> web.StreamResponse:
        return await self._call(request, AnthropicWire)

    async def _call(self, request: web.Request, wire: Wire) -> web.StreamResponse:
        raw = await request.read()
        self.stats.under_way += 1
        self.stats.calls += 1
        self.stats.most_at_once = max(self.stats.most_at_once, self.stats.under_way)
        try:
            return await self._answer(request, wire, raw)
        finally:
            self.stats.under_way -= 1

    async def _answer(self, request: web.Request, wire: Wire, raw: bytes) -> web.StreamResponse:
        settings = self._settings
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        body = {**json.loads(raw), **_model_in(request)}
        self.seen.append(body)
        if settings.api_key is not None and wire.key(request.headers) != settings.api_key:
            return self._error(wire, 401)
        asked = wire.request(body)
        if settings.models is not None and asked.model not in settings.models:
            return self._error(wire, 404)
        refused = self._refused(body, wire)
        if refused is not None:
            self.stats.by_status[400] += 1
            return web.json_response(refused, status=400)
        prompt = (len(asked.system) + len(asked.user)) // 4
        if self._throttle.refuses(prompt, self.stats.under_way):
            self.stats.by_fault["over_limit"] += 1
            return self._error(wire, 429, settings.limits.retry_after)
        fault = self._fault(raw, digest)
        if fault is not None:
            self.stats.by_fault[fault] += 1
        if fault == "reset":
            return _reset(request)
        if fault == "timeout":
            return await self._silence(request)
        await asyncio.sleep(settings.latency + settings.jitter * self._random.random())
        if fault in STATUS_OF_FAULT:
            waits = settings.faults.retry_after if fault == "rate_limited" else None
            return self._error(wire, STATUS_OF_FAULT[fault], waits)
        text = spoil(settings.answer(asked), fault if fault in SPOILT else None, asked.schema)
        completion = len(text) // 4
        payload = json.dumps(wire.response(asked, text, fault, prompt, completion), ensure_ascii=False).encode()
        if fault == "half_body":
            return await half(request, payload)
        self._count(digest, prompt, completion)
        return web.Response(body=payload, content_type="application/json", headers=self._limit_headers(wire))

    def _batched(self, wire: Wire, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """The response to one request of a batch."""
        raw = json.dumps(body, sort_keys=True).encode()
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        self.stats.calls += 1
        self.seen.append(body)
        refused = self._refused(body, wire)
        if refused is not None:
            return 400, refused
        asked = wire.request(body)
        fault = self._fault(raw, digest)
        if fault in STATUS_OF_FAULT:
            return STATUS_OF_FAULT[fault], wire.error(STATUS_OF_FAULT[fault])
        text = spoil(self._settings.answer(asked), fault if fault in SPOILT else None, asked.schema)
        prompt, completion = (len(asked.system) + len(asked.user)) // 4, len(text) // 4
        self._count(digest, prompt, completion)
        return 200, wire.response(asked, text, fault, prompt, completion)

    def _refused(self, body: dict[str, Any], wire: Wire) -> dict[str, Any] | None:
        """The error for the first thing in a call that this model does not take; ``None`` where there is none."""
        said = {**body, **wire.structured(body)}
        for name in self._settings.refuses:
            if name in said:
                self.stats.by_fault["refused"] += 1
                return wire.error(400, f"Unsupported parameter: '{name}' is not supported with this model.")
        return None

    async def _silence(self, request: web.Request) -> web.StreamResponse:
        """Say nothing until the client goes away, or the server does."""
        while request.transport is not None and not request.transport.is_closing() and not self.closing:
            await asyncio.sleep(0.02)
        return web.Response(status=408)

    def _fault(self, raw: bytes, digest: bytes) -> str | None:
        if self._outage is not None and time.monotonic() < self._outage[1]:
            return self._outage[0]
        times = self._times[digest]
        self._times[digest] += 1
        return self._settings.faults.decide(raw, times, self._settings.seed)

    def _count(self, digest: bytes, prompt: int, completion: int) -> None:
        self.stats.answered += 1
        self.stats.by_status[200] += 1
        self.stats.repeated += digest in self._answered
        self.stats.prompt_tokens += prompt
        self.stats.completion_tokens += completion
        self._answered.add(digest)

    def _error(self, wire: Wire, status: int, retry_after: float | None = None) -> web.Response:
        self.stats.by_status[status] += 1
        headers = self._limit_headers(wire)
        if retry_after is not None:
            headers["retry-after"] = f"{retry_after:g}"
        return web.json_response(wire.error(status), status=status, headers=headers)

    def _limit_headers(self, wire: Wire) -> dict[str, str]:
        limits = self._settings.limits
        if not limits.advertise:
            return {}
        per_second = limits.requests_per_second
        values = (per_second and math.floor(per_second * 60), limits.tokens_per_minute)
        return {name: f"{value:g}" for name, value in zip(wire.limit_headers, values, strict=True) if value}

    async def _models(self, request: web.Request) -> web.Response:
        rows = [{"id": name, "object": "model"} for name in self._settings.models or ("double",)]
        return web.json_response({"object": "list", "data": rows})

    async def _embeddings(self, request: web.Request) -> web.Response:
        body = await request.json()
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        rows = [{"object": "embedding", "index": i, "embedding": _vector(text)} for i, text in enumerate(texts)]
        tokens = sum(len(text) // 4 for text in texts)
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        return web.json_response({"object": "list", "data": rows, "model": body.get("model"), "usage": usage})

    async def _stats(self, request: web.Request) -> web.Response:
        return web.json_response(vars(self.stats))

    async def _reset_stats(self, request: web.Request) -> web.Response:
        self.stats = Stats(under_way=self.stats.under_way)
        return web.json_response({})

    async def _set_outage(self, request: web.Request) -> web.Response:
        body = await request.json()
        try:
            self.outage(body["fault"], float(body["seconds"]))
        except (KeyError, TypeError):
            return _bad_request('an outage is {"fault": NAME, "seconds": NUMBER}')
        except ValueError as error:
            return _bad_request(str(error))
        return web.json_response({})


@web.middleware
async def _client_gone(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A client that goes away in the middle of a call is nothing to report: clients do that."""
    try:
        return await handler(request)
    except ConnectionError:
        return web.Response(status=408)


def _model_in(request: web.Request) -> dict[str, str]:
    """The model, where the address names it and not the body, as on Bedrock and Vertex."""
    return {"model": request.match_info["model"]} if "model" in request.match_info else {}


def _bad_request(message: str) -> web.Response:
    return web.json_response({"error": {"message": message}}, status=400)


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _vector(text: str, dimension: int = 64) -> list[float]:
    """A unit vector in which texts that share words are near each other."""
    vector = [0.0] * dimension
    for word in text.lower().split():
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=4).digest()
        vector[digest[0] % dimension] += 1.0 if digest[1] % 2 else -1.0
    norm = math.sqrt(sum(value * value for value in vector))
    return [value / norm for value in vector] if norm else [1.0] + [0.0] * (dimension - 1)
