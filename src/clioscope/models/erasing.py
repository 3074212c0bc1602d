"""Deleting stored answers and requests, so that nothing of them stays in a file's free pages or its log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Set
from contextlib import closing, contextmanager
from pathlib import Path

import orjson

from clioscope.config import Judgement
from clioscope.errors import RunError
from clioscope.models.ledger import WaveLedger
from clioscope.models.store import ERASED, GROUPS, SUMS, AnswerStore, opened_answer
from clioscope.vault.files import opened, writing
from clioscope.vault.sealing import sealed_vault

_AT_ONCE = 500


def keys_kept(answers: Path, owner: bytes) -> set[bytes]:
    """The keys of requests that are each about one conversation of somebody who is not ``owner``.

    What is about several conversations, or about nobody knows whose, is not among them.
    """
    if not answers.exists():
        return set()
    with _opened(answers) as database:
        return {key for (key,) in database.execute("SELECT key FROM owners WHERE owner <> ?", (owner,))}


def answers_about(answers: Path, owner: bytes) -> int:
    """How many answers are about one conversation of ``owner``."""
    if not answers.exists():
        return 0
    with _opened(answers) as database:
        query = "SELECT count(*) FROM answers JOIN owners USING (key) WHERE owner = ?"
        return int(database.execute(query, (owner,)).fetchone()[0])


def erase_answers(
    answers: Path, kept: Set[bytes] | None, usable: Callable[[Judgement, str], bool] | None = None
) -> int:
    """Delete every answer whose key is not in ``kept``, and return how many. What they cost still counts.

    Parameters
    ----------
    kept
        ``None``: all keys.
    usable
        Deletes of what is kept, too, the answers for whose judgement and text it is false.
    """
    if not answers.exists():
        return 0
    with _opened(answers) as database:
        vault = sealed_vault(answers)
        rows = database.execute("SELECT number, key, judgement, text, owner FROM answers LEFT JOIN owners USING (key)")
        gone = [
            number
            for number, key, judgement, text, owner in rows
            if (kept is not None and key not in kept)
            or (usable is not None and not usable(judgement, opened_answer(vault, key, owner, text)))
        ]
        database.execute("BEGIN IMMEDIATE")
        for some in _in_portions(gone):
            which = f"number IN ({', '.join('?' * len(some))})"
            database.execute(
                f"INSERT INTO erased ({ERASED}) {SUMS} FROM answers WHERE {which} GROUP BY {GROUPS} "
                "ORDER BY min(number)",
                some,
            )
            database.execute(f"DELETE FROM answers WHERE {which}", some)
        database.execute(f"CREATE TEMP TABLE sums AS SELECT {GROUPS}, {_ADDED}")
        database.execute("DELETE FROM erased")
        database.execute(f"INSERT INTO erased ({ERASED}) SELECT * FROM sums")
        if kept is not None:
            for table in ("owners", "stages"):
                known = [key for (key,) in database.execute(f"SELECT key FROM {table}") if key not in kept]
                database.executemany(f"DELETE FROM {table} WHERE key = ?", [(key,) for key in known])
        database.execute("COMMIT")
        database.execute("DROP TABLE sums")
        _shrink(database)
        return len(gone)


_ADDED = (
    "sum(calls), sum(prompt_tokens), sum(completion_tokens), sum(halved_prompt_tokens), "
    f"sum(halved_completion_tokens) FROM erased GROUP BY {GROUPS} ORDER BY min(rowid)"
)


def keys_handed_over(waves: Path, kept: Set[bytes]) -> set[bytes]:
    """The keys of requests that were ever handed over in bulk, without those that :func:`keys_kept` gave."""
    if not waves.exists():
        return set()
    vault = sealed_vault(waves)
    with _opened(waves) as database:
        keys = [key for (key,) in database.execute("SELECT DISTINCT key FROM lines")]
    return {key for key in keys if (key if vault is None else vault.blind(key)) not in kept}


def erase_lines(waves: Path, keys: Iterable[bytes]) -> None:
    """Delete what is known of requests that were handed over in bulk: they are as if they had never been."""
    if not waves.exists():
        return
    gone = [(key,) for key in keys]
    with _opened(waves) as database:
        database.execute("BEGIN IMMEDIATE")
        for table in ("lines", "taken"):
            database.executemany(f"DELETE FROM {table} WHERE key = ?", gone)
        database.execute("COMMIT")
        _shrink(database)


def erase_messages(waves: Path, *, answered_too: bool = False) -> None:
    """Delete the words of providers, since they may quote a prompt.

    Parameters
    ----------
    answered_too
        Delete every request that is done with, too.
    """
    if not waves.exists():
        return
    with _opened(waves) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("UPDATE lines SET message = ''")
        if answered_too:
            database.execute("DELETE FROM taken WHERE key IN (SELECT key FROM lines WHERE open = 0)")
            database.execute("DELETE FROM lines WHERE open = 0")
        database.execute("COMMIT")
        _shrink(database)


def erase_from_files(folder: Path, keys: Set[bytes]) -> int:
    """Take the requests of these keys, and their answers, out of the ``.jsonl`` files of a folder.

    Lines that name none of them stay as they are. Returns how many lines are gone.
    """
    return sum(_erase_from(path, keys) for path in sorted(folder.glob("*.jsonl"))) if keys else 0


def _erase_from(path: Path, keys: Set[bytes]) -> int:
    with opened(path) as file:
        gone = sum(_key(line) in keys for line in file)
    if not gone:
        return 0
    with opened(path) as file, writing(path) as rest:
        rest.writelines(line for line in file if _key(line) not in keys)
    return gone


def _key(line: bytes) -> bytes:
    try:
        row = orjson.loads(line)
        return bytes.fromhex(row["custom_id"])
    except (ValueError, TypeError, KeyError):
        return b""


def _shrink(database: sqlite3.Connection) -> None:
    """Leave nothing that was deleted in free pages or in the log."""
    database.execute("VACUUM")
    busy, _, _ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("its log is in use")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The database, where what is deleted is written over, and what is sorted meanwhile stays in memory."""
    (AnswerStore if path.name.startswith("answers") else WaveLedger)(path).close()  # tables of an earlier version
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
                database.execute(f"PRAGMA {pragma}")
            yield database
    except sqlite3.Error as error:
        raise RunError(
            f"{path} cannot be read or written ({error}), so that not all of it is deleted. Make room on the disk, "
            "close what else has it open, and give the same command again."
        ) from None


def _in_portions(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]
