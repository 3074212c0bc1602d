"""Processes that are killed in the middle of their work, and what is written where."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from pathlib import Path
from typing import Any

from tests.processes import Servers

_KILLED = """
import os, signal, sys
left, folder = {step}, {folder!r}
def hook(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "shutil.rmtree", "sqlite3.connect") and folder in str(arguments[0]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
"""


def killed_at(servers: Servers, step: int, folder: Path, *arguments: str) -> bool:
    """Run a command that is killed (SIGKILL) before its ``step``-th change to a file of ``folder``. Whether it was."""
    before = _KILLED.format(step=step, folder=str(folder))
    done = servers.run(arguments, Path.cwd(), {**os.environ, "COLUMNS": "200"}, before=before)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode == -signal.SIGKILL


def everything_in(folder: Path) -> str:
    """All that the files of a folder hold: their bytes, and the cells of their tables."""
    import pyarrow.parquet as pq

    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found.append(content.decode("utf-8", "replace"))
            if path.suffix == ".parquet" and content[:4] == b"PAR1":
                found.append(json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str))
    return "\n".join(found)


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(database) as connection:
        return connection.execute(query).fetchall()
