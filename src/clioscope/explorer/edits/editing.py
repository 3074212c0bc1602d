"""Reading and adding edits: one after the other, also where two people edit at once."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable

from sqlalchemy import Connection, func, insert, select

from clioscope.explorer.access import Person
from clioscope.explorer.edits.applying import Applied, Row, apply_rows, stacks
from clioscope.explorer.edits.kinds import STEPS, Edit, Redo, Step, Undo, clusters_of
from clioscope.explorer.sameness import Known, Released, Subject
from clioscope.explorer.store.audit_log import add_line, now
from clioscope.explorer.store.changed import ChangedError
from clioscope.explorer.store.opening import Store
from clioscope.explorer.store.tables import edits

_KEPT = 8
MOST = 10_000
"""Edits of one hierarchy."""


class EditError(Exception):
    """An edit that cannot be made, with a sentence that says why. ``is_late``: it was meant for an older state."""

    def __init__(self, problem: str, *, is_late: bool = False) -> None:
        super().__init__(problem)
        self.is_late = is_late


class Editing:
    """The edits in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._applied: OrderedDict[tuple[Subject, str, int], Applied] = OrderedDict()
        self._lock = threading.Lock()

    def applied(self, subject: Subject, released: Released) -> Applied:
        """The clusters of ``released`` as people want them shown."""
        with self._store.reading() as connection:
            version = _version(connection, subject)
            with self._lock:
                found = self._applied.pop((subject, released.digest, version), None)
            found = found or apply_rows(released, _rows(connection, subject))
        with self._lock:
            self._applied[subject, released.digest, found.version] = found
            while len(self._applied) > _KEPT:
                self._applied.popitem(last=False)
        return found

    def edit(self, subject: Subject, released: Released, person: Person, version: int, edit: Edit) -> None:
        """Add ``edit`` to the state ``version``.

        Raises
        ------
        EditError
            It cannot be made, or somebody edited since.
        """

        def check(rows: list[Row]) -> None:
            problem = apply_rows(released, rows).arrangement.problem(edit)
            if problem:
                raise EditError(problem)

        known = {id: released.known(id) for id in clusters_of(edit) if any(id == one.id for one in released.clusters)}
        self._add(subject, released.digest, person, version, edit, known, check)

    def undo(self, subject: Subject, released: Released, person: Person, version: int) -> None:
        """Take back the last edit that stands, whoever made it. Raises as :meth:`edit` does."""

        def check(rows: list[Row]) -> None:
            if not stacks(rows)[0]:
                raise EditError("There is nothing to undo.")

        self._add(subject, released.digest, person, version, Undo(), {}, check)

    def redo(self, subject: Subject, released: Released, person: Person, version: int) -> None:
        """Make the edit again that was taken back last. Raises as :meth:`edit` does."""

        def check(rows: list[Row]) -> None:
            if not stacks(rows)[1]:
                raise EditError("There is nothing to redo.")

        self._add(subject, released.digest, person, version, Redo(), {}, check)

    def _add(
        self,
        subject: Subject,
        digest: str,
        person: Person,
        version: int,
        step: Step,
        known: dict[str, Known],
        check: Callable[[list[Row]], None],
    ) -> None:
        row = {
            "run": subject.run,
            "facet": subject.facet,
            "version": version + 1,
            "digest": digest,
            "edit": step.model_dump_json(),
            "known": json.dumps({id: one.to_json() for id, one in known.items()}, sort_keys=True),
            "author": person.user,
            "time": now(),
        }
        try:
            with self._store.adding() as connection:
                rows = _rows(connection, subject)
                if len(rows) != version:
                    raise EditError(_late(rows, version), is_late=True)
                if version >= MOST:
                    raise EditError(f"There are {MOST:,} edits already, and no more are kept.")
                check(rows)
                connection.execute(insert(edits).values(row))
                detail: dict[str, object] = {"version": version + 1, "edit": step.model_dump(mode="json")}
                add_line(
                    connection,
                    person.user,
                    person.role_on(subject.run),
                    "edit",
                    f"{subject.run} {subject.facet}",
                    detail,
                )
        except ChangedError:
            with self._store.reading() as connection:
                raise EditError(_late(_rows(connection, subject), version), is_late=True) from None


def _late(rows: list[Row], version: int) -> str:
    if version > len(rows):
        return f"There is no version {version} of the edits: the last is {len(rows)}. Load the page again."
    who = ", ".join(dict.fromkeys(row.author for row in rows[version:]))
    return f"Somebody edited in the meantime ({who}). Look at what is shown now, and edit again."


def _version(connection: Connection, subject: Subject) -> int:
    query = select(func.max(edits.c.version)).where(edits.c.run == subject.run, edits.c.facet == subject.facet)
    return connection.execute(query).scalar_one() or 0


def _rows(connection: Connection, subject: Subject) -> list[Row]:
    query = select(edits).where(edits.c.run == subject.run, edits.c.facet == subject.facet).order_by(edits.c.version)
    return [
        Row(
            row.version,
            STEPS.validate_json(row.edit),
            row.digest,
            {id: Known.from_json(one) for id, one in json.loads(row.known).items()},
            row.author,
            row.time,
        )
        for row in connection.execute(query)
    ]
