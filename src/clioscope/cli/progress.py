"""Progress on a terminal, in plain lines, as JSON lines, or not at all."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from clioscope.cli.console import error_console, printable
from clioscope.progress import Progress, Silent, Work

_SECONDS_BETWEEN_LINES, _SECONDS_BETWEEN_JSON_LINES = 5.0, 1.0


def make_progress(*, quiet: bool, as_json: bool) -> Progress:
    """What suits where standard error goes."""
    if as_json:
        return JsonLines()
    if quiet:
        return Silent()
    return OnTerminal() if sys.stderr.isatty() else PlainLines()


class OnTerminal:
    """Bars with rate and time left."""

    def __init__(self) -> None:
        self._console = error_console()

    def note(self, text: str) -> None:
        """See :class:`~clioscope.progress.Progress`."""
        self._console.print(Text(printable(text), style="dim"))

    @contextmanager
    def stage(self, name: str, total: float | None, unit: str) -> Iterator[Work]:
        """See :class:`~clioscope.progress.Progress`."""
        bars = Bars(
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.description:<11}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn() if unit != "bytes" else TextColumn("{task.percentage:>3.0f}%"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
        )
        with bars:
            yield _Bar(bars, name, total, unit)


class _Bar:
    def __init__(self, bars: Bars, name: str, total: float | None, unit: str) -> None:
        self._bars, self._unit = bars, unit
        self._task = bars.add_task(name, total=total, rate="")

    def advance(self, amount: float) -> None:
        self._bars.advance(self._task, amount)
        speed = self._bars.tasks[self._task].finished_speed or self._bars.tasks[self._task].speed
        self._bars.update(self._task, rate=_rate(speed, self._unit) if speed else "")


class PlainLines:
    """A line when a stage begins, every few seconds, and when it ends."""

    def __init__(self) -> None:
        self._stream = sys.stderr

    def note(self, text: str) -> None:
        """See :class:`~clioscope.progress.Progress`."""
        print(printable(text), file=self._stream, flush=True)

    @contextmanager
    def stage(self, name: str, total: float | None, unit: str) -> Iterator[Work]:
        """See :class:`~clioscope.progress.Progress`."""
        line = _Line(self, name, total, unit)
        yield line
        line.end()


class _Line:
    def __init__(self, lines: PlainLines, name: str, total: float | None, unit: str) -> None:
        self._lines, self._name, self._total, self._unit = lines, name, total, unit
        self._done = 0.0
        self._start = self._told = time.monotonic()

    def advance(self, amount: float) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._told >= _SECONDS_BETWEEN_LINES and self._total and self._done < self._total:
            self._told = now
            rate = self._done / (now - self._start)
            left = (self._total - self._done) / rate if rate else 0
            self._lines.note(
                f"{self._name}: {self._done / self._total:.0%}, {_rate(rate, self._unit)}, {_duration(left)} left"
            )

    def end(self) -> None:
        self._lines.note(f"{self._name}: done in {_duration(time.monotonic() - self._start)}")


class JsonLines:
    """One JSON object a line on standard error."""

    def note(self, text: str) -> None:
        """See :class:`~clioscope.progress.Progress`."""
        self._tell(note=text)

    @contextmanager
    def stage(self, name: str, total: float | None, unit: str) -> Iterator[Work]:
        """See :class:`~clioscope.progress.Progress`."""
        self._tell(stage=name, state="begun", total=total, unit=unit)
        start = time.monotonic()
        yield _JsonWork(self, name, total, unit)
        self._tell(stage=name, state="done", seconds=round(time.monotonic() - start, 2))

    def _tell(self, **values: object) -> None:
        print(json.dumps(values, ensure_ascii=False), file=sys.stderr, flush=True)


class _JsonWork:
    def __init__(self, lines: JsonLines, name: str, total: float | None, unit: str) -> None:
        self._lines, self._name, self._total, self._unit = lines, name, total, unit
        self._done, self._told = 0.0, time.monotonic()

    def advance(self, amount: float) -> None:
        self._done += amount
        if time.monotonic() - self._told >= _SECONDS_BETWEEN_JSON_LINES:
            self._told = time.monotonic()
            done = self._done if self._total is None else min(self._done, self._total)
            self._lines._tell(stage=self._name, state="under way", done=done, total=self._total, unit=self._unit)


def _rate(speed: float, unit: str) -> str:
    if unit == "bytes":
        return f"{speed / 1e6:,.1f} MB/s"
    return f"{speed:,.0f} {unit}/s" if speed >= 10 else f"{speed:,.1f} {unit}/s"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
