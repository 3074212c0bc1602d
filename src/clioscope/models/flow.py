"""Works on their way to a model: begun as far ahead as keeps it busy, their results given out in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from clioscope.models.base import Request
from clioscope.models.judge import Work

_RUNNING, _AHEAD = 3, 60
"""Works begun, and results kept until the first of them is there, for each call that may be under way."""


class Flow:
    """Works under way: enough to keep the model busy, and no more in memory than that.

    Parameters
    ----------
    answer
        Answers one request, at its own pace.
    at_once
        Calls that may be under way.
    """

    def __init__(self, feed: Iterator[Work[Any]], answer: Callable[[Request], Any], at_once: int) -> None:
        self._feed, self._answer = feed, answer
        self._most_running, self._most_ahead = _RUNNING * at_once, _AHEAD * at_once
        self._window: deque[asyncio.Task[Any]] = deque()
        self._running = 0
        self.all_begun = self.stopped = False
        self._broken: BaseException | None = None
        self._finished = asyncio.Event()

    async def next(self) -> list[Any]:
        """The results that are there, from the first that was not given out; empty at the end, or where stopped."""
        while not self.stopped:
            self._fill()
            if self._broken is not None:
                raise self._broken
            done = []
            while self._window and self._window[0].done():
                done.append(self._window.popleft().result())
            if done or not self._window:
                return done
            await self._finished.wait()
            self._finished.clear()
        return []

    def wake(self) -> None:
        """Have :meth:`next` look whether it was stopped."""
        self._finished.set()

    def under_way(self) -> list[asyncio.Task[Any]]:
        """The works that have not ended."""
        return [task for task in self._window if not task.done()]

    def _fill(self) -> None:
        while not self.all_begun and self._running < self._most_running and len(self._window) < self._most_ahead:
            work = next(self._feed, None)
            if work is None:
                self.all_begun = True
                return
            task = asyncio.create_task(self._work(work))
            task.add_done_callback(self._ended)
            self._window.append(task)
            self._running += 1

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running -= 1
        if not task.cancelled() and task.exception() is not None:
            self._broken = task.exception()
        self._finished.set()

    async def _work(self, work: Work[Any]) -> Any:
        try:
            request = next(work)
            while True:
                request = work.send(await self._answer(request))
        except StopIteration as stop:
            return stop.value
