"""The processes that tests start are like those that a shell starts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import conversations, write_jsonl
from tests.processes import COMMAND, Servers

HERE = {**os.environ, "COLUMNS": "80"}


@pytest.mark.parametrize("arguments", [["tree", "--help"], ["no-such-command"], ["tree", "nowhere"]])
def test_they_say_and_end_what_a_new_one_says_and_ends(arguments: list[str], tmp_path: Path, servers: Servers) -> None:
    new = subprocess.run([*COMMAND, *arguments], cwd=tmp_path, env=HERE, capture_output=True, text=True)
    found = servers.run(arguments, tmp_path, HERE)
    assert (found.returncode, found.stdout, found.stderr) == (new.returncode, new.stdout, new.stderr)


def test_folder_environment_and_input_are_their_own(tmp_path: Path, servers: Servers) -> None:
    given = write_jsonl(tmp_path / "c.jsonl", conversations(300)).read_bytes()
    (tmp_path / "within").mkdir()
    assert servers.run(["run", "-", "--run", "r", "-q"], tmp_path / "within", HERE, given=given).returncode == 0
    assert (tmp_path / "within" / "r" / "atlas").exists()
    wide, narrow = (servers.run(["--help"], tmp_path, {**HERE, "COLUMNS": columns}).stdout for columns in ("120", "40"))
    assert max(map(len, narrow.splitlines())) <= 40 < max(map(len, wide.splitlines()))


def test_what_takes_too_long_is_ended_and_the_next_is_served(tmp_path: Path, servers: Servers) -> None:
    source = write_jsonl(tmp_path / "c.jsonl", conversations(300))
    with pytest.raises(subprocess.TimeoutExpired):
        servers.run(["run", str(source), "--run", "r"], tmp_path, HERE, timeout=0.05)
    for _ in range(2):
        assert servers.run(["--version"], tmp_path, HERE).returncode == 0
