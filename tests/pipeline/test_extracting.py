"""Facets without a model come out the same, whoever makes them and whatever befalls who does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partialmethod
from pathlib import Path

import pyarrow as pa
import pytest

import clioscope
from clioscope.config import Config, make_config
from clioscope.pipeline import extracting
from clioscope.pipeline.context import Context
from clioscope.pipeline.extracting import extract_all
from clioscope.progress import Silent
from clioscope.vault import RunFolder
from tests.conftest import conversations

Started = list[subprocess.Popen[bytes]]
"""The workers of a test."""

PARTS = 8
CONFIG = make_config(source=("x",), facets=("plan",), redact_patterns={"CASE": "case-[0-9]+"})


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[pa.Table]:
    """The conversations of a run, in as many tables."""
    run = tmp_path_factory.mktemp("extracting") / "run"
    clioscope.run(conversations(400), run)
    table = RunFolder(run).conversations.read_part(0)
    size = len(table) // PARTS
    return [table.slice(number * size, size) for number in range(PARTS)]


@pytest.fixture
def here(parts: list[pa.Table], monkeypatch: pytest.MonkeyPatch) -> list[list[object]]:
    """What this process makes of them."""
    with monkeypatch.context() as patched:
        patched.setattr(extracting, "_MOST_WORKERS", 1)
        return [list(rows) for rows in extract_all(CONFIG, parts, PARTS)]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The workers that are started, two of them on any machine."""
    found: Started = []
    start = extracting._started

    def noted(config: Config) -> subprocess.Popen[bytes] | None:
        process = start(config)
        found.extend([] if process is None else [process])
        return process

    monkeypatch.setattr(extracting, "_started", noted)
    monkeypatch.setattr(extracting.os, "sched_getaffinity", lambda _: {0, 1})
    return found


def test_workers_make_the_same_in_the_same_order(
    parts: list[pa.Table], here: list[list[object]], started: Started
) -> None:
    assert [list(rows) for rows in extract_all(CONFIG, parts, PARTS)] == here
    assert len(started) == 2
    assert all(process.returncode is not None for process in started), "none is left"
    assert sum(map(len, here)) == 400


def test_few_parts_are_gone_through_here(parts: list[pa.Table], started: Started) -> None:
    assert len(list(extract_all(CONFIG, parts[:2], 2))) == 2
    assert started == []


@pytest.mark.parametrize("killed", [0, 3])
def test_a_worker_that_is_killed_loses_nothing(
    parts: list[pa.Table], here: list[list[object]], started: Started, killed: int
) -> None:
    found = []
    for number, rows in enumerate(extract_all(CONFIG, parts, PARTS)):
        if number == killed:
            for process in started:
                process.kill()
        found.append(list(rows))
    assert found == here


@pytest.mark.parametrize(
    "command",
    [
        "import sys; sys.exit(3)",
        "print('INFO: proxy set', flush=True); from clioscope.pipeline.extracting import work; work()",
        "from clioscope.pipeline import extracting; extracting._PROGRAM = 'clioscope 0.0.1'; extracting.work()",
        (
            "from clioscope.pipeline import extracting\n"
            "extract = extracting._Extractor.extract\n"
            "extracting._Extractor.extract = lambda self, part: extract(self, part.slice(1))\n"
            "extracting.work()"
        ),
    ],
    ids=["ends", "prints", "is another", "loses a row"],
)
def test_what_a_worker_does_wrong_is_done_here(
    parts: list[pa.Table], here: list[list[object]], started: Started, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extracting, "_COMMAND", command)
    assert [list(rows) for rows in extract_all(CONFIG, parts, PARTS)] == here
    assert len(started) == 2


def test_a_worker_that_prints_in_between_is_heard_all_the_same(
    parts: list[pa.Table], here: list[list[object]], started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    prints = (
        "from clioscope.pipeline import extracting\n"
        "extract = extracting._Extractor.extract\n"
        "extracting._Extractor.extract = lambda self, part: (print('INFO', flush=True), extract(self, part))[1]\n"
        "extracting.work()"
    )
    monkeypatch.setattr(extracting, "_COMMAND", prints)
    monkeypatch.setattr(extracting._Extractor, "extract", lambda self, part: pytest.fail("nothing is left for here"))
    assert [list(rows) for rows in extract_all(CONFIG, parts, PARTS)] == here


def test_where_no_process_can_be_started_all_is_done_here(
    parts: list[pa.Table], here: list[list[object]], started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(extracting.subprocess, "Popen", full)
    assert [list(rows) for rows in extract_all(CONFIG, parts, PARTS)] == here
    assert started == []


def test_a_run_that_is_stopped_leaves_no_worker(
    tmp_path: Path, started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Silent):
        def advance(self, amount: float) -> None:
            if started:
                raise KeyboardInterrupt

    chunked = partialmethod(Context.__init__, chunk=50)
    monkeypatch.setattr(Context, "__init__", chunked)
    with pytest.raises(KeyboardInterrupt) as kept:  # which holds all that was under way, as notebooks do
        clioscope.run(conversations(400), tmp_path / "run", progress=Stopped())
    assert started
    assert all(process.returncode is not None for process in started)
    assert kept.value is not None


def test_whoever_stops_in_between_leaves_no_worker(parts: list[pa.Table], started: Started) -> None:
    coming = extract_all(CONFIG, parts, PARTS)
    next(coming)
    coming.close()
    assert all(process.returncode is not None for process in started)


def test_workers_end_with_a_run_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import sys, time\n"
        "from clioscope.config import Config, make_config\n"
        "from clioscope.pipeline import extracting\n"
        "process = extracting._started(make_config(source=('x',)))\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    worker = int(run.stdout.readline())
    run.kill()
    run.wait()
    run.stdout.close()
    end = time.monotonic() + 60
    while is_alive(worker) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_alive(worker)


def is_alive(process: int) -> bool:
    """Whether it is there, and not waiting to be heard of by whoever takes in orphans."""
    try:
        os.kill(process, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")
