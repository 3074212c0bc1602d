"""One process at a time on a run."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clioscope.errors import RunError

WORKING = "working-"
"""What a folder of a vault begins with that is a copy to work on. It goes with whoever made it, or with the next."""


def working_copies(vault: Path) -> list[Path]:
    """The copies that somebody works on, or that a killed process left."""
    return sorted(vault.glob(f"{WORKING}*"))


def remove_working_copies(vault: Path) -> None:
    """Remove what a killed process left. The caller holds the lock."""
    for path in working_copies(vault):
        shutil.rmtree(path)


@contextmanager
def run_lock(folder: Path) -> Iterator[None]:
    """Hold ``folder`` for this process. The system lets go of it when the process ends, however it ends.

    Files that a killed process had not written to their end are removed, and so are its working copies.

    Raises
    ------
    RunError
        Another process holds it; the sentence says which.
    """
    path = folder / "lock"
    path.touch(0o600)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise RunError(
                f"{folder} is being worked on by {holder}. Wait for it, stop it, or choose another folder with --run."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()
        for unfinished in folder.rglob("*.partial"):
            unfinished.unlink()
        remove_working_copies(folder)
        yield
