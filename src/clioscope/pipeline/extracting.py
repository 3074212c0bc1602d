"""The facets that need no model, part by part: in processes of their own where there is more than one part.

A million conversations take one processor ten minutes, which is most of their run. Workers are started as commands and
spoken to through pipes: multiprocessing would run the caller's own script once more in each of them.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType

import pyarrow as pa

from clioscope.config import Config
from clioscope.facets import LocalExtractor
from clioscope.pipeline.redacting import Extracted, Redaction
from clioscope.vault import conversations_in
from clioscope.version import __version__

_MOST_WORKERS = 8
"""Each holds a part and what is imported, about 150 MB."""

_PARTS_A_WORKER = 3
"""Fewer are gone through sooner than a worker starts."""

_PROGRAM = f"clioscope {__version__} {Path(__file__).resolve()}"
"""What a worker has to be: another installation may know other rules of what is redacted."""

_COMMAND = "from clioscope.pipeline.extracting import work; work()"


def extract_all(config: Config, parts: Iterable[pa.Table], count: int) -> Generator[list[Extracted]]:
    """The facets of ``count`` tables of conversations, in their order, whoever makes them."""
    here = _Extractor(config)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = min(processors, count // _PARTS_A_WORKER, _MOST_WORKERS)
    is_python = bool(sys.executable) and not getattr(sys, "frozen", False)
    if workers < 2 or not is_python or config.redact_with_presidio:  # whose language models are larger than all else
        yield from map(here.extract, parts)
        return
    with _Workers(config, here, workers) as team:
        waiting: deque[Future[list[Extracted]]] = deque()
        for part in parts:
            waiting.append(team.begin(part))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Extractor:
    """What goes through a part: here, and in every worker."""

    def __init__(self, config: Config) -> None:
        self._local = LocalExtractor(config)
        self._redaction = Redaction(config, elsewhere=False)  # no model is shown anything

    def extract(self, part: pa.Table) -> list[Extracted]:
        return self._redaction.extract(self._local, conversations_in(part))


class _Workers:
    """Processes that are each given one part at a time. What one cannot do, whatever befalls it, is done here."""

    def __init__(self, config: Config, here: _Extractor, count: int) -> None:
        self._here = here
        self._free: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()
        self._processes = []
        for _ in range(count):
            process = _started(config)
            self._free.put(process)
            if process is not None:
                self._processes.append(process)
        self._threads = ThreadPoolExecutor(count, "extracting")
        self._is_over = False

    def begin(self, part: pa.Table) -> Future[list[Extracted]]:
        return self._threads.submit(self._extracted, part)

    def _extracted(self, part: pa.Table) -> list[Extracted]:
        process = self._free.get()
        rows = None if process is None else _asked(process, part)
        self._free.put(process if rows is not None else None)
        if rows is None:
            return [] if self._is_over else self._here.extract(part)
        return rows

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_over = True
        for process in self._processes:
            process.kill()  # which also ends what threads wait for
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # of what was not sent
                    assert pipe
                    pipe.close()
            process.wait()


def _started(config: Config) -> subprocess.Popen[bytes] | None:
    """``None``: the system has no room for one more."""
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", _COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what fails there fails here too, where it is told
            start_new_session=True,  # Ctrl-C is for the run, which ends them
        )
    except OSError:
        return None
    assert process.stdin
    with suppress(OSError):
        process.stdin.write(pickle.dumps(config))
        process.stdin.flush()
    return process


def _asked(process: subprocess.Popen[bytes], part: pa.Table) -> list[Extracted] | None:
    """``None``: the process has ended, or is not of this program, and is not to be asked again."""
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(pickle.dumps(part))
        process.stdin.flush()
        program, rows = pickle.load(process.stdout)
    except Exception:  # what is no pickle of ours can fail in any way
        return None
    return rows if program == _PROGRAM and len(rows) == part.num_rows else None


def work() -> None:
    """Of a worker: go through parts until there are no more, or whoever asks has ended."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not come between
    extractor = _Extractor(pickle.load(sys.stdin.buffer))
    while True:
        try:
            part = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump((_PROGRAM, extractor.extract(part)), answers)
        answers.flush()
