"""What was handed over to be answered in bulk, so that a crash never loses sight of it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

from clioscope.config import Judgement
from clioscope.errors import RunError
from clioscope.models.base import CallError
from clioscope.vault.sealing import sealed_vault

ShardState = Literal["intended", "submitted", "collected"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS shards (
    label TEXT PRIMARY KEY, model TEXT NOT NULL, state TEXT NOT NULL, provider_id TEXT NOT NULL DEFAULT '',
    lines INTEGER NOT NULL, began REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS lines (
    number INTEGER PRIMARY KEY, key BLOB NOT NULL, model TEXT NOT NULL, shard TEXT NOT NULL, judgement TEXT NOT NULL,
    repairs TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 1, kind TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS reserved (label TEXT PRIMARY KEY, dollars REAL NOT NULL);
CREATE TABLE IF NOT EXISTS taken (number INTEGER PRIMARY KEY, key BLOB NOT NULL, mark BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, changed INTEGER NOT NULL, shards INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS lines_by_key ON lines (key);
CREATE INDEX IF NOT EXISTS lines_by_shard ON lines (shard);
CREATE INDEX IF NOT EXISTS taken_by_key ON taken (key);
"""


class Line(NamedTuple):
    """One request of a shard."""

    key: bytes
    judgement: Judgement
    repairs: str


class Shard(NamedTuple):
    """One file of requests, handed over whole.

    Parameters
    ----------
    label
        Unique in the run, and sent along where a provider takes a label, so that an orphan is recognised.
    state
        ``intended``: written, and perhaps submitted. ``submitted``: the provider has it. ``collected``: its results
        are in.
    provider_id
        How the provider names it.
    began
        Seconds since 1970 when it was intended.
    """

    label: str
    model: str
    state: ShardState
    provider_id: str
    lines: int
    began: float


class Asked(NamedTuple):
    """A request that was handed over, and what came of it.

    Parameters
    ----------
    label, began
        Of the last shard that holds it.
    is_open
        Whether that shard may still answer it.
    taken
        The marks of the answers that were taken for it. It is open all the same where it was asked again.
    """

    line: Line
    label: str
    began: float
    is_open: bool
    taken: frozenset[bytes]


class FileState(NamedTuple):
    """A file as it was once: its size in bytes, and when it was last changed, in nanoseconds since 1970."""

    path: str
    size: int
    changed: int


