"""Publications of another run over the same conversations, entered in this run's ledger."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from clioscope.errors import RunError
from clioscope.vault import RunFolder
from clioscope.vault.publications import Publication, Publications, Record
from clioscope.vault.retention import Retention
from clioscope.vault.run_folder import conversation_key

ELSEWHERE = "elsewhere"


def import_from(run: RunFolder, ledger: Publications, others: Sequence[RunFolder]) -> list[Publication]:
    """Copy the records of the publications of ``others`` into the vault of ``run``, and return their lines.

    Each run hashes ids with a secret of its own. Conversations are known again by their ids, and users by the
    conversations that both runs have: a user with none in common counts as another person in each.

    Raises
    ------
    RunError
        A record is gone, or this run's ids are.
    """
    found: list[Publication] = []
    known = {(row.date, row.hash) for row in ledger}
    for other in others:
        rows = [row for row in Publications(other.vault) if row.kind == "counts" and row.status != ELSEWHERE]
        new = [
            (row, f"publication {row.number} of {other.path.absolute()}")
            for row in rows
            if (row.date, row.hash) not in known
        ]
        if not rows:
            raise RunError(f"--after {other.path}: nothing of that run was published. Leave it out.")
        if new and "raw" in Retention(run.vault).gone():
            raise RunError(
                f"--after {other.path}: the two runs can be compared by the ids of conversations alone, and those of "
                f"{run.path} were removed. Run again from the source."
            )
        for row, why in new:
            if not row.recorded:
                raise RunError(
                    f"--after {other.path}: what its publication {row.number} was made of was removed from its vault, "
                    "so that nothing can be compared with it any more."
                )
            number = ledger.next + len(found)
            record = Record(other.vault, row.number)
            Record(run.vault, number).write(_translated(record.rows(), run, other), record.arrays())
            found.append(row._replace(number=number, status=ELSEWHERE, why=why, copies=()))
    return found


def _translated(rows: pa.Table, run: RunFolder, other: RunFolder) -> pa.Table:
    """A record of another run, with this run's hashes wherever a conversation is in both."""
    ours, theirs = run.secret(), other.secret()
    keys: dict[str, str] = {}
    users: dict[bytes, bytes] = {}
    user_of: dict[str, bytes | None] = {}
    for table in run.conversations.read(["id", "user"]):
        for identifier, user in zip(table["id"].to_pylist(), table["user"].to_pylist(), strict=True):
            key = conversation_key(theirs, identifier)
            keys[key], user_of[key] = conversation_key(ours, identifier), user
    found = list(zip(rows["key"].to_pylist(), rows["user"].to_pylist(), strict=True))
    for key, user in found:
        mine = user_of.get(key)
        if user is not None and mine is not None:
            users.setdefault(user, mine)
    translated = {
        "user": pa.array([None if user is None else users.get(user, user) for _, user in found], pa.binary(16)),
        "key": pa.array([keys.get(key, key) for key, _ in found], pa.string()),
    }
    return pa.table(translated | {name: rows[name] for name in rows.column_names if name not in translated})
