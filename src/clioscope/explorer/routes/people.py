"""Who is signed in, for those who administer: sessions one by one, and all that lets one person in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import HTTPException, Request
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from clioscope.explorer.routes.asking import Asker, allowed, api_router, explorer
from clioscope.explorer.schemas import Answer
from clioscope.explorer.teams.sessions import open_sessions, revoke_session, revoke_sessions_of
from clioscope.explorer.teams.times import utc, written

router = api_router("sessions")

Id = Annotated[str, InPath(pattern="^[0-9a-f]{12}$", description="As the list has it.")]


class SessionEntry(Answer):
    """One open session. Times are ISO 8601, UTC."""

    id: str
    user: str
    begun: str
    used: str = Field(description="To the minute.")
    ends: str = Field(description="At the latest.")


class SessionList(Answer):
    """Open sessions of people who signed in at the provider, the last used first."""

    sessions: list[SessionEntry]


class PersonRequest(BaseModel):
    """Of whom."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: Annotated[str, Field(min_length=1, max_length=300)] = Field(description="As sessions and the audit log say.")


class Revoked(Answer):
    """What was revoked."""

    sessions: int
    tokens: int


@router.get("/sessions", dependencies=[allowed("administer", "the server")])
def sessions(request: Request) -> SessionList:
    """Who is signed in. Without a sign-in provider there is no list."""
    here = explorer(request)
    access = here.settings.access
    idle = timedelta(hours=access.sessions.idle_hours if access else 0)
    found = open_sessions(here.store, idle, written(utc()))
    return SessionList(sessions=[SessionEntry(**one._asdict()) for one in found])


@router.post("/sessions/{session}/revoke", dependencies=[allowed("administer", "the server")])
def revoke_a_session(request: Request, person: Asker, session: Id) -> Revoked:
    """End a session. Its next request is refused."""
    if not revoke_session(explorer(request).store, session, person.user):
        raise HTTPException(404, "There is no such session: it may have ended.")
    return Revoked(sessions=1, tokens=0)


@router.post("/people/revoke", dependencies=[allowed("administer", "the server")])
def revoke_person(request: Request, person: Asker, asked: PersonRequest) -> Revoked:
    """End all sessions and tokens of one person. They may sign in again, unless the provider no longer lets them."""
    here = explorer(request)
    ended = revoke_sessions_of(here.store, asked.user, person.user)
    return Revoked(sessions=ended, tokens=here.inside.tokens.revoke_all_of(asked.user, person))
