"""Answers that were paid for: stored before they are used, found again by the exact request."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from clioscope.config import Judgement
from clioscope.errors import RunError
from clioscope.models.base import Answer, Request
from clioscope.vault.sealing import Sealed, sealed_vault

_MOST_AT_ONCE = 64

_MOST_TOKENS = 10**12
"""More tokens than that no answer has: a broken server said so, and their sum has to fit SQLite."""

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
    halved INTEGER NOT NULL,
    stage TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS owners (key BLOB PRIMARY KEY, owner BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased (
    judgement TEXT NOT NULL, model TEXT NOT NULL, repairs TEXT NOT NULL, calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, halved_prompt_tokens INTEGER NOT NULL,
    halved_completion_tokens INTEGER NOT NULL, stage TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS stages (key BLOB PRIMARY KEY, stage TEXT NOT NULL) WITHOUT ROWID;
"""
"""``owners``: whose conversation a request is about; what has no row there is about several. ``erased``: what answers
cost that were deleted. ``stages``: which stage asked what was handed over in bulk, whose answers come without it."""

_WITHOUT_STAGE = ("answers", "erased")
"""Tables that earlier versions made without the column ``stage``."""

GROUPS = "judgement, model, repairs, stage"
"""What the columns of ``erased`` are summed by."""

_COSTS = "calls, prompt_tokens, completion_tokens, halved_prompt_tokens, halved_completion_tokens"

ERASED = f"{GROUPS}, {_COSTS}"
"""The columns of ``erased``."""

SUMS = (
    f"SELECT {GROUPS}, count(*) AS calls, sum(prompt_tokens) AS prompt_tokens, "
    "sum(completion_tokens) AS completion_tokens, sum(prompt_tokens * halved) AS halved_prompt_tokens, "
    "sum(completion_tokens * halved) AS halved_completion_tokens"
)
"""The columns of ``erased``, of answers that are still there."""


class Spent(NamedTuple):
    """What one stage has cost so far with one model. ``batched``: of its tokens, those at half price."""

    stage: str
    judgement: Judgement
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    batched_prompt_tokens: int
    batched_completion_tokens: int


