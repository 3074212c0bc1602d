"""How a run tells what it is doing. The command line, a notebook or a test decides what to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from typing import Protocol


class Work(Protocol):
    """One stage under way."""

    def advance(self, amount: float) -> None:
        """``amount`` more of the stage's unit is done."""


class Progress(Protocol):
    """Is told of stages and of what a user should know. Must not keep what it is told: it may be long."""

    def stage(self, name: str, total: float | None, unit: str) -> AbstractContextManager[Work]:
        """Enter a stage of ``total`` units (``None`` where that is unknown). Used with ``with``."""

    def note(self, text: str) -> None:
        """Tell something worth knowing, in a sentence: what was reused, withheld or set aside."""


class Silent:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str, total: float | None, unit: str) -> Iterator[Work]:
        """See :class:`Progress`."""
        yield self

    def note(self, text: str) -> None:
        """See :class:`Progress`."""

    def advance(self, amount: float) -> None:
        """See :class:`Work`."""


class Stoppable:
    """Passes everything on to ``progress``, and raises ``KeyboardInterrupt`` at the next step once ``stop`` is set."""

    def __init__(self, progress: Progress, stop: Event) -> None:
        self._progress, self._stop = progress, stop

    @contextmanager
    def stage(self, name: str, total: float | None, unit: str) -> Iterator[Work]:
        """See :class:`Progress`."""
        with self._progress.stage(name, total, unit) as work:
            yield _StoppableWork(work, self._stop)

    def note(self, text: str) -> None:
        """See :class:`Progress`."""
        self._progress.note(text)


class _StoppableWork:
    def __init__(self, work: Work, stop: Event) -> None:
        self._work, self._stop = work, stop

    def advance(self, amount: float) -> None:
        if self._stop.is_set():
            raise KeyboardInterrupt
        self._work.advance(amount)
