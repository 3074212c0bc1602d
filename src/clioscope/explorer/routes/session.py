"""Who is signed in, and leaving."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse

from clioscope.explorer.doorman import cookie_of
from clioscope.explorer.routes.asking import Asker, allowed, api_router, explorer
from clioscope.explorer.schemas import RolesOnRun, Session, SignedOut

router = api_router("session")


@router.get("/session", dependencies=[allowed("view", "any run")])
def session(request: Request, person: Asker) -> Session:
    """Who is signed in, and what they may do: on what is of no run, and on each run that they may look at."""
    runs = dict.fromkeys(place.run for place in explorer(request).catalogue.places())
    return Session(
        user=person.user,
        role=person.role_on(),
        may=list(person.actions_on()),
        runs=[
            RolesOnRun(run=run, role=person.role_on(run), may=list(person.actions_on(run)))
            for run in runs
            if person.may("view", run)
        ],
        by="token" if person.limit else "sign-in" if person.subject else "link",
    )


@router.post("/session/end", dependencies=[allowed("view", "any run")], response_model=SignedOut)
def end_session(request: Request) -> JSONResponse:
    """Sign out. A token is not ended by this, but revoked."""
    here = explorer(request)
    cookie, settings = cookie_of(request.headers, here.settings.cookie) or "", here.settings
    leave = None
    if here.inside.team is not None:
        id_token = here.inside.team.sessions.end(cookie)
        leave = here.inside.team.provider.leave_address(id_token)
    else:
        settings.sessions.end(cookie)
    response = JSONResponse(SignedOut(provider=leave).model_dump())
    response.delete_cookie(settings.cookie, httponly=True, samesite="strict", path="/", secure=settings.is_secure)
    return response