class _Row(NamedTuple):
    """An answer, or where that is empty only whose it will be and which stage asks."""

    values: tuple[object, ...]
    owner: tuple[bytes, bytes] | None
    stage: tuple[bytes, str] | None
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
        self._sealed = sealed_vault(path)
        self._rows: queue.SimpleQueue[_Row | None] = queue.SimpleQueue()
        path.touch(mode=0o600)
        try:
            self._writing = self._connect()
            self._writing.executescript(_SCHEMA)
            _add_stages(self._writing)
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

    def _error(self, error: Exception) -> RunError:
        return RunError(
            f"The answers in {self._path} cannot be read or written ({error}). Make room on the disk, or, where the "
            "file is damaged, delete it: its answers are then paid again."
        )

    def get(self, request: Request, model: str) -> Answer | None:
        """The answer to exactly this request, where there is one."""
        rows = self._read(
            "SELECT text, finish, prompt_tokens, completion_tokens, served, owner FROM answers LEFT JOIN owners "
            "USING (key) WHERE key = ?",
            (self._key(request.key(model)),),
        )
        if not rows:
            return None
        text, *others, owner = rows[0]
        return Answer(opened_answer(self._sealed, self._key(request.key(model)), owner, text), *others)

    def _key(self, key: bytes) -> bytes:
        """How the key of a request is written down."""
        return key if self._sealed is None else self._sealed.blind(key)

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._reading.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._error(error) from None

    def put(self, request: Request, model: str, answer: Answer, *, batched: bool = False) -> Future[None]:
        """Store an answer. The future is done once it is on disk; a :class:`RunError` is raised from it otherwise."""
        owner = None if request.owner is None else bytes.fromhex(request.owner)
        return self.put_key(
            request.key(model),
            request.judgement,
            model,
            answer,
            request.repairs,
            batched=batched,
            owner=owner,
            stage=request.stage,
        )

    def own(self, key: bytes, request: Request) -> None:
        """Record whose conversation a request is about, and which stage asks.

        It is on disk once an answer that is put later is.
        """
        key = self._key(key)
        owner = None if request.owner is None else (key, bytes.fromhex(request.owner))
        self._rows.put(_Row((), owner, (key, request.stage), Future()))

    def put_key(
        self,
        key: bytes,
        judgement: Judgement,
        model: str,
        answer: Answer,
        repairs: str,
        *,
        batched: bool,
        owner: bytes | None = None,
        stage: str | None = None,
    ) -> Future[None]:
        """Store an answer by the key of its request.

        ``owner`` and ``stage``: see :meth:`own`, where that was not said before.
        """
        done: Future[None] = Future()
        key = self._key(key)
        self._rows.put(
            _Row(
                (
                    key,
                    judgement,
                    model,
                    _storable(answer.model),
                    _storable(answer.text),
                    answer.finish,
                    min(answer.prompt_tokens, _MOST_TOKENS),
                    min(answer.completion_tokens, _MOST_TOKENS),
                    repairs,
                    int(batched),
                    stage,
                    key,
                ),
                None if owner is None else (key, owner),
                None,
                done,
            )
        )
        return done

    def forget(self, request: Request, model: str) -> None:
        """Have exactly this request asked again. What its answer cost still counts."""
        try:
            with closing(sqlite3.connect(self._path)) as connection, connection:
                key = self._key(request.key(model))
                # What is sealed opens under its own key alone, and nobody asks for this answer any more.
                connection.execute(
                    "UPDATE answers SET key = randomblob(32), text = '' WHERE key = ?"
                    if self._sealed
                    else "UPDATE answers SET key = randomblob(32) WHERE key = ?",
                    (key,),
                )
        except sqlite3.Error as error:
            raise self._error(error) from None

    def _write(self) -> None:
        while rows := self._waiting():
            # Who no longer waits, as after a second Ctrl-C, has paid all the same. From here on nobody can go away.
            for row in rows:
                row.done.set_running_or_notify_cancel()
            self._commit(rows)

    def _commit(self, rows: Sequence[_Row]) -> None:
        """Write rows together; where that fails, one by one, so that none is lost by another's fault."""
        try:
            self._insert(rows)
        except Exception as error:
            # Whatever it is: a thread that ended would leave everybody waiting.
            with suppress(sqlite3.Error):
                self._writing.execute("ROLLBACK")
            if len(rows) > 1:
                for row in rows:
                    self._commit([row])
            elif not rows[0].done.cancelled():
                rows[0].done.set_exception(self._error(error))
            return
        for row in rows:
            if not row.done.cancelled():
                row.done.set_result(None)

    def _insert(self, rows: Sequence[_Row]) -> None:
        self._writing.execute("BEGIN")
        self._writing.executemany(
            "INSERT OR IGNORE INTO owners (key, owner) VALUES (?, ?)", [row.owner for row in rows if row.owner]
        )
        self._writing.executemany(
            "INSERT OR REPLACE INTO stages (key, stage) VALUES (?, ?)", [row.stage for row in rows if row.stage]
        )
        self._writing.executemany(
            "INSERT OR IGNORE INTO answers (key, judgement, model, served, text, finish, prompt_tokens, "
            "completion_tokens, repairs, halved, stage) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "coalesce(?, (SELECT stage FROM stages WHERE key = ?), ''))",
            [self._sealed_row(row.values) for row in rows if row.values],
        )
        self._writing.execute("COMMIT")

    def _sealed_row(self, values: tuple[Any, ...]) -> tuple[object, ...]:
        """A row as it is written: its text is sealed under the key of whose conversation it is about."""
        if self._sealed is None:
            return values
        key, *before, text = values[:5]
        owner = self._writing.execute("SELECT owner FROM owners WHERE key = ?", (key,)).fetchone()
        sealed = self._sealed.seal_value(owner[0] if owner else None, text.encode("utf-8"), ["answers", key.hex()])
        return (key, *before, sealed, *values[5:])

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
        """What has been paid so far, for each stage and model, in the order in which they were first asked.

        Stages whose answers are all deleted come first, in the order in which these were.
        """
        rows = self._read(
            "SELECT stage, judgement, model, sum(calls), sum(prompt_tokens), sum(completion_tokens), "
            "sum(halved_prompt_tokens), sum(halved_completion_tokens) FROM ("
            f"SELECT {ERASED}, NULL AS first, rowid AS gone FROM erased UNION ALL "
            f"SELECT {ERASED}, first, NULL FROM ({SUMS}, min(number) AS first FROM answers GROUP BY {GROUPS})"
            ") GROUP BY stage, judgement, model ORDER BY min(first), min(gone)"
        )
        return [Spent(*row) for row in rows]

    def repairs(self) -> dict[tuple[Judgement, str], int]:
        """How many answers of each judgement had to be mended, by what was wrong."""
        rows = self._read(
            f"SELECT judgement, repairs, sum(calls) FROM (SELECT {ERASED} FROM erased UNION ALL "
            f"{SUMS} FROM answers GROUP BY {GROUPS}) WHERE repairs <> '' GROUP BY judgement, repairs"
        )
        return {(judgement, why): count for judgement, why, count in rows}

    def mended(self) -> dict[str, int]:
        """:meth:`repairs` of all judgements together."""
        counts: dict[str, int] = {}
        for (_, why), count in self.repairs().items():
            counts[why] = counts.get(why, 0) + count
        return counts

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self._rows.put(None)
        self._writer.join()
        self._writing.close()
        self._reading.close()


def opened_answer(vault: Sealed | None, key: bytes, owner: bytes | None, text: Any) -> str:
    """The text of an answer as it is written down under ``key``."""
    if vault is None or not isinstance(text, bytes):
        return str(text)
    return vault.open_value(owner or None, text, ["answers", key.hex()]).decode("utf-8")


def _add_stages(database: sqlite3.Connection) -> None:
    for table in _WITHOUT_STAGE:
        if "stage" not in [column for _, column, *_ in database.execute(f"PRAGMA table_info({table})")]:
            database.execute(f"ALTER TABLE {table} ADD COLUMN stage TEXT NOT NULL DEFAULT ''")


def _storable(text: str) -> str:
    """A lone surrogate is no UTF-8; a mark is kept in its place."""
    return text.encode("utf-8", "replace").decode("utf-8")
