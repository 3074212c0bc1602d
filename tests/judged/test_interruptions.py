"""Runs that are killed, interrupted or held by another process."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clioscope.testing import Faults, ModelServer
from tests.conftest import bytes_of
from tests.judged.helpers import source

AT_ONCE = 20


def start(folder: Path, server: ModelServer, run: str) -> subprocess.Popen[str]:
    command = [
        Path(sys.executable).parent / "clioscope",
        "run",
        source(folder),
        "--run",
        folder / run,
        "--clusters",
        "14",
    ]
    options = [
        "--model",
        "openai/double",
        "--base-url",
        f"{server.url}/v1",
        "--at-once",
        str(AT_ONCE),
        "--audit-sample",
        "30",
    ]
    environment = {**os.environ, "OPENAI_API_KEY": "sk-double"}
    return subprocess.Popen(
        [str(part) for part in (*command, *options)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    process.wait()
    return said


def killed_at_random(folder: Path, kills: int, seed: int, faults: Faults) -> None:
    rng = random.Random(seed)
    with ModelServer(latency=0.05) as server:
        assert "Traceback" not in finish(start(folder, server, "undisturbed"))
        undisturbed = bytes_of(folder / "undisturbed" / "atlas")
        needed = server.stats().calls
    with ModelServer(latency=0.05, faults=faults) as server:
        for _ in range(kills):
            calls = server.stats().calls
            process = start(folder, server, "killed")
            # Half of the kills come while calls are under way, at a random one of them; the others at any time.
            until = calls + rng.randrange(1, needed // 4)
            end = time.monotonic() + rng.uniform(0.5, 6)
            while process.poll() is None and server.stats().calls < until and time.monotonic() < end:
                time.sleep(0.005)
            process.kill()
            finish(process)
        assert "Traceback" not in finish(start(folder, server, "killed"))
        assert bytes_of(folder / "killed" / "atlas") == undisturbed, f"seed {seed}"
        assert server.stats().repeated <= kills * AT_ONCE, f"seed {seed}"


def test_a_run_killed_at_random_moments_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    killed_at_random(tmp_path, 4, 7, Faults())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_killed_thirty_times_ends_as_if_it_had_not_been(tmp_path: Path, seed: int) -> None:
    killed_at_random(tmp_path, 30, seed, Faults(server_error=0.02 * (seed - 1)))


def test_an_interrupt_waits_for_what_is_paid_and_pays_nothing_twice(tmp_path: Path) -> None:
    with ModelServer(latency=0.3) as server:
        process = start(tmp_path, server, "run")
        while server.stats().answered < 45:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said = finish(process)
        assert process.returncode == 130
        assert "calls under way" in said
        assert "the same command goes on" in said
        assert "Traceback" not in said
        assert server.stats().answered < 240
        assert "Traceback" not in finish(start(tmp_path, server, "run"))
        assert server.stats().repeated == 0
        assert server.stats().answered == server.stats().calls


def test_two_processes_on_one_run_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    with ModelServer(latency=0.3) as server:
        first = start(tmp_path, server, "run")
        while server.stats().calls < 5:
            time.sleep(0.01)
        second = start(tmp_path, server, "run")
        said = finish(second)
        assert second.returncode == 1
        assert "process" in said
        assert "Traceback" not in said
        assert "Traceback" not in finish(first)
        assert first.returncode == 0
        assert server.stats().repeated == 0
