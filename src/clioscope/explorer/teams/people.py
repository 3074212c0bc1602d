"""Whom the sign-in provider has sent: names that nobody shares, and what their groups gave them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from clioscope.explorer.access import Grants
from clioscope.explorer.access.sessions import LOCAL_OWNER
from clioscope.explorer.store.audit_log import add_line, storable
from clioscope.explorer.store.tables import people

_NOT_FOR_PEOPLE = ("", LOCAL_OWNER.user, "(nobody)", "(not through the explorer)", "the command line")
"""What the audit log calls others."""


@dataclass(frozen=True)
class SignedIn:
    """What the provider says about somebody.

    Parameters
    ----------
    subject
        JSON of the issuer and of what it knows them by, which never changes and nobody else gets.
    name
        How they are called, which somebody else may be too.
    """

    subject: str
    name: str
    groups: frozenset[str]


def subject_of(issuer: str, sub: str) -> str:
    """How somebody is known here."""
    return json.dumps([issuer, sub], ensure_ascii=True)


def groups_text(groups: frozenset[str]) -> str:
    """Groups as the store keeps them."""
    return json.dumps(sorted(groups))


def remember(connection: Connection, who: SignedIn, grants: Grants, time: str) -> str:
    """Keep what is known of ``who`` now, and write a line where their roles are others. How they are called here."""
    here = people.c.subject == who.subject
    before = connection.execute(select(people).where(here)).one_or_none()
    name = _own_name(connection, who)
    roles = roles_text(grants)
    values = {"name": name, "groups": groups_text(who.groups), "roles": roles, "seen": time}
    if before is None:
        connection.execute(insert(people).values(subject=who.subject, **values))
        return name
    connection.execute(update(people).where(here).values(values))
    if before.roles != roles:
        detail: dict[str, object] = {"before": json.loads(before.roles), "now": json.loads(roles)}
        add_line(connection, name, "", "role change", "", detail)
    return name


def roles_text(grants: Grants) -> str:
    """Roles as JSON, everywhere and by pattern of runs."""
    found: dict[str, list[str]] = {"everywhere": sorted(grants.everywhere)}
    for pattern, roles in grants.of_runs:
        found.setdefault(pattern, sorted(roles))
    return json.dumps(found)


def _own_name(connection: Connection, who: SignedIn) -> str:
    """The name that ``who`` goes by, unless it is somebody else's: then with what the provider knows them by."""
    name = storable("".join(c for c in who.name if c.isprintable()))[:200].strip()
    others = select(people.c.subject).where((people.c.name == name) & (people.c.subject != who.subject))
    if name in _NOT_FOR_PEOPLE or connection.execute(others).first():
        return f"{name} ({json.loads(who.subject)[1]})".strip()
    return name
