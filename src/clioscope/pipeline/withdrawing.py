"""Taking back what was published: the copy that the run keeps goes, and the ledger says so."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from pathlib import Path

from clioscope.errors import RunError
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
        left = "What was left of its copy here is deleted now. " if _remove_copy(run, number) else ""
        return [f"Publication {number} is {row.status} already. {left}{_to_take_down(row)}"]
    ledger.change(number, status="withdrawn", why="its owner withdrew it")
    _remove_copy(run, number)
    return [
        f"Publication {number} is withdrawn. {_to_take_down(row)}",
        "What somebody copied cannot be called back, so that further publications are still compared with it.",
    ]


def _remove_copy(run: RunFolder, number: int) -> bool:
    """Remove what a run keeps of a publication, and say whether there was anything.

    Raises
    ------
    RunError
        Something of it is still there.
    """
    place = copy_of(run, number)
    if not place.exists():
        return False
    shutil.rmtree(place, ignore_errors=True)
    if place.exists():
        raise RunError(f"{place} cannot be deleted. See that you may delete it, and give the same command again.")
    return True


def publications_counting(run: RunFolder, user: bytes) -> list[str]:
    """What to say of publications that count a user who is forgotten: :func:`erase_from_publications` withdraws them.

    Nothing is changed. Afterwards nobody can tell any more which they were.
    """
    ledger = Publications(run.vault)
    if ledger.is_lost:
        return [
            f"Publication {number} counted this user. The ledger of publications is missing, so that nothing of this "
            "run can be published any more: take down what you handed out."
            for number in Record.all_of(run.vault)
            if Record(run.vault, number).holds(user)
        ]
    held = [row for row in ledger if row.recorded and Record(run.vault, row.number).holds(user)]
    unknown = [row for row in ledger if not row.recorded and row.status == "published" and row.kind == "counts"]
    return [*_told([row for row in held if row.status == "published"]), *_not_known(unknown)]


def erase_from_publications(run: RunFolder, user: bytes) -> None:
    """Withdraw the publications that hold a user, and take the user out of what is kept about them.

    Whatever of it is done already is not done again: the erasure is counted before the first row goes.
    """
    ledger = Publications(run.vault)
    if ledger.is_lost:
        _take_out_without_ledger(run, user)
        return
    mark = hmac.digest(run.secret(), b"erasure " + user, hashlib.sha256)[:8].hex()
    held = [row for row in ledger if row.recorded and Record(run.vault, row.number).holds(user)]
    for row in held:
        _remove_copy(run, row.number)
    if held:
        gone = {"erased": True, "status": "withdrawn", "why": ERASED}
        ledger.erase(mark, {row.number: {"erased": True} if row.status == "elsewhere" else gone for row in held})
    for row in held:
        Record(run.vault, row.number).erase(user)
    Record.remove_unfinished(run.vault, ledger.numbers())
    ledger.counted()


def _take_out_without_ledger(run: RunFolder, user: bytes) -> None:
    """Take the user out of every record. That the ledger is missing is no reason to keep them."""
    for number in Record.all_of(run.vault):
        if Record(run.vault, number).holds(user):
            _remove_copy(run, number)
            Record(run.vault, number).erase(user)


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
