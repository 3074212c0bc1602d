"""Sessions in the store: shared by all servers on it, kept when one is started again, and revocable."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, delete, insert, select, update

from clioscope.explorer.access import Person
from clioscope.explorer.access.sessions import hashed
from clioscope.explorer.store import Store
from clioscope.explorer.store.audit_log import add_line, storable
from clioscope.explorer.store.changed import ChangedError
from clioscope.explorer.store.tables import people, sessions
from clioscope.explorer.teams.access_file import Access
from clioscope.explorer.teams.people import SignedIn, groups_text, remember
from clioscope.explorer.teams.sealing import seal, unseal
from clioscope.explorer.teams.times import Clock, read, utc, written

_BETWEEN_WRITES = timedelta(minutes=1)
"""How exactly the last use is kept."""


class OpenSession(NamedTuple):
    """A session in a list. ``id`` names it, and lets nobody in."""

    id: str
    user: str
    begun: str
    used: str
    ends: str


class StoredSessions:
    """Who is signed in, by the provider that ``access`` names. Only hashes of the cookies are kept."""

    def __init__(self, store: Store, access: Access, clock: Clock = utc) -> None:
        self._store, self._access, self._clock = store, access, clock
        self._idle = timedelta(hours=access.sessions.idle_hours)
        self._most = timedelta(days=access.sessions.days)

    def begin(self, who: SignedIn, id_token: str, replaced: str | None = None) -> str:
        """Let ``who`` in, with a line in the audit log: a token for the cookie.

        Parameters
        ----------
        replaced
            The cookie that their browser had until now, which ends.
        """
        for _ in range(3):
            try:
                return self._begin(who, id_token, replaced)
            except ChangedError:  # the same person signed in twice at the same moment
                continue
        raise ChangedError

    def _begin(self, who: SignedIn, id_token: str, replaced: str | None) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        grants = self._access.grants(who.groups)
        values = {
            "hash": hashed(token).hex(),
            "id": secrets.token_hex(6),
            "subject": who.subject,
            "groups": groups_text(who.groups),
            "begun": written(now),
            "used": written(now),
            "ends": written(now + self._most),
            "sealed": seal(id_token, token),
        }
        with self._store.adding() as connection:
            connection.execute(delete(sessions).where(self._has_ended()))
            if replaced:
                connection.execute(delete(sessions).where(sessions.c.hash == hashed(replaced).hex()))
            name = remember(connection, who, grants, written(now))
            connection.execute(insert(sessions).values(values))
            role = Person(name, grants).role_on()
            detail: dict[str, object] = {"by": self._access.oidc.issuer, "subject": json.loads(who.subject)[1]}
            add_line(connection, name, role, "sign-in", "", detail | {"session": values["id"]})
        return token

    def find(self, token: str, *, in_use: bool = True) -> Person | None:
        """Who has ``token``, with the roles that the access file gives now; ``None`` where it is no session.

        Parameters
        ----------
        in_use
            Whether somebody uses it: then it lasts on.
        """
        key = hashed(token).hex()
        with self._store.reading() as connection:
            row = connection.execute(_named().where(sessions.c.hash == key)).one_or_none()
        now = self._clock()
        if row is None or now >= read(row.ends) or now >= read(row.used) + self._idle:
            return None
        if in_use and now - read(row.used) >= min(_BETWEEN_WRITES, self._idle / 2):
            with self._store.adding() as connection:
                connection.execute(update(sessions).where(sessions.c.hash == key).values(used=written(now)))
        return Person(row.name, self._access.grants(frozenset(json.loads(row.groups))), subject=row.subject)

    def end(self, token: str) -> str | None:
        """End a session, with a line in the audit log. The id token that it began with, where it was kept."""
        with self._store.adding() as connection:
            row = connection.execute(_named().where(sessions.c.hash == hashed(token).hex())).one_or_none()
            if row is None:
                return None
            connection.execute(delete(sessions).where(sessions.c.hash == row.hash))
            add_line(connection, row.name, "", "sign-out", "", {"session": row.id})
        return unseal(row.sealed, token) if row.sealed else None

    def _has_ended(self) -> ColumnElement[bool]:
        now = self._clock()
        return (sessions.c.ends <= written(now)) | (sessions.c.used <= written(now - self._idle))


def open_sessions(store: Store, idle: timedelta, now: str, user: str | None = None) -> list[OpenSession]:
    """The sessions that are open, the last used first."""
    query = _named().where((sessions.c.ends > now) & (sessions.c.used > written(read(now) - idle)))
    if user is not None:
        query = query.where(people.c.name == user)
    with store.reading() as connection:
        return [_shown(row) for row in connection.execute(query.order_by(sessions.c.used.desc()))]


def revoke_session(store: Store, id: str, by: str) -> bool:
    """End the session ``id``; whether there was one."""
    with store.adding() as connection:
        row = connection.execute(_named().where(sessions.c.id == id)).one_or_none()
        if row is None:
            return False
        connection.execute(delete(sessions).where(sessions.c.id == id))
        add_line(connection, by, "", "session revoked", "", {"session": id, "of": row.name})
    return True


def revoke_sessions_of(store: Store, user: str, by: str) -> int:
    """End all sessions of somebody. How many there were."""
    with store.adding() as connection:
        rows = connection.execute(_named().where(people.c.name == storable(user))).all()
        for row in rows:
            connection.execute(delete(sessions).where(sessions.c.hash == row.hash))
            add_line(connection, by, "", "session revoked", "", {"session": row.id, "of": row.name})
    return len(rows)


def _named() -> Select[Any]:
    """Sessions with the name of whose they are."""
    return select(sessions, people.c.name).join(people, people.c.subject == sessions.c.subject)


def _shown(row: Row[tuple[object, ...]]) -> OpenSession:
    return OpenSession(row.id, row.name, row.begun, row.used, row.ends)
