"""Stopped at any point, the same command goes on and gives the same atlas, byte for byte."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import clioscope
from clioscope.progress import Silent
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.processes import Servers


class Killed(BaseException):
    """Raised inside a run as a stand-in for anything that ends it."""


class KilledAt(Silent):
    """Ends the run at the given step."""

    def __init__(self, step: int) -> None:
        self._left = step

    def advance(self, amount: float) -> None:
        self._left -= 1
        if self._left < 0:
            raise Killed


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("source") / "conversations.jsonl", conversations(500))


@pytest.fixture(scope="module")
def finished(source: Path, tmp_path_factory: pytest.TempPathFactory, servers: Servers) -> Path:
    """The folder of a run that the command made. Must not be changed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    done = servers.run(["run", str(source), "--run", "run", "-q"], folder, os.environ)
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.fixture(scope="module")
def undisturbed(finished: Path) -> dict[str, bytes]:
    return bytes_of(finished / "atlas")


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of the run, as ``r``."""
    return Path(shutil.copytree(finished, tmp_path / "r"))


@pytest.mark.parametrize("step", range(14))
def test_ended_at_any_step_it_goes_on(step: int, source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    with contextlib.suppress(Killed):
        clioscope.run(source, tmp_path / "r", progress=KilledAt(step))
    clioscope.run(source, tmp_path / "r")
    assert bytes_of(tmp_path / "r" / "atlas") == undisturbed


@pytest.mark.slow
def test_killed_at_random_moments_it_goes_on(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    seed = int.from_bytes(os.urandom(4), "big")
    rng = random.Random(seed)
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", str(tmp_path / "r"), "--quiet"]
    killed = 0
    for _ in range(20):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(rng.uniform(0.1, 4.0))
        process.send_signal(signal.SIGKILL)
        _, told = process.communicate()
        assert b"Traceback" not in told, f"seed {seed}: {told.decode()}"
        killed += process.returncode == -signal.SIGKILL
        if rng.random() < 0.3:
            shutil.rmtree(tmp_path / "r" / "atlas", ignore_errors=True)
    subprocess.run(command, check=True)
    assert killed > 0, f"seed {seed}: no run was killed"
    assert bytes_of(tmp_path / "r" / "atlas") == undisturbed, f"seed {seed}"


def test_ctrl_c_says_that_nothing_is_lost(source: Path, undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", str(tmp_path / "r")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Reading"):
            break
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "the same command goes on" in told
    assert "Traceback" not in told
    clioscope.run(source, tmp_path / "r")
    assert bytes_of(tmp_path / "r" / "atlas") == undisturbed


def test_a_finished_run_is_reused(source: Path, tmp_path: Path, cli: Cli) -> None:
    first = cli("run", source, "--run", "r", "--json")
    again = cli("run", source, "--run", "r", "--json")
    assert '"reused": []' in first.stdout
    assert "Releasing" in again.stdout.split('"reused"')[1].split("]")[0]


@pytest.mark.parametrize(
    ("option", "redone", "kept"),
    [
        (["--clusters", "5"], ["Clustering", "Naming", "Releasing"], ["Reading", "Asking", "Embedding"]),
        pytest.param(
            ["--facet", "plan"],
            ["Asking", "Releasing"],
            ["Reading", "Embedding", "Clustering", "Naming"],
            marks=pytest.mark.slow,
        ),
        pytest.param(
            ["--period", "week"],
            ["Asking", "Releasing"],
            ["Reading", "Embedding", "Clustering", "Naming"],
            marks=pytest.mark.slow,
        ),
        pytest.param(["--sample", "300"], ["Reading", "Asking", "Embedding", "Clustering"], [], marks=pytest.mark.slow),
    ],
)
def test_a_change_redoes_only_what_depends_on_it(
    option: list[str], redone: list[str], kept: list[str], source: Path, run: Path, tmp_path: Path, cli: Cli
) -> None:
    import json

    again = cli("run", source, "--run", "r", "--json", *option)
    reused = json.loads(again.stdout)["reused"]
    assert [stage for stage in redone if stage in reused] == []
    assert [stage for stage in kept if stage not in reused] == []
    for stage in redone:
        assert f"{stage} again, because of a change" in again.stderr
    cli("run", source, "--run", "fresh", "-q", *option)
    assert bytes_of(run / "atlas") == bytes_of(tmp_path / "fresh" / "atlas")


def test_a_changed_source_is_read_again(tmp_path: Path, cli: Cli) -> None:
    source = write_jsonl(tmp_path / "c.jsonl", conversations(400))
    cli("run", source, "-q")
    write_jsonl(source, conversations(450))
    again = cli("run", source)
    assert "Reading again, because of a change: the source" in again.stderr
    assert "450 conversations" in again.stderr


def test_a_damaged_atlas_is_written_again(source: Path, undisturbed: dict[str, bytes], run: Path, cli: Cli) -> None:
    (run / "atlas" / "cube.parquet").write_bytes(b"broken")
    told = cli("show", "r", "0-0", code=1).stderr
    assert "damaged" in told
    cli("run", source, "--run", "r", "-q")
    assert bytes_of(run / "atlas") == undisturbed


@pytest.mark.usefixtures("run")
def test_another_source_does_not_take_a_runs_place(tmp_path: Path, cli: Cli) -> None:
    other = write_jsonl(tmp_path / "other.jsonl", conversations(400, seed=9))
    assert "choose another folder" in cli("run", other, "--run", "r", code=1).stderr.casefold()
