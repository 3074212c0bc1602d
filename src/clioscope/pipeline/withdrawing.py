"""Taking back what was published: the copy that the run keeps goes, and the ledger says so."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from pathlib import Path

from clioscope.vault import RunFolder
from clioscope.vault.publications import Publication, Publications, Record

ERASED = "a user who is in it was forgotten"


def copy_of(run: RunFolder, number: int) -> Path:
    """Where a run keeps what it published."""
    return run.path / "publications" / str(number)


def withdraw(run: RunFolder, number: int) -> list[str]:
    """Withdraw a publication, and say what is left to do. It stays in the audit: whoever has a copy still has it."""
    ledger = Publications(run.vault)
    row = ledger.number(number)
    if row.status != "published":
        return [f"Publication {number} is {row.status} already. {_to_take_down(row)}"]
    ledger.change(number, status="withdrawn", why="its owner withdrew it")
    shutil.rmtree(copy_of(run, number), ignore_errors=True)
    return [
        f"Publication {number} is withdrawn. {_to_take_down(row)}",
        "What somebody copied cannot be called back, so that further publications are still compared with it.",
    ]


def withdraw_after_erasure(run: RunFolder, user: bytes) -> list[str]:
    """Withdraw the publications that hold a user, and take the user out of what is kept about them.

    Whatever of it is done already is not done again: the erasure is counted before the first row goes.
    """
    ledger = Publications(run.vault)
    if ledger.is_lost:
        return _taken_out_without_ledger(run, user)
    mark = hmac.digest(run.secret(), b"erasure " + user, hashlib.sha256)[:8].hex()
    held = [row for row in ledger if row.recorded and Record(run.vault, row.number).holds(user)]
    unknown = [row for row in ledger if not row.recorded and row.status == "published" and row.kind == "counts"]
    for row in held:
        shutil.rmtree(copy_of(run, row.number), ignore_errors=True)
    if held:
        gone = {"erased": True, "status": "withdrawn", "why": ERASED}
        ledger.erase(mark, {row.number: {"erased": True} if row.status == "elsewhere" else gone for row in held})
    for row in held:
        Record(run.vault, row.number).erase(user)
    Record.remove_unfinished(run.vault, ledger.numbers())
    ledger.counted()
    return [*_told([row for row in held if row.status == "published"]), *_not_known(unknown)]


def _taken_out_without_ledger(run: RunFolder, user: bytes) -> list[str]:
    """Take the user out of every record. That the ledger is missing is no reason to keep them."""
    said = []
    for number in Record.all_of(run.vault):
        if Record(run.vault, number).holds(user):
            shutil.rmtree(copy_of(run, number), ignore_errors=True)
            Record(run.vault, number).erase(user)
            said.append(
                f"Publication {number} counted this user. The ledger of publications is missing, so that nothing of "
                "this run can be published any more: take down what you handed out."
            )
    return said


def _told(rows: list[Publication]) -> list[str]:
    counted, called_back = "counted this user and is withdrawn.", "What somebody copied cannot be called back."
    return [f"Publication {row.number} {counted} {_to_take_down(row)} {called_back}" for row in rows]


def _not_known(rows: list[Publication]) -> list[str]:
    lost = "counted this user: what it was made of was removed. If it may have, give clioscope publish RUN --withdraw"
    return [f"Nobody can tell any more whether publication {row.number} {lost} {row.number}." for row in rows]


def _to_take_down(row: Publication) -> str:
    if not row.copies:
        return "Take down every copy of it."
    return f"Take down {' and '.join(row.copies)}, and every other copy."
