"""The server, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from aiohttp import web

from clioscope.testing import brain
from clioscope.testing.app import App, Settings
from clioscope.testing.brain import ChatRequest
from clioscope.testing.faults import Faults
from clioscope.testing.stats import Stats
from clioscope.testing.throttle import ServerLimits


class ModelServer:
    """A language model that answers at once, for nothing, and fails as you say. Used with ``with``.

    Speaks OpenAI's chat format at ``url + "/v1"`` and Anthropic's messages at ``url``, also as Bedrock and Vertex do.
    Only this machine reaches it.

    Parameters
    ----------
    latency, jitter
        Seconds before each answer, and up to how many more at random.
    faults
        What goes wrong.
    limits
        What the server allows.
    seed
        Decides which calls fail. The same calls fail in the same way, in whatever order they come.
    answer
        What the model says; by default something that fits the JSON schema of the call, made of words from the data.
    api_key
        The only key that is let in; ``None`` for any.
    models
        The models that there are; ``None`` for any.
    batch_seconds
        How long a batch takes.
    refuses
        What the model does not take: fields of a call, such as ``temperature``, or ways to ask for JSON
        (``json_schema``, ``json_object``). Such a call is answered with 400, and the message names it.
    port
        0 for any that is free.

    Examples
    --------
    >>> with ModelServer(faults=Faults(rate_limited=0.05)) as server:    # doctest: +SKIP
    ...     client = openai.OpenAI(base_url=server.url + "/v1", api_key="any")
    """

    def __init__(
        self,
        *,
        latency: float = 0.0,
        jitter: float = 0.0,
        faults: Faults | None = None,
        limits: ServerLimits | None = None,
        seed: int = 0,
        answer: Callable[[ChatRequest], str] | None = None,
        api_key: str | None = None,
        models: Sequence[str] | None = None,
        batch_seconds: float = 0.0,
        refuses: Sequence[str] = (),
        port: int = 0,
    ) -> None:
        self._app = App(
            Settings(
                answer or brain.answer,
                latency,
                jitter,
                faults or Faults(),
                limits or ServerLimits(),
                seed,
                api_key,
                models,
                batch_seconds,
                refuses,
            )
        )
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="model double", daemon=True)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._runner: web.AppRunner | None = None
        self.url = ""

    def __enter__(self) -> ModelServer:
        """Start serving."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving; calls under way are cut off."""
        self._app.closing = True
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._start())
        except BaseException as error:
            self._failure = error
            self._ready.set()
            return
        self._ready.set()
        self._loop.run_forever()
        if self._runner is not None:
            self._loop.run_until_complete(self._runner.cleanup())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _start(self) -> None:
        self._runner = web.AppRunner(self._app.make(), access_log=None, shutdown_timeout=0.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=1024)
        await site.start()
        port: int = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    def stats(self) -> Stats:
        """What the server has seen so far."""
        return self._app.stats

    def requests(self) -> list[dict[str, Any]]:
        """The bodies of the last 1,000 calls."""
        return list(self._app.seen)

    def outage(self, fault: str, seconds: float) -> None:
        """Have every call fail in this way for so long, whatever the faults say."""
        self._app.outage(fault, seconds)
