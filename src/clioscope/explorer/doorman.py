"""Who a request is from: the session of its cookie, or the owner of its token."""

from __future__ import annotations

from typing import NamedTuple

from starlette.datastructures import Headers

from clioscope.explorer.access import Person
from clioscope.explorer.inside import Inside

_BAD_TOKEN = "This token lets nobody in: it was revoked, it is too old, or it never was one."


class Known(NamedTuple):
    """Who asks.

    Parameters
    ----------
    limited
        Whose rate limit counts; empty: that of the address that the request comes from.
    by_token
        Whether a token was sent. Browsers send none by themselves, so that no other site can have it sent.
    refused
        Why the request is refused, in a sentence.
    """

    person: Person | None
    limited: str = ""
    by_token: bool = False
    refused: str | None = None


def bearer_of(headers: Headers) -> str | None:
    """The token of the Authorization header. That of a proxy's own, such as Basic, is none of ours."""
    kind, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" else None


def cookie_of(headers: Headers, name: str) -> str | None:
    """The value of the cookie ``name``."""
    for part in headers.get("cookie", "").split(";"):
        found, _, value = part.strip().partition("=")
        if found == name:
            return value
    return None


def known(inside: Inside, headers: Headers, *, in_use: bool = True) -> Known:
    """Who a request with these headers is from. With a token its cookies are not looked at.

    Parameters
    ----------
    in_use
        Whether somebody asks now: a session lasts on by being used, and not by being looked up.
    """
    token = bearer_of(headers)
    if token is not None:
        person = inside.tokens.find(token)
        return Known(person, f"token {token}" if person else "", True, None if person else _BAD_TOKEN)
    cookie = cookie_of(headers, inside.settings.cookie)
    if not cookie:
        return Known(None)
    sessions = inside.team.sessions if inside.team else inside.settings.sessions
    person = sessions.find(cookie, in_use=in_use)
    return Known(person, f"session {cookie}" if person else "")
