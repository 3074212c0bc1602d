"""Signing in: with a link that the terminal printed, or at the team's sign-in provider."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from clioscope.explorer.access.sessions import LOCAL_OWNER
from clioscope.explorer.doorman import cookie_of
from clioscope.explorer.routes.asking import explorer
from clioscope.explorer.routes.page import said
from clioscope.explorer.settings import Settings
from clioscope.explorer.teams.attempts import SECONDS, Attempt, own_path
from clioscope.explorer.teams.here import Team
from clioscope.explorer.teams.provider import CALLBACK, Found, SignInError

_USED = (
    "This login link was used already, or it is too old. Press Enter in the terminal in which clioscope serve runs, "
    "and it prints another."
)
_NOT_ASKED = (
    "This answer of the sign-in service was not asked for in this browser, or it came too late. If you meant to sign "
    "in, begin again."
)
_NO_ROLE = "You are signed in as {name}, but nobody gave you a role here. Ask whoever runs the explorer for one."
_NO_STORE = {"cache-control": "no-store"}

router = APIRouter()


@router.get("/login", include_in_schema=False)
def login(
    request: Request, token: str = Query("", max_length=200), next: str = Query("/", max_length=4_000)
) -> Response:
    """Exchange a login link for a session; for a team, the page to sign in on."""
    team = explorer(request).inside.team
    if team is not None:
        return _sign_in_page(team, "Clioscope shows this to people who are signed in.", next)
    settings = explorer(request).settings
    if request.state.person is None and not settings.links.use(token):
        return said(_USED, 403)
    response = RedirectResponse("/", 303, _NO_STORE)
    if request.state.person is None:
        explorer(request).store.audit_log.add(LOCAL_OWNER.user, LOCAL_OWNER.role_on(), "sign-in", "", by="login link")
        session = settings.sessions.begin(LOCAL_OWNER)
        response.set_cookie(settings.cookie, session, httponly=True, samesite="strict", path="/")
    return response


@router.get("/login/start", include_in_schema=False)
def start(request: Request, next: str = Query("/", max_length=4_000)) -> Response:
    """Send the browser to the sign-in provider. Another site's link leads to the page that asks first."""
    team = explorer(request).inside.team
    if team is None:
        return said(_USED, 403)
    if request.headers.get("sec-fetch-site") not in (None, "none", "same-origin"):
        return _sign_in_page(team, "Clioscope shows this to people who are signed in.", next)
    attempt = Attempt.new(next)
    try:
        response = RedirectResponse(team.provider.address(attempt), 303, _NO_STORE)
    except SignInError as error:
        return _failed(request, team, error, next)
    settings = explorer(request).settings
    # Not Strict: it has to be sent when the provider sends the browser back.
    response.set_cookie(
        _attempt_cookie(settings),
        attempt.as_cookie(),
        max_age=SECONDS,
        httponly=True,
        samesite="lax",
        path="/",
        secure=settings.is_secure,
    )
    return response


@router.get(CALLBACK, include_in_schema=False)
def callback(
    request: Request,
    state: str = Query("", max_length=500),
    code: str = Query("", max_length=4_000),
    iss: str | None = Query(None, max_length=2_000),
    error: str = Query("", max_length=200),
) -> Response:
    """Where the sign-in provider sends the browser back to."""
    here = explorer(request)
    team, settings = here.inside.team, here.settings
    if team is None:
        return said(_USED, 403)
    attempt = Attempt.of_cookie(cookie_of(request.headers, _attempt_cookie(settings)), state)
    try:
        if attempt is None:
            raise SignInError(_NOT_ASKED, "state")
        if error or not code:
            raise SignInError("The sign-in service did not let you in.", f"provider: {error or 'no code'}")
        found = team.provider.sign_in(attempt, code, iss)
        response = _let_in(request, team, found, attempt.next)
    except SignInError as problem:
        response = _failed(request, team, problem, attempt.next if attempt else "/")
    if attempt is not None:  # it is used up, whatever came of it
        response.delete_cookie(_attempt_cookie(settings), path="/", httponly=True, secure=settings.is_secure)
    return response


def _let_in(request: Request, team: Team, found: Found, next: str) -> Response:
    settings = explorer(request).settings
    grants = team.access.grants(found.who.groups)
    if not any(grants.all()):
        name = found.who.name
        raise SignInError(_NO_ROLE.format(name=name), f"no role: {found.who.subject}")
    before = cookie_of(request.headers, settings.cookie)
    session = team.sessions.begin(found.who, found.id_token, replaced=before)
    response = RedirectResponse(next, 303, _NO_STORE)
    response.set_cookie(settings.cookie, session, httponly=True, samesite="strict", path="/", secure=settings.is_secure)
    return response


def _failed(request: Request, team: Team, error: SignInError, next: str) -> Response:
    if not team.failures.wait("all"):
        explorer(request).store.audit_log.add("(nobody)", "", "failed sign-in", "", why=error.detail[:500])
    return _sign_in_page(team, str(error), next, 403, "Try again")


def _attempt_cookie(settings: Settings) -> str:
    return f"{settings.cookie}-sign-in"


def _sign_in_page(team: Team, sentence: str, next: str, status: int = 200, link: str = "") -> Response:
    """A page with a sentence and the link that begins a sign-in."""
    address = f"/login/start?{urlencode({'next': own_path(next)})}"
    return said(sentence, status, (address, link or f"Sign in with {team.access.oidc.name}"))