class WaveLedger:
    """The shards of one run, and the requests in each. Every call is on disk when it returns.

    Parameters
    ----------
    path
        ``waves.sqlite`` in the vault.

    Raises
    ------
    RunError
        The file is damaged, or the disk does not take it. Every method raises it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sealed = sealed_vault(path)
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, isolation_level=None)
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            self._database.close()
            raise self._error(error) from None

    def _error(self, error: sqlite3.Error) -> RunError:
        return RunError(
            f"What is handed over in bulk: {self._path} cannot be read or written ({error}). Make room on the disk, "
            "or, where the file is damaged, delete it: batches under way are then paid and not fetched."
        )

    def _read(self, query: str, *values: object) -> list[Any]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._error(error) from None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is on disk, or nothing."""
        try:
            self._database.execute("BEGIN")
            yield self._database
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._error(error) from None
        finally:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def intend(self, label: str, model: str, lines: Iterable[Line], dollars: float = 0.0) -> Shard:
        """Record a shard before it is handed over, and what it may cost at most."""
        began = time.time()
        rows = [(line.key, model, label, line.judgement, line.repairs) for line in lines]
        with self._writing() as database:
            database.execute(
                "INSERT INTO shards (label, model, state, lines, began) VALUES (?, ?, 'intended', ?, ?)",
                (label, model, len(rows), began),
            )
            database.executemany(
                "INSERT INTO lines (key, model, shard, judgement, repairs) VALUES (?, ?, ?, ?, ?)", rows
            )
            database.execute("INSERT INTO reserved (label, dollars) VALUES (?, ?)", (label, dollars))
        return Shard(label, model, "intended", "", len(rows), began)

    def intend_again(self, shard: Shard) -> Shard:
        """Record that a shard which the provider does not have is to be handed over now."""
        began = time.time()
        with self._writing() as database:
            database.execute(
                "UPDATE shards SET state = 'intended', provider_id = '', began = ? WHERE label = ?",
                (began, shard.label),
            )
        return shard._replace(state="intended", provider_id="", began=began)

    def submitted(self, label: str, provider_id: str) -> None:
        """Record that the provider has the shard."""
        with self._writing() as database:
            database.execute(
                "UPDATE shards SET state = 'submitted', provider_id = ? WHERE label = ?", (provider_id, label)
            )

    def collected(self, label: str, failures: Mapping[bytes, CallError]) -> None:
        """Record that no more results of the shard will come, and which of its requests have no answer."""
        failed = [(error.kind, self._sealed_words(key, error.message), label, key) for key, error in failures.items()]
        with self._writing() as database:
            database.executemany("UPDATE lines SET kind = ?, message = ? WHERE shard = ? AND key = ?", failed)
            database.execute("UPDATE lines SET open = 0 WHERE shard = ?", (label,))
            database.execute("UPDATE shards SET state = 'collected' WHERE label = ?", (label,))

    def withdraw(self, label: str) -> None:
        """Record that the shard will not be handed over: its requests are as if they had never been in one."""
        with self._writing() as database:
            database.execute("DELETE FROM lines WHERE shard = ?", (label,))
            database.execute("UPDATE shards SET state = 'collected' WHERE label = ?", (label,))

    def forget(self, key: bytes) -> None:
        """Have the request asked again, however often it failed."""
        with self._writing() as database:
            database.execute("UPDATE lines SET kind = '', message = '' WHERE key = ?", (key,))

    def open_shards(self) -> list[Shard]:
        """Those whose results are not all in, oldest first."""
        rows = self._read(
            "SELECT label, model, state, provider_id, lines, began FROM shards WHERE state <> 'collected' "
            "ORDER BY rowid"
        )
        return [Shard(*row) for row in rows]

    def collected_labels(self) -> set[str]:
        """The labels of the shards of which no more results come."""
        return {label for (label,) in self._read("SELECT label FROM shards WHERE state = 'collected'")}

    def reserved(self) -> float:
        """US dollars that the shards whose results are not all in may cost at most."""
        ((dollars,),) = self._read(
            "SELECT total(dollars) FROM reserved JOIN shards USING (label) WHERE state <> 'collected'"
        )
        return float(dollars)

    def provider_ids(self) -> set[str]:
        """How providers name the shards that they are known to have."""
        return {name for (name,) in self._read("SELECT provider_id FROM shards WHERE provider_id <> ''")}

    def count(self) -> int:
        """How many shards there have been."""
        return int(self._read("SELECT count(*) FROM shards")[0][0])

    def lines(self, label: str) -> dict[bytes, Line]:
        """The requests of one shard, by key."""
        rows = self._read("SELECT key, judgement, repairs FROM lines WHERE shard = ?", label)
        return {key: Line(key, judgement, repairs) for key, judgement, repairs in rows}

    def open_lines(self, label: str) -> dict[bytes, Line]:
        """The requests of one shard that are not answered yet, by key."""
        rows = self._read("SELECT key, judgement, repairs FROM lines WHERE shard = ? AND open = 1", label)
        return {key: Line(key, judgement, repairs) for key, judgement, repairs in rows}

    def asked(self, keys: Sequence[bytes], model: str) -> dict[bytes, Asked]:
        """Those of a few hundred requests that were ever handed over to the model."""
        which = f"key IN ({', '.join('?' * len(keys))})"
        taken: dict[bytes, set[bytes]] = {}
        for key, mark in self._read(f"SELECT key, mark FROM taken WHERE {which}", *keys):
            taken.setdefault(key, set()).add(mark)
        rows = self._read(
            "SELECT key, judgement, repairs, label, began, open FROM lines JOIN shards ON label = shard "
            f"WHERE {which} AND lines.model = ? ORDER BY number",
            *keys,
            model,
        )
        return {
            key: Asked(Line(key, judgement, repairs), label, began, bool(is_open), frozenset(taken.get(key, ())))
            for key, judgement, repairs, label, began, is_open in rows
        }

    def take(self, marks: Mapping[bytes, bytes]) -> None:
        """Record that requests are answered, whatever came of them before, and the mark of each answer."""
        with self._writing() as database:
            database.executemany("INSERT INTO taken (key, mark) VALUES (?, ?)", marks.items())
            database.executemany(
                "UPDATE lines SET open = 0, kind = '', message = '' WHERE key = ?", [(key,) for key in marks]
            )

    def unanswered(self, label: str) -> int:
        """How many requests of the shard may still be answered in it."""
        return int(self._read("SELECT count(*) FROM lines WHERE shard = ? AND open = 1", label)[0][0])

    def failed(self, label: str) -> int:
        """How many requests of the shard came to nothing."""
        return int(self._read("SELECT count(*) FROM lines WHERE shard = ? AND kind <> ''", label)[0][0])

    def asked_again(self, label: str) -> dict[str, int]:
        """The later shards that hold what came to nothing in this one, and how many of its requests each holds."""
        rows = self._read(
            "SELECT now.shard, count(*) FROM lines AS now JOIN lines AS before USING (key) WHERE before.shard = ? "
            "AND before.kind <> '' AND now.open = 1 AND now.number > before.number GROUP BY now.shard ORDER BY 1",
            label,
        )
        return dict(rows)

    def was_read(self, file: FileState) -> int | None:
        """How many shards there were when the file was last read as it is now; ``None`` where it never was."""
        rows = self._read("SELECT shards FROM files WHERE path = ? AND size = ? AND changed = ?", *file)
        return int(rows[0][0]) if rows else None

    def record_read(self, file: FileState, shards: int) -> None:
        """Record that the file was read to its end, and what it answers is taken."""
        with self._writing() as database:
            database.execute(
                "INSERT OR REPLACE INTO files (path, size, changed, shards) VALUES (?, ?, ?, ?)", (*file, shards)
            )

    def knows(self, key: bytes) -> bool:
        """Whether the request was ever in a shard."""
        return bool(self._read("SELECT 1 FROM lines WHERE key = ? LIMIT 1", key))

    def is_open(self, key: bytes) -> bool:
        """Whether the request was handed over and may still be answered."""
        return bool(self._read("SELECT 1 FROM lines WHERE key = ? AND open = 1 LIMIT 1", key))

    def past(self, key: bytes) -> list[CallError]:
        """How the request failed before, the first time first."""
        rows = self._read("SELECT kind, message FROM lines WHERE key = ? AND kind <> '' ORDER BY number", key)
        return [CallError(kind, self._opened_words(key, message)) for kind, message in rows]

    def _sealed_words(self, key: bytes, message: str) -> str | bytes:
        """A provider's words, which may quote a prompt: sealed in an encrypted vault."""
        if self._sealed is None or not message:
            return message
        return self._sealed.seal_value(None, message.encode("utf-8", "replace"), ["waves", key.hex()])

    def _opened_words(self, key: bytes, message: str | bytes) -> str:
        if isinstance(message, str) or self._sealed is None:
            return str(message)
        return self._sealed.open_value(None, message, ["waves", key.hex()]).decode("utf-8")

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
