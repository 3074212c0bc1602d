"""API tokens: for programs, with a role at most that of who made them, and never for ever."""

from __future__ import annotations

import json
import re
import secrets
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from clioscope.explorer.access import Grants, Person, Role
from clioscope.explorer.access.sessions import hashed
from clioscope.explorer.store import Store
from clioscope.explorer.store.audit_log import add_line, storable
from clioscope.explorer.store.tables import api_tokens, people
from clioscope.explorer.teams.access_file import Access
from clioscope.explorer.teams.times import Clock, read, utc, written

PREFIX = "clioscope_"
USUAL_DAYS, MOST_DAYS = 30, 365
_SHAPE = re.compile(r"clioscope_[A-Za-z0-9_-]{43}")
_BETWEEN_WRITES = timedelta(minutes=1)


class Token(NamedTuple):
    """A token in a list: everything but what lets somebody in.

    Parameters
    ----------
    runs
        Patterns of names of runs; ``None``: all that its owner may see.
    """

    id: str
    label: str
    owner: str
    role: Role
    runs: list[str] | None
    made: str
    ends: str
    used: str | None
    revoked: str | None


class NewToken(NamedTuple):
    """A token that was just made. ``secret`` is told this once, and not kept."""

    secret: str
    token: Token


class Tokens:
    """The tokens of one store. Only their hashes are kept.

    Parameters
    ----------
    access
        Who has which roles; ``None``: people sign in with links, and only tokens that were made so are taken.
    """

    def __init__(self, store: Store, access: Access | None = None, clock: Clock = utc) -> None:
        self._store, self._access, self._clock = store, access, clock

    def make(self, owner: Person, label: str, role: Role, runs: list[str] | None, days: int) -> NewToken:
        """Make a token, with a line in the audit log. What it may do has been checked."""
        secret, now = PREFIX + secrets.token_urlsafe(32), self._clock()
        values = {
            "hash": hashed(secret).hex(),
            "id": secrets.token_hex(6),
            "label": storable(label),
            "owner": storable(owner.user),
            "subject": owner.subject,
            "role": role,
            "runs": None if runs is None else json.dumps(runs),
            "made": written(now),
            "ends": written(now + timedelta(days=days)),
        }
        detail: dict[str, object] = {"token": values["id"], "label": label, "runs": runs, "role": role, "days": days}
        with self._store.adding() as connection:
            connection.execute(insert(api_tokens).values(values))
            add_line(connection, owner.user, owner.role_on(), "token made", "", detail)
            row = connection.execute(select(api_tokens).where(api_tokens.c.hash == values["hash"])).one()
        return NewToken(secret, _shown(row))

    def find(self, secret: str) -> Person | None:
        """Who made the token, limited to what it may do; ``None`` where it lets nobody in, now or ever."""
        if not _SHAPE.fullmatch(secret):
            return None
        key = hashed(secret).hex()
        query = select(api_tokens, people.c.groups, people.c.name).outerjoin(
            people, people.c.subject == api_tokens.c.subject
        )
        with self._store.reading() as connection:
            row = connection.execute(query.where(api_tokens.c.hash == key)).one_or_none()
        now = self._clock()
        if row is None or row.revoked is not None or now >= read(row.ends):
            return None
        limit = _limit(row)
        grants = Grants(frozenset({row.role}))
        if row.subject is not None:
            if self._access is None or row.groups is None:
                return None
            grants = self._access.grants(frozenset(json.loads(row.groups)))
        user = f"{row.name or row.owner} (token {row.id})"
        if row.used is None or now - read(row.used) >= _BETWEEN_WRITES:
            self._note_use(key, row, user, written(now))
        return Person(user, grants, limit, row.subject)

    def _note_use(self, key: str, row: Row[tuple[object, ...]], user: str, now: str) -> None:
        here = api_tokens.c.hash == key
        with self._store.adding() as connection:
            first = update(api_tokens).where(here & api_tokens.c.used.is_(None)).values(used=now)
            if row.used is None and connection.execute(first).rowcount:
                detail: dict[str, object] = {"token": row.id, "label": row.label}
                add_line(connection, user, row.role, "token first used", "", detail)
            else:
                connection.execute(update(api_tokens).where(here).values(used=now))

    def list(self, owner: Person | None = None) -> list[Token]:
        """All tokens, or those of one person, the newest first; those that have ended among them."""
        query = select(api_tokens).order_by(api_tokens.c.made.desc())
        if owner is not None:
            query = query.where(_is_of(owner))
        with self._store.reading() as connection:
            return [_shown(row) for row in connection.execute(query)]

    def revoke(self, id: str, by: Person, *, own: bool) -> bool:
        """Revoke the token ``id``, or only where it is ``by``'s ``own``. Whether there was one to revoke."""
        here = api_tokens.c.id == id
        with self._store.adding() as connection:
            row = connection.execute(select(api_tokens).where(here & _is_of(by) if own else here)).one_or_none()
            if row is None or row.revoked is not None:
                return False
            self._revoke(connection, row, by)
        return True

    def revoke_all_of(self, user: str, by: Person) -> int:
        """Revoke all tokens of somebody, by name. How many there were."""
        user = storable(user)
        with self._store.adding() as connection:
            query = select(api_tokens).outerjoin(people, people.c.subject == api_tokens.c.subject)
            named = (people.c.name == user) | (api_tokens.c.subject.is_(None) & (api_tokens.c.owner == user))
            rows = connection.execute(query.where(named & api_tokens.c.revoked.is_(None))).all()
            for row in rows:
                self._revoke(connection, row, by)
        return len(rows)

    def _revoke(self, connection: Connection, row: Row[tuple[object, ...]], by: Person) -> None:
        ended = update(api_tokens).where(api_tokens.c.hash == row.hash).values(revoked=written(self._clock()))
        connection.execute(ended)
        detail: dict[str, object] = {"token": row.id, "label": row.label, "of": row.owner}
        add_line(connection, by.user, by.role_on(), "token revoked", "", detail)


def _limit(row: Row[tuple[object, ...]]) -> Grants:
    role: frozenset[Role] = frozenset({row.role})
    if row.runs is None:
        return Grants(role)
    return Grants(frozenset(), tuple((pattern, role) for pattern in json.loads(row.runs)))


def _is_of(person: Person) -> ColumnElement[bool]:
    if person.subject is not None:
        return api_tokens.c.subject == person.subject
    return api_tokens.c.subject.is_(None) & (api_tokens.c.owner == person.user)


def _shown(row: Row[tuple[object, ...]]) -> Token:
    runs = None if row.runs is None else json.loads(row.runs)
    return Token(row.id, row.label, row.owner, row.role, runs, row.made, row.ends, row.used, row.revoked)
