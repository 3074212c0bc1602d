"""Answers that were paid for: stored before they are used, found again by the exact request."""

from __future__ import annotations

import queue
import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import NamedTuple

from clioscope.config import Judgement
from clioscope.errors import RunError
from clioscope.models.base import Answer, Finish, Request

_MOST_AT_ONCE = 64

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    judgement TEXT NOT NULL,
    model TEXT NOT NULL,
    served TEXT NOT NULL,
    text TEXT NOT NULL,
    finish TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    repairs TEXT NOT NULL,
    halved INTEGER NOT NULL
);
"""


class Spent(NamedTuple):
    """What one judgement has cost so far with one model. ``batched``: of its tokens, those at half price."""

    judgement: Judgement
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    batched_prompt_tokens: int
    batched_completion_tokens: int


class _Row(NamedTuple):
    values: tuple[object, ...]
    done: Future[None]


class AnswerStore:
    """One run's answers, in SQLite with a write-ahead log; one thread writes.

    Commits come in groups: all that arrived while the last commit was written to disk.

    Parameters
    ----------
    path
        ``answers.sqlite`` in the vault. It is made where it is missing, readable by its owner alone.

    Raises
    ------
    RunError
        The file is damaged, or the disk does not take it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: queue.SimpleQueue[_Row | None] = queue.SimpleQueue()
        path.touch(mode=0o600)
        try:
            self._writing = self._connect()
            self._writing.executescript(_SCHEMA)
            self._reading = self._connect()
        except sqlite3.Error as error:
            raise self._error(error) from None
        self._writer = threading.Thread(target=self._write, name="answers", daemon=True)
        self._writer.start()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _error(self, error: sqlite3.Error) -> RunError:
        return RunError(
            f"The answers in {self._path} cannot be read or written ({error}). Make room on the disk, or, where the "
            "file is damaged, delete it: its answers are then paid again."
        )

    def get(self, request: Request, model: str) -> Answer | None:
        """The answer to exactly this request, where there is one."""
        try:
            row = self._reading.execute(
                "SELECT text, finish, prompt_tokens, completion_tokens, served FROM answers WHERE key = ?",
                (request.key(model),),
            ).fetchone()
        except sqlite3.Error as error:
            raise self._error(error) from None
        return None if row is None else Answer(*row)

    def has(self, key: bytes) -> bool:
        """Whether the request of this key is answered."""
        return self._reading.execute("SELECT 1 FROM answers WHERE key = ?", (key,)).fetchone() is not None

    def put(self, request: Request, model: str, answer: Answer, *, batched: bool = False) -> Future[None]:
        """Store an answer. The future is done once it is on disk; a :class:`RunError` is raised from it otherwise."""
        return self.put_key(request.key(model), request.judgement, model, answer, request.repairs, batched=batched)

    def put_key(
        self, key: bytes, judgement: Judgement, model: str, answer: Answer, repairs: str, *, batched: bool
    ) -> Future[None]:
        """Store an answer by the key of its request."""
        # A lone surrogate is no UTF-8; the model's text is kept with a mark in its place.
        text = answer.text.encode("utf-8", "replace").decode("utf-8")
        done: Future[None] = Future()
        self._rows.put(
            _Row(
                (
                    key,
                    judgement,
                    model,
                    answer.model,
                    text,
                    answer.finish,
                    answer.prompt_tokens,
                    answer.completion_tokens,
                    repairs,
                    int(batched),
                ),
                done,
            )
        )
        return done

    def _write(self) -> None:
        while True:
            rows = self._waiting()
            if not rows:
                return
            try:
                self._writing.execute("BEGIN")
                self._writing.executemany(
                    "INSERT OR IGNORE INTO answers (key, judgement, model, served, text, finish, prompt_tokens, "
                    "completion_tokens, repairs, halved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [row.values for row in rows],
                )
                self._writing.execute("COMMIT")
            except sqlite3.Error as error:
                if self._writing.in_transaction:
                    self._writing.execute("ROLLBACK")
                for row in rows:
                    row.done.set_exception(self._error(error))
            else:
                for row in rows:
                    row.done.set_result(None)

    def _waiting(self) -> list[_Row]:
        """The next rows to commit together; none once the store is closed."""
        row = self._rows.get()
        rows: list[_Row] = []
        while row is not None:
            rows.append(row)
            if len(rows) == _MOST_AT_ONCE:
                break
            try:
                row = self._rows.get_nowait()
            except queue.Empty:
                return rows
        if row is None and rows:
            self._rows.put(None)
        return rows

    def spent(self) -> list[Spent]:
        """What has been paid so far, for each judgement and model."""
        rows = self._reading.execute(
            "SELECT judgement, model, count(*), sum(prompt_tokens), sum(completion_tokens), "
            "sum(prompt_tokens * halved), sum(completion_tokens * halved) "
            "FROM answers GROUP BY judgement, model ORDER BY judgement, model"
        ).fetchall()
        return [Spent(*row) for row in rows]

    def finishes(self) -> dict[tuple[Judgement, Finish], int]:
        """How many answers of each judgement ended in each way."""
        rows = self._reading.execute("SELECT judgement, finish, count(*) FROM answers GROUP BY judgement, finish")
        return {(judgement, finish): count for judgement, finish, count in rows}

    def repairs(self) -> dict[tuple[Judgement, str], int]:
        """How many answers of each judgement had to be mended, by what was wrong."""
        rows = self._reading.execute(
            "SELECT judgement, repairs, count(*) FROM answers WHERE repairs <> '' GROUP BY judgement, repairs"
        )
        return {(judgement, why): count for judgement, why, count in rows}

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self._rows.put(None)
        self._writer.join()
        self._writing.close()
        self._reading.close()
