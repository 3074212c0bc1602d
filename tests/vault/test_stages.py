"""Re-running is resuming, and a change redoes what depends on it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from clioscope.errors import RunError
from clioscope.vault import RunFolder, Stages, run_lock, user_hash
from clioscope.vault.files import whole, write_array, write_text
from clioscope.vault.vectors import StoredVectors

HOLDER = """
import pathlib, sys
from clioscope.vault import run_lock
with run_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_stage_is_done_only_after_it_finished(tmp_path: Path) -> None:
    stages = Stages(tmp_path / "stages.json")
    assert stages.changed("Reading", {"the source": "a"}) is None
    stages.begin("Reading", {"the source": "a"})
    again = Stages(tmp_path / "stages.json")
    assert again.changed("Reading", {"the source": "a"}) == []
    assert not again.is_done("Reading")
    again.finish("Reading", 1.5, {"conversations": 3})
    assert Stages(tmp_path / "stages.json").found("Reading") == {"conversations": 3}


def test_a_change_is_named(tmp_path: Path) -> None:
    stages = Stages(tmp_path / "stages.json")
    stages.begin("Clustering", {"the seed": 0, "how many clusters": None})
    assert stages.changed("Clustering", {"the seed": 1, "how many clusters": None}) == ["the seed"]
    assert stages.changed("Clustering", {"the seed": 0}) == ["how many clusters"]


def test_a_damaged_ledger_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "stages.json").write_text('{"Reading": {"inp')
    assert Stages(tmp_path / "stages.json").changed("Reading", {}) is None


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "part"
    write_text(path, "before")
    with contextlib.suppress(ZeroDivisionError), whole(path) as beside:
        beside.write_text("half")
        _ = 1 / 0
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_only_the_owner_can_read_the_vault(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.secret()
    write_text(run.vault / "x", "")
    assert run.vault.stat().st_mode & 0o777 == 0o700
    for path in run.vault.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_second_process_is_told_who_holds_the_run(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(RunError, match=f"process {holder.pid}"), run_lock(tmp_path):
        pass
    holder.kill()
    holder.communicate()
    with run_lock(tmp_path):
        pass


def test_users_are_kept_as_keyed_hashes(tmp_path: Path) -> None:
    one, two = RunFolder(tmp_path / "a").secret(), RunFolder(tmp_path / "b").secret()
    assert user_hash(one, "ann") == user_hash(RunFolder(tmp_path / "a").secret(), "ann")
    assert user_hash(one, "ann") != user_hash(two, "ann")
    assert user_hash(one, "ann") != user_hash(one, "bob")


def test_vectors_are_read_across_parts(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    parts = [rng.normal(size=(n, 4)).astype(np.float16) for n in (5, 3, 7)]
    for number, part in enumerate(parts):
        write_array(tmp_path / f"part-{number:05d}.npy", part)
    stored = StoredVectors(sorted(tmp_path.glob("*.npy")))
    everything = np.concatenate(parts).astype(np.float32)
    assert len(stored) == 15
    rows = np.array([14, 0, 7, 7, 4])
    assert (stored.take(rows) == everything[rows]).all()
    blocks = list(stored.blocks(size=4))
    assert (np.concatenate([block for _, block in blocks]) == everything).all()
    assert [start for start, _ in blocks] == [0, 4, 5, 8, 12]
