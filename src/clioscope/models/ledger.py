"""What was handed over to be answered in bulk, so that a crash never loses sight of it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from clioscope.config import Judgement
from clioscope.models.base import FailureKind

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
CREATE INDEX IF NOT EXISTS lines_by_key ON lines (key);
CREATE INDEX IF NOT EXISTS lines_by_shard ON lines (shard);
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


class Past(NamedTuple):
    """What came of a request in earlier waves: how often it failed, and how the last time."""

    times: int
    kind: FailureKind
    message: str


class WaveLedger:
    """The shards of one run, and the requests in each. Every call is on disk when it returns.

    Parameters
    ----------
    path
        ``waves.sqlite`` in the vault.
    """

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.executescript(_SCHEMA)

    def intend(self, label: str, model: str, lines: Iterable[Line]) -> Shard:
        """Record a shard before it is handed over."""
        began = time.time()
        rows = [(line.key, model, label, line.judgement, line.repairs) for line in lines]
        self._database.execute("BEGIN")
        self._database.execute(
            "INSERT INTO shards (label, model, state, lines, began) VALUES (?, ?, 'intended', ?, ?)",
            (label, model, len(rows), began),
        )
        self._database.executemany(
            "INSERT INTO lines (key, model, shard, judgement, repairs) VALUES (?, ?, ?, ?, ?)", rows
        )
        self._database.execute("COMMIT")
        return Shard(label, model, "intended", "", len(rows), began)

    def submitted(self, label: str, provider_id: str) -> None:
        """Record that the provider has the shard."""
        self._database.execute(
            "UPDATE shards SET state = 'submitted', provider_id = ? WHERE label = ?", (provider_id, label)
        )

    def failed(self, label: str, key: bytes, kind: FailureKind, message: str) -> None:
        """Record that a request of the shard came back as an error."""
        self._database.execute(
            "UPDATE lines SET open = 0, kind = ?, message = ? WHERE shard = ? AND key = ?", (kind, message, label, key)
        )

    def collected(self, label: str) -> None:
        """Record that no more results of the shard will come. What has none counts as failed."""
        self._database.execute("BEGIN")
        self._database.execute(
            "UPDATE lines SET open = 0, kind = CASE WHEN kind = '' THEN 'server error' ELSE kind END, "
            "message = CASE WHEN message = '' THEN 'no answer came back' ELSE message END WHERE shard = ?",
            (label,),
        )
        self._database.execute("UPDATE shards SET state = 'collected' WHERE label = ?", (label,))
        self._database.execute("COMMIT")

    def open_shards(self) -> list[Shard]:
        """Those whose results are not all in, oldest first."""
        rows = self._database.execute(
            "SELECT label, model, state, provider_id, lines, began FROM shards WHERE state <> 'collected' "
            "ORDER BY rowid"
        )
        return [Shard(*row) for row in rows]

    def provider_ids(self) -> set[str]:
        """How providers name the shards that they are known to have."""
        return {row[0] for row in self._database.execute("SELECT provider_id FROM shards WHERE provider_id <> ''")}

    def count(self) -> int:
        """How many shards there have been."""
        return int(self._database.execute("SELECT count(*) FROM shards").fetchone()[0])

    def lines(self, label: str) -> dict[bytes, Line]:
        """The requests of one shard, by key."""
        rows = self._database.execute("SELECT key, judgement, repairs FROM lines WHERE shard = ?", (label,))
        return {key: Line(key, judgement, repairs) for key, judgement, repairs in rows}

    def line(self, key: bytes) -> tuple[Line, str] | None:
        """The request of this key, in whatever shard, and the model it was for."""
        row = self._database.execute(
            "SELECT key, judgement, repairs, model FROM lines WHERE key = ? LIMIT 1", (key,)
        ).fetchone()
        return None if row is None else (Line(*row[:3]), row[3])

    def is_open(self, key: bytes) -> bool:
        """Whether the request was handed over and may still be answered."""
        row = self._database.execute("SELECT 1 FROM lines WHERE key = ? AND open = 1 LIMIT 1", (key,)).fetchone()
        return row is not None

    def past(self, key: bytes) -> Past | None:
        """What came of the request before; ``None`` where it never failed."""
        rows = self._database.execute(
            "SELECT kind, message FROM lines WHERE key = ? AND kind <> '' ORDER BY number", (key,)
        ).fetchall()
        return Past(len(rows), *rows[-1]) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()
