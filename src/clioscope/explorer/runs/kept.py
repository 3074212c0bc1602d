"""What the explorer keeps of a run that it started: how, what it told, and whether it is alive.

The process of a run holds a lock for as long as it lives, and writes what it tells into a file itself. So a server that
is started again knows as much as the one before.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TRIES, _SECONDS_BETWEEN = 10, 0.02


@dataclass(frozen=True)
class Started:
    """How a run was started.

    Parameters
    ----------
    arguments
        Behind ``clioscope run``.
    source
        In the data folder.
    process
        Of the last attempt; means something only while the run is alive.
    """

    name: str
    arguments: list[str]
    source: str
    options: dict[str, Any]
    person: str
    time: str
    process: int = 0


@dataclass(frozen=True)
class Kept:
    """The folder of one run in the explorer's own folder."""

    folder: Path

    @property
    def progress(self) -> Path:
        """What the run tells, a line each, over all attempts."""
        return self.folder / "progress.jsonl"

    @property
    def summary(self) -> Path:
        """What the run said at its end."""
        return self.folder / "summary.json"

    def started(self) -> Started | None:
        """How it was started; ``None`` where it was not started here."""
        with suppress(OSError, ValueError, TypeError):
            return Started(**json.loads((self.folder / "started.json").read_text("utf-8")))
        return None

    def keep(self, started: Started) -> None:
        """Keep how it was started."""
        path = self.folder / "started.json"
        beside = path.with_suffix(".partial")
        with open_private(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
            os.write(file, json.dumps(started.__dict__, indent=1).encode())
            os.fsync(file)
        beside.replace(path)

    def is_alive(self) -> bool:
        """Whether its process lives."""
        with suppress(FileNotFoundError), open_private(self.folder / "alive", os.O_RDWR) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return True
        return False

    @contextmanager
    def life(self) -> Iterator[int | None]:
        """A lock to be handed to the process that is started; ``None`` where one lives."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open_private(self.folder / "alive", os.O_RDWR | os.O_CREAT) as file:
            yield file if _locked(file) else None

    def told(self, **values: object) -> None:
        """Add a line of the server's own."""
        with open_private(self.progress, os.O_WRONLY | os.O_CREAT | os.O_APPEND) as file:
            os.write(file, ("\n" + json.dumps(values) + "\n").encode())  # its process may be in the middle of a line

    def lines(self) -> list[str]:
        """What the run has told."""
        try:
            return self.progress.read_text("utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def has_finished(self) -> bool:
        """Whether the last attempt came to its end."""
        try:
            return isinstance(json.loads(self.summary.read_text("utf-8")), dict)
        except (OSError, ValueError):
            return False


def _locked(file: int) -> bool:
    """Take the lock. Whoever asks whether the process lives has it for a moment, and is waited for."""
    for _ in range(_TRIES):
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_SECONDS_BETWEEN)
    return False


@contextmanager
def open_private(path: Path, flags: int) -> Iterator[int]:
    """A file that its owner alone can read, as a descriptor."""
    file = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        yield file
    finally:
        os.close(file)
