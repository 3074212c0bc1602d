"""What was decided and noted about clusters, release after release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, insert, select

from clioscope.explorer.access import Person
from clioscope.explorer.edits.editing import EditError
from clioscope.explorer.sameness import Fit, Known, Released, Subject
from clioscope.explorer.store.audit_log import add_line, now
from clioscope.explorer.store.changed import ChangedError
from clioscope.explorer.store.opening import Store
from clioscope.explorer.store.tables import review_events

ReviewState = Literal["open", "watched", "closed"]


@dataclass(frozen=True)
class Event:
    """A decision, a note, or both. ``state`` is ``None`` where only a note was added."""

    version: int
    digest: str
    known: Known
    state: ReviewState | None
    note: str | None
    author: str
    time: str


@dataclass(frozen=True)
class Thread:
    """What happened to one cluster, first to last.

    Parameters
    ----------
    cluster
        Its id in the release that is shown; ``None`` where it is surely none of them.
    fit
        How that was told.
    """

    name: str
    events: tuple[Event, ...]
    cluster: str | None
    fit: Fit | None

    @property
    def version(self) -> int:
        """Of the last event."""
        return self.events[-1].version

    @property
    def state(self) -> ReviewState:
        """What was decided last; open where nothing was."""
        return next((event.state for event in reversed(self.events) if event.state), "open")

    @property
    def notes(self) -> int:
        """How many notes there are."""
        return sum(event.note is not None for event in self.events)


class Reviewing:
    """The reviews in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def threads(self, subject: Subject, released: Released) -> list[Thread]:
        """What happened to clusters of a run, those of other releases included."""
        with self._store.reading() as connection:
            return _matched(_threads(connection, subject), released)

    def review(
        self,
        subject: Subject,
        released: Released,
        person: Person,
        cluster: str,
        version: int,
        state: ReviewState | None,
        note: str | None,
    ) -> None:
        """Add a decision, a note or both to what is known of ``cluster``, whose last event was ``version``.

        Raises
        ------
        EditError
            Somebody else added something since.
        """
        known = released.known(cluster)
        try:
            with self._store.adding() as connection:
                threads = _matched(_threads(connection, subject), released)
                thread = thread_of(threads, cluster)
                if version != (thread.version if thread else 0):
                    raise EditError(_late(thread, version), is_late=True)
                row = {
                    "run": subject.run,
                    "facet": subject.facet,
                    "thread": thread.name if thread else f"{released.digest[:24]} {cluster}",
                    "version": version + 1,
                    "digest": released.digest,
                    "cluster": cluster,
                    "known": known.to_json(),
                    "state": state,
                    "note": note,
                    "author": person.user,
                    "time": now(),
                }
                connection.execute(insert(review_events).values(row))
                detail: dict[str, object] = {"cluster": cluster, "state": state, "with_note": note is not None}
                add_line(
                    connection,
                    person.user,
                    person.role_on(subject.run),
                    "review",
                    f"{subject.run} {subject.facet}",
                    detail,
                )
        except ChangedError:
            raise EditError(_late(None, version), is_late=True) from None


def thread_of(threads: Iterable[Thread], cluster: str) -> Thread | None:
    """The thread of ``cluster``; the one that was added to last, where releases that came and went left several."""
    return max((one for one in threads if one.cluster == cluster), key=lambda one: one.events[-1].time, default=None)


def _late(thread: Thread | None, version: int) -> str:
    since = [event.author for event in thread.events if event.version > version] if thread else []
    who = f" ({', '.join(dict.fromkeys(since))})" if since else ""
    return f"Somebody reviewed this cluster in the meantime{who}. Look at what is there now, and decide again."


def _threads(connection: Connection, subject: Subject) -> dict[str, list[Event]]:
    query = (
        select(review_events)
        .where(review_events.c.run == subject.run, review_events.c.facet == subject.facet)
        .order_by(review_events.c.thread, review_events.c.version)
    )
    threads: dict[str, list[Event]] = {}
    for row in connection.execute(query):
        known = Known.from_json(row.known)
        event = Event(row.version, row.digest, known, row.state, row.note, row.author, row.time)
        threads.setdefault(row.thread, []).append(event)
    return threads


def _matched(threads: Mapping[str, list[Event]], released: Released) -> list[Thread]:
    """Each thread with its cluster: by its id in this release, where it had one; else by its last event."""
    wanted = {
        name: next((event.known for event in reversed(events) if event.digest == released.digest), events[-1].known)
        for name, events in threads.items()
    }
    found = released.find(wanted)
    return [
        Thread(
            name, tuple(events), found[name].id if name in found else None, found[name].fit if name in found else None
        )
        for name, events in threads.items()
    ]
