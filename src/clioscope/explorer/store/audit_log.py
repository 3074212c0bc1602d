"""The audit log: who did what, in lines of which each holds the hash of the one before.

Whoever changes, removes or adds a line in the middle changes a hash that the next line holds. Whoever writes all lines
anew, or takes lines off the end together with the note of how many there are, is found only by somebody who kept an
earlier hash: :func:`verify` takes one.

References
----------
Haber and Stornetta, "How to time-stamp a digital document" (1991): linked hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from sqlalchemy import Connection, Row, insert, select, update

from clioscope.errors import RunError
from clioscope.explorer.store.changed import ChangedError
from clioscope.explorer.store.tables import audit_head, audit_log

if TYPE_CHECKING:
    from clioscope.explorer.store.opening import Store

Did = Literal[
    "sign-in",
    "failed sign-in",
    "sign-out",
    "role change",
    "session revoked",
    "token made",
    "token first used",
    "token revoked",
    "export",
    "reveal",
    "edit",
    "review",
    "threshold change",
    "run",
]
"""What is written down."""

_FIELDS = ("line", "time", "person", "role", "action", "about", "detail", "previous")
_AT_ONCE = 1_000


class Line(NamedTuple):
    """One line of the log."""

    line: int
    time: str
    person: str
    role: str
    action: str
    about: str
    detail: str
    previous: str
    hash: str


class Verdict(NamedTuple):
    """What came of going through the log. ``broken``: the first line that is not as it was written, and why."""

    lines: int
    hash: str
    broken: int | None
    why: str


class AuditLog:
    """The audit log of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, person: str, role: str, action: Did, about: str, **detail: object) -> int:
        """Write a line, on disk when this returns. Its number.

        Raises
        ------
        RunError
            It cannot be written: what was to be told of must not be done.
        """
        try:
            with self._store.adding() as connection:
                return add_line(connection, person, role, action, about, detail)
        except ChangedError:
            raise RunError(f"The audit log in {self._store.where} takes no lines, so that this is not done.") from None

    def last(
        self,
        most: int,
        before: int | None = None,
        about: list[str] | None = None,
        action: Did | None = None,
        person: str | None = None,
    ) -> list[Line]:
        """The newest ``most`` lines: before line ``before``, ``about`` one of these, of one kind, of one person."""
        query = select(audit_log).order_by(audit_log.c.line.desc()).limit(most)
        if before is not None:
            query = query.where(audit_log.c.line < before)
        if about is not None:
            query = query.where(audit_log.c.about.in_(about))
        if action is not None:
            query = query.where(audit_log.c.action == action)
        if person is not None:
            query = query.where(audit_log.c.person == person.replace("\x00", ""))
        with self._store.reading() as connection:
            return [_line(row) for row in connection.execute(query)]

    def subjects(self) -> list[str]:
        """What lines are about, each once."""
        with self._store.reading() as connection:
            return list(connection.execute(select(audit_log.c.about).distinct()).scalars())


def add_line(connection: Connection, person: str, role: str, action: Did, about: str, detail: dict[str, object]) -> int:
    """Write a line in the transaction of ``connection``, so that it is there exactly if what it tells of is."""
    head = connection.execute(select(audit_head).where(audit_head.c.id == 1).with_for_update()).one()
    values = {
        "line": head.line + 1,
        "time": now(),
        "person": storable(person),
        "role": role,
        "action": action,
        "about": storable(about),
        "detail": json.dumps(detail, sort_keys=True),
        "previous": head.hash,
    }
    values["hash"] = _hash(values)
    connection.execute(insert(audit_log).values(values))
    connection.execute(update(audit_head).where(audit_head.c.id == 1).values(line=values["line"], hash=values["hash"]))
    return int(values["line"])


def verify(store: Store, known: str | None = None) -> Verdict:
    """Go through the whole log, in constant memory.

    Parameters
    ----------
    known
        The hash that an earlier look ended with. The log is broken where no line has it.
    """
    with store.at_one_moment() as connection:
        head = connection.execute(select(audit_head).where(audit_head.c.id == 1)).one_or_none()
        number, previous, is_known = 0, "", not known
        with closing(_in_order(connection)) as lines:
            for line in lines:
                why = _wrong(line, number + 1, previous)
                if why:
                    return Verdict(number, previous, number + 1, why)
                number, previous = line.line, line.hash
                is_known = is_known or line.hash == known
    if head is None or (head.line, head.hash) != (number, previous):
        told = "nothing" if head is None else f"line {head.line:,}"
        return Verdict(number, previous, number + 1, f"the log ends after line {number:,}, and its head names {told}")
    if not is_known:
        return Verdict(number, previous, 1, "no line has the hash that was known: all were written anew")
    return Verdict(number, previous, None, "")


def now() -> str:
    """The time in UTC, to the microsecond."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _in_order(connection: Connection) -> Generator[Line, None, None]:
    query = select(audit_log).order_by(audit_log.c.line)
    with connection.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        for row in rows:
            yield _line(row)


def _wrong(line: Line, number: int, previous: str) -> str:
    if line.line != number:
        return f"it is missing: line {line.line:,} comes in its place"
    if line.previous != previous:
        return "it does not follow the line before it"
    if line.hash != _hash(line._asdict()):
        return "it says something else than when it was written"
    return ""


def _hash(values: dict[str, object]) -> str:
    said = json.dumps([values[name] for name in _FIELDS], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def _line(row: Row[tuple[object, ...]]) -> Line:
    return Line(**row._mapping)


def storable(text: str) -> str:
    """``text`` without what PostgreSQL or UTF-8 cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
