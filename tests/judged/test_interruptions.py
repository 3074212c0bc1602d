"""Runs that are killed, interrupted or held by another process."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from clioscope.testing import Faults, ModelServer
from tests.conftest import bytes_of
from tests.judged.helpers import source
from tests.processes import Running, Servers

AT_ONCE = 10
MOST_IN_FLIGHT = 2 * AT_ONCE
"""The place of a call is free for the next while its answer goes to disk; on a slow disk, for as many as are places."""
LATENCY = 0.1
ENVIRONMENT = {**os.environ, "OPENAI_API_KEY": "sk-double"}


def arguments(folder: Path, server: ModelServer, run: str) -> list[str]:
    model = ["--model", "openai/double", "--base-url", f"{server.url}/v1", "--at-once", str(AT_ONCE)]
    read = [str(source(folder)), "--run", str(folder / run)]
    return ["run", *read, *model, "--clusters", "14", "--audit-sample", "30"]


def start(folder: Path, server: ModelServer, run: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [Path(sys.executable).parent / "clioscope", *arguments(folder, server, run)],
        env=ENVIRONMENT,
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


def begun(servers: Servers, folder: Path, server: ModelServer) -> Running:
    """The run that is killed; forked from a process that has loaded everything, so that most of its time is calls."""
    with Path(os.devnull).open("r+b") as nowhere:
        streams = (nowhere.fileno(),) * 3
        return servers.start(arguments(folder, server, "killed"), folder, ENVIRONMENT, streams)


def killed_while_it_asks(process: Running, server: ModelServer, new: int, rng: random.Random) -> int:
    """Kill a run some time after it has made ``new`` calls, with calls under way. How many these were."""
    seen = server.stats().calls
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if server.stats().calls - seen >= new:
            time.sleep(rng.uniform(0, LATENCY))
            under_way = server.stats().under_way
            if under_way:
                process.kill()
                assert process.wait(60) == -signal.SIGKILL, "the run was over before it was killed"
                return under_way
        time.sleep(0.002)
    raise AssertionError("the run made no calls")


def paid_and_not_stored(folder: Path, server: ModelServer) -> int:
    """Requests that were answered for killed runs, and whose answer is not on disk: what is paid again, once each.

    Counted when the calls that were under way have been answered too. One that is asked again meanwhile is not two.
    """
    while server.stats().under_way:
        time.sleep(0.005)
    stats = replace(server.stats())
    with closing(sqlite3.connect(folder / "killed" / "vault" / "answers.sqlite")) as connection:
        stored: int = connection.execute("SELECT count(*) FROM answers").fetchone()[0]
    return stats.answered - stats.repeated - stored


def killed_at_random(servers: Servers, folder: Path, kills: int, seed: int, faults: Faults) -> None:
    rng = random.Random(seed)
    source(folder, n=20 * kills if kills > 12 else 240)
    with ModelServer(latency=LATENCY) as server:
        assert "Traceback" not in finish(start(folder, server, "undisturbed"))
        undisturbed = bytes_of(folder / "undisturbed" / "atlas")
        needed = server.stats().calls
    in_flight: list[int] = []
    with ModelServer(latency=LATENCY, faults=faults) as server:
        for number in range(kills):
            before = replace(server.stats())
            # About as many new answers before each kill as leave enough for the last one.
            left = needed - (before.answered - before.repeated)
            new = rng.randint(1, max(1, min(left // 2, AT_ONCE + 2 * left // (kills - number + 2))))
            process = begun(servers, folder, server)
            under_way = killed_while_it_asks(process, server, new, rng)
            assert 0 < under_way <= AT_ONCE
            made = server.stats().calls - before.calls
            assert server.stats().repeated <= sum(in_flight), f"seed {seed}, before kill {number}"
            assert paid_and_not_stored(folder, server) <= MOST_IN_FLIGHT
            in_flight.append(min(MOST_IN_FLIGHT, made))
        assert len(in_flight) == kills
        assert "Traceback" not in finish(start(folder, server, "killed"))
        assert bytes_of(folder / "killed" / "atlas") == undisturbed, f"seed {seed}"
        assert server.stats().repeated <= sum(in_flight), f"seed {seed}"
        assert server.stats().most_at_once <= 2 * AT_ONCE, "of the killed run and of the one after it"


@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_as_if_it_had_not_been(tmp_path: Path, servers: Servers) -> None:
    killed_at_random(servers, tmp_path, 4, 7, Faults())


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_killed_thirty_times_ends_as_if_it_had_not_been(tmp_path: Path, servers: Servers, seed: int) -> None:
    killed_at_random(servers, tmp_path, 30, seed, Faults(server_error=0.02 * (seed - 1)))


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_what_is_paid_and_pays_nothing_twice(tmp_path: Path, sent: signal.Signals) -> None:
    with ModelServer(latency=0.3) as server:
        process = start(tmp_path, server, "run")
        while server.stats().answered < 45:
            time.sleep(0.01)
        process.send_signal(sent)
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
