"""Run a program to its end, or until it is killed, and tell what it took."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, NamedTuple

from benchmarks.memory import peak_mb, started_mb

_LOOK = 0.02
"""Seconds between two looks at a process."""

_LOOK_AROUND = 0.5
"""Seconds between two looks at what it has started: all processes of the machine are gone through."""


class Usage(NamedTuple):
    """What one process took: seconds of the clock and of the processor. ``status`` is None where it was killed."""

    seconds: float
    cpu: float
    megabytes: float
    status: int | None


def watched(
    command: list[str],
    errors: Path,
    limit: float = float("inf"),
    enough: Callable[[], bool] = lambda: False,
    environment: Mapping[str, str] | None = None,
    output: IO[str] | None = None,
) -> Usage:
    """Run ``command`` until it ends. Where ``enough`` says so, or after ``limit`` seconds, kill it as by kill -9.

    Its memory, with that of all that it starts, is looked at while it runs: what the system tells at the end may be of
    the program that started it.
    """
    begin, peak, started, next_look = time.monotonic(), 0.0, 0.0, 0.0
    with errors.open("w", encoding="utf-8") as told:
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL if output is None else output,
            stderr=told,
            env={**os.environ, **(environment or {})},
        )
        done = 0
        try:
            while True:
                if time.monotonic() >= next_look:
                    started, next_look = max(started, started_mb(process.pid)), time.monotonic() + _LOOK_AROUND
                peak = max(peak, peak_mb(process.pid))
                done, status, used = os.wait4(process.pid, os.WNOHANG)
                if done or enough() or time.monotonic() - begin > limit:
                    break
                time.sleep(_LOOK)
        finally:
            if not done:
                process.kill()
    if not done:
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)  # it is waited for here, and Popen does not know
    return Usage(seconds, used.ru_utime + used.ru_stime, peak + started, process.returncode if done else None)
