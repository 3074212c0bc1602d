"""What routes share: who asks, and of which atlas."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Request

from clioscope.explorer.access import NOT_BY_TOKEN, Action, Person
from clioscope.explorer.catalogue import Catalogue
from clioscope.explorer.edits import Applied, Editing
from clioscope.explorer.embedder import LazyEmbedder
from clioscope.explorer.inside import Inside
from clioscope.explorer.noticing import Noticing
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.problems import DOCUMENTED
from clioscope.explorer.review import Reviewing
from clioscope.explorer.runs import DataFolder, Runs
from clioscope.explorer.settings import Settings
from clioscope.explorer.store import Store

On = Literal["the run", "any run", "the server"]
NO_ATLAS = "There is no such atlas. `GET /api/atlases` lists those that there are."
NO_RUN = "No run of that name was started here."
_NOBODY = "Nobody is signed in. The terminal in which `clioscope serve` runs prints a login link."


@dataclass(frozen=True)
class Explorer:
    """What a server holds while it runs."""

    settings: Settings
    inside: Inside
    catalogue: Catalogue
    embedder: LazyEmbedder

    def close(self) -> None:
        """Close what is open."""
        if "runs" in self.__dict__:
            self.runs.close()
        self.inside.close()

    @property
    def store(self) -> Store:
        """What people do here."""
        return self.inside.store

    @cached_property
    def editing(self) -> Editing:
        """Edits of clusters."""
        return Editing(self.store)

    @cached_property
    def reviewing(self) -> Reviewing:
        """Decisions and notes about clusters."""
        return Reviewing(self.store)

    @cached_property
    def noticing(self) -> Noticing:
        """Changes of thresholds."""
        return Noticing(self.store)

    @cached_property
    def runs(self) -> Runs:
        """Runs that are started here."""
        access = self.settings.access
        secret = access.oidc.client_secret_env if access else None
        environment = {name: value for name, value in os.environ.items() if name != secret}
        return Runs(self.settings.root, DataFolder(self.settings.data) if self.settings.data else None, environment)


class Permission:
    """Lets those on whose roles the access table allows ``action``, on what the address names.

    Parameters
    ----------
    on
        ``the run``: on the run or atlas in the address. ``any run``: on one at least; the route leaves out the others.
        ``the server``: on what is of no run.
    """

    def __init__(self, action: Action, on: On) -> None:
        self.action, self.on = action, on

    def __call__(self, request: Request) -> Person:
        """Who asks. Refuses with 401, 403, or with 404 where they may not know that there is such a run."""
        person: Person | None = request.state.person
        if person is None:
            raise nobody(request)
        if not person.may_somewhere(self.action):
            raise _forbidden(person, self.action, None)
        if self.on == "the server":
            if not person.may(self.action):
                raise _forbidden(person, self.action, None)
        elif self.on == "the run" and not person.is_the_same_everywhere:
            self._check(person, request)
        return person

    def _check(self, person: Person, request: Request) -> None:
        """What may not be looked at is refused in the words for what is not there."""
        id, run = request.path_params.get("id"), request.path_params.get("run")
        if id is not None:
            place = explorer(request).catalogue.place(id)
            if place is None or not person.may("view", place.run):
                raise HTTPException(404, NO_ATLAS)
            if not person.may(self.action, place.run):
                raise _forbidden(person, self.action, place.run)
        elif not person.may("view", run) or not person.may(self.action, run):
            raise HTTPException(404, NO_RUN)


def nobody(request: Request) -> HTTPException:
    """The answer to who is not signed in. The page follows the header."""
    if explorer(request).settings.access is None:
        return HTTPException(401, _NOBODY)
    return HTTPException(401, "Nobody is signed in. Sign in, or ask with a token.", {"sign-in": "/login"})


def _forbidden(person: Person, action: Action, run: str | None) -> HTTPException:
    if person.limit is not None and action in NOT_BY_TOKEN:
        return HTTPException(403, f"No token may do this ({action}): it takes somebody who is signed in.")
    if not person.may_somewhere("view"):
        return HTTPException(403, "You are signed in, but nobody gave you a role here.")
    role = person.role_on(run)
    if not role:
        return HTTPException(403, f"You have no role with which this may be done ({action}).")
    said = f"The role {role} may not" if ", " not in role else f"The roles {role} may not"
    return HTTPException(403, f"{said} do this ({action}).")


def check(person: Person, action: Action, run: str) -> None:
    """Refuse with 403 what takes ``action`` beside the one that the route names, on a run that they may look at."""
    if not person.may(action, run):
        raise _forbidden(person, action, run)


def allowed(action: Action, on: On = "the run") -> Any:
    """What a route is given as a dependency, so that the access table decides who may call it."""
    return Depends(Permission(action, on))


def api_router(subject: str) -> APIRouter:
    """A router for routes under ``/api``, whose refusals are documented."""
    return APIRouter(prefix="/api", tags=[subject], responses=DOCUMENTED)


def explorer(request: Request) -> Explorer:
    """What this server holds."""
    found: Explorer = request.app.state.explorer
    return found


def _asks(request: Request) -> Person:
    person: Person | None = request.state.person
    if person is None:
        raise nobody(request)
    return person


Asker = Annotated[Person, Depends(_asks)]
"""An argument of a route: who asks. What they may do is checked before, by :func:`allowed`."""


def opened(request: Request, id: Annotated[str, Path(description="As `GET /api/atlases` lists it.")]) -> OpenAtlas:
    """The atlas that an address names; refuses with 404 or 409."""
    found = explorer(request).catalogue.open(id)
    if found is None:
        raise HTTPException(404, NO_ATLAS)
    explorer(request).noticing.notice(found)
    return found


def shown(request: Request, opened: OpenAtlas) -> Applied:
    """The clusters of ``opened`` with people's edits on them."""
    return explorer(request).editing.applied(opened.subject, opened.released)


Opened = Annotated[OpenAtlas, Depends(opened)]
"""An argument of a route under ``/api/atlases/{id}``."""
