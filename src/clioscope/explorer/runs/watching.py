"""The progress of a run as server-sent events.

References
----------
WHATWG HTML, "Server-sent events": ids, ``Last-Event-ID`` and comments that keep a connection open.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from clioscope.explorer.runs.events import Lines
from clioscope.explorer.runs.running import Runs

_SECONDS_BETWEEN_LOOKS, _SECONDS_BETWEEN_SIGNS = 0.3, 15.0
_SECONDS_BETWEEN_CHECKS = 2.0
_LONGEST_SECONDS = 600.0
"""Then the page connects again, and goes on behind what it has."""
_AT_A_TIME = 1 << 20


class _News(NamedTuple):
    events: list[str]
    is_over: bool


class Watch:
    """One reader of one run's progress.

    Parameters
    ----------
    after
        The number of the last event that the reader has.
    may_watch
        Whether the reader still may. It is asked again and again: sessions end and are ended.
    """

    def __init__(self, runs: Runs, name: str, after: int, may_watch: Callable[[], bool]) -> None:
        self._runs, self._name, self._after, self._may_watch = runs, name, after, may_watch
        self._kept = runs.kept(name)
        self._lines, self._offset, self._rest = Lines(), 0, b""

    async def events(self) -> AsyncIterator[str]:
        """All that is told from ``after`` on, until the run is no longer under way or the reader may not watch."""
        began = signed = checked = time.monotonic()
        yield "retry: 1000\n\n"
        while time.monotonic() - began < _LONGEST_SECONDS:
            if time.monotonic() - checked >= _SECONDS_BETWEEN_CHECKS:
                checked = time.monotonic()
                if not await asyncio.to_thread(self._may_watch):
                    return
            news = await asyncio.to_thread(self._look)  # not among those that answers are made in
            for event in news.events:
                yield event
            if news.is_over:
                return
            if time.monotonic() - signed >= _SECONDS_BETWEEN_SIGNS:
                signed = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)

    def _look(self) -> _News:
        is_alive = self._kept.is_alive()  # before reading: what it writes last is then read
        told, is_all = self._new()
        if is_alive or not is_all:
            return _News(told, False)
        condition = self._runs.condition(self._name)
        if condition.status in ("running", "stopping"):  # resumed at this moment
            return _News(told, False)
        end = {"status": condition.status, "problem": condition.problem}
        return _News([*told, _written("end", end, None)], True)

    def _new(self) -> tuple[list[str], bool]:
        try:
            with self._kept.progress.open("rb") as file:
                file.seek(self._offset)
                found = file.read(_AT_A_TIME)
        except OSError:
            return [], True
        self._offset += len(found)
        *lines, self._rest = (self._rest + found).split(b"\n")
        told = []
        for line in lines:
            event = self._lines.event(line.decode("utf-8", "replace"))
            if event is not None and event.number > self._after:
                told.append(_written(event.kind, event.data, event.number))
        return told, len(found) < _AT_A_TIME


def _written(kind: str, data: object, number: int | None) -> str:
    id = "" if number is None else f"id: {number}\n"
    return f"{id}event: {kind}\ndata: {json.dumps(data)}\n\n"
