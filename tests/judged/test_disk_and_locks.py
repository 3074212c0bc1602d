"""Runs on a full disk, and runs that another process holds: told in a sentence, nothing broken, nothing paid twice."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from clioscope.atlas import Atlas
from clioscope.testing import ModelServer
from tests.conftest import bytes_of, conversations, write_jsonl

AT_ONCE = 4
LIMITED = """
import os, resource, sys
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))  # no file grows past it: a write fails, as on a full disk
os.execv(sys.argv[2], sys.argv[2:])
"""
OPTIONS = ["--clusters", "3", "--audit-sample", "5", "--quiet"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("source") / "chats.jsonl", conversations(60))


def start(
    folder: Path, source: Path, server: ModelServer, *more: str, most: int | None = None
) -> subprocess.Popen[str]:
    """A run as a process of its own, whose files may not grow past ``most`` bytes."""
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", "run", *OPTIONS]
    command += ["--model", "openai/double", "--base-url", f"{server.url}/v1", "--at-once", str(AT_ONCE), *more]
    if most is not None:
        command = [sys.executable, "-c", LIMITED, str(most), *command]
    environment = {**os.environ, "OPENAI_API_KEY": "sk-double"}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def told(process: subprocess.Popen[str]) -> str:
    """What it said in the end, which is no traceback."""
    out, err = process.communicate(timeout=90)
    assert "Traceback" not in err
    return " ".join((out + err).split())


def stored(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "run" / "vault" / "answers.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM answers").fetchone()[0])


class Finished(NamedTuple):
    """A run that nothing came in the way of."""

    folder: Path
    atlas: dict[str, bytes]
    calls: int


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    folder = tmp_path_factory.mktemp("undisturbed")
    with ModelServer() as server:
        assert told(start(folder, source, server)) == ""
        return Finished(folder / "run", bytes_of(folder / "run" / "atlas"), server.stats().calls)


def test_a_disk_that_fills_while_answers_are_stored_stops_the_run_and_room_lets_it_go_on(
    tmp_path: Path, source: Path, undisturbed: Finished
) -> None:
    with ModelServer(latency=0.01) as server:
        full = start(tmp_path, source, server, most=80_000)
        said = told(full)
        assert full.returncode == 1
        assert said.startswith("Error: The answers in run/vault/answers.sqlite cannot be read or written")
        assert "Make room on the disk" in said
        answered, kept = server.stats().answered, stored(tmp_path)
        assert 0 < kept < answered < undisturbed.calls
        assert not (tmp_path / "run" / "atlas").exists()
        roomy = start(tmp_path, source, server)
        assert (told(roomy), roomy.returncode) == ("", 0)
        assert server.stats().answered == undisturbed.calls + answered - kept, "no stored answer is paid again"
        assert answered - kept <= 2 * AT_ONCE, "what was lost was under way, or waited to be stored"
    assert bytes_of(tmp_path / "run" / "atlas") == undisturbed.atlas


@pytest.mark.parametrize("most", [0, 30_000])
def test_a_disk_that_is_full_from_the_beginning_costs_nothing(tmp_path: Path, source: Path, most: int) -> None:
    with ModelServer() as server:
        full = start(tmp_path, source, server, most=most)
        said = told(full)
        assert full.returncode == 1
        assert said.startswith("Error: ")
        assert "mend it and run the same command again" in said or "Make room on the disk" in said
        assert server.stats().calls == 0


@pytest.mark.parametrize("model", [[], ["--model", "file:requests"]])
def test_a_full_disk_is_a_sentence_without_a_live_model_too(tmp_path: Path, source: Path, model: list[str]) -> None:
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", "run", *OPTIONS, *model]
    limited = [sys.executable, "-c", LIMITED, "90000", *command]
    full = subprocess.run(limited, cwd=tmp_path, capture_output=True, text=True)
    assert full.returncode == 1
    assert full.stderr.startswith("Error: File too large")
    assert "What is done is kept: mend it and run the same command again." in full.stderr
    assert not list((tmp_path / "run").rglob("*.partial"))


@pytest.mark.parametrize("database", ["answers", "waves"])
def test_a_damaged_database_is_told_in_a_sentence(tmp_path: Path, source: Path, database: str) -> None:
    vault = tmp_path / "run" / "vault"
    vault.mkdir(parents=True)
    (vault / f"{database}.sqlite").write_bytes(b"no database at all" * 100)
    command = [sys.executable, "-m", "clioscope", "run", str(source), "--run", "run", "--model", "file:requests"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{database}.sqlite cannot be read or written" in done.stderr


def until_it_calls(process: subprocess.Popen[str], server: ModelServer) -> None:
    while server.stats().calls < AT_ONCE:
        assert process.poll() is None, told(process)
        time.sleep(0.01)


def test_a_second_process_is_told_who_holds_the_run_and_the_first_ends_as_if_alone(
    tmp_path: Path, source: Path, undisturbed: Finished
) -> None:
    with ModelServer(latency=0.5) as server:
        first = start(tmp_path, source, server)
        until_it_calls(first, server)
        second, estimate = start(tmp_path, source, server), start(tmp_path, source, server, "--estimate")
        said = told(second)
        assert second.returncode == 1
        assert said.startswith(f"Error: run/vault is being worked on by process {first.pid}.")
        assert "Wait for it, stop it, or choose another folder with --run." in said
        assert "For 60 conversations. Estimated; nothing was sent." in told(estimate), "it only reads, and may"
        assert first.poll() is None, "it was under way all the time"
        assert (told(first), first.returncode) == ("", 0)
        assert (server.stats().calls, server.stats().repeated) == (undisturbed.calls, 0)
    assert bytes_of(tmp_path / "run" / "atlas") == undisturbed.atlas


def test_an_atlas_can_be_read_while_its_run_is_held_and_a_killed_process_holds_nothing(
    tmp_path: Path, source: Path, undisturbed: Finished
) -> None:
    shutil.copytree(undisturbed.folder, tmp_path / "run")
    with ModelServer(latency=0.5) as server:
        again = start(tmp_path, source, server, "--one-call-a-facet")
        until_it_calls(again, server)
        assert Atlas.open(tmp_path / "run").conversations == 60
        again.kill()
        again.communicate()
    with ModelServer() as server:
        assert told(start(tmp_path, source, server)) == ""
        assert server.stats().calls == 0, "every answer was there"
    assert bytes_of(tmp_path / "run" / "atlas") == undisturbed.atlas
