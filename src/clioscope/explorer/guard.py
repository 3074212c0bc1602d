"""What every request passes first: host, origin, size and rate; and the headers of every response.

References
----------
OWASP Cross-Site Request Forgery Prevention Cheat Sheet, "Fetch metadata"; W3C Fetch Metadata Request Headers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import anyio
import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from clioscope.explorer.doorman import Known, bearer_of
from clioscope.explorer.problems import FAILED, refusal
from clioscope.explorer.rate import Rates
from clioscope.explorer.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_LOG = logging.getLogger("clioscope.explorer")
_SAFE_METHODS = ("GET", "HEAD")
_LOOKED_UP_AT_ONCE = 8


class Guard:
    """ASGI middleware: nothing of the application sees a request that this refuses."""

    def __init__(self, app: ASGIApp, settings: Settings, who: Callable[[Headers], Known]) -> None:
        self._app, self._settings, self._who = app, settings, who
        self._rates = Rates(settings.requests_per_second, settings.burst)
        self._token_rates = Rates(settings.token_requests_per_second, settings.token_burst)
        self._asking: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it with a sentence."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there is no web socket here
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        is_api = scope["path"].startswith("/api/")

        started = complete = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started, complete
            complete = message["type"] == "http.response.body" and not message.get("more_body")
            if message["type"] == "http.response.start":
                started = True
                own = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    own[name] = value
                if is_api:
                    own["cache-control"] = "no-store"
            await send(message)

        try:
            refused = self._refused(scope, headers, is_api) or await self._refused_who(scope, headers)
            if refused is not None:
                await refused(scope, receive, send_with_headers)
                return
            await self._app(scope, _Limited(receive, self._settings.body_bytes), send_with_headers)
        except Exception:
            _LOG.exception("%s %s failed", scope["method"], scope["path"])
            if not started:
                await refusal(500, FAILED)(scope, receive, send_with_headers)
            elif not complete:  # the connection is closed, so that half an answer is not taken for a whole one
                raise

    def _refused(self, scope: Scope, headers: Headers, is_api: bool) -> Response | None:
        settings = self._settings
        if host_of(headers.get("host", "")) not in settings.hosts or len(headers.getlist("host")) != 1:
            return refusal(
                403, "This server does not answer to that host name: open it by the address that it printed."
            )
        if bearer_of(headers) is None and not _is_same_site(scope["method"], headers, is_api, settings.origin):
            return refusal(403, "This request comes from another site, and only the explorer's own page may send it.")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > settings.body_bytes:
            return refusal(413, too_large(settings.body_bytes))
        return None

    async def _refused_who(self, scope: Scope, headers: Headers) -> Response | None:
        """Find out who asks, and refuse who may not or asks too fast."""
        if self._asking is None:
            self._asking = anyio.CapacityLimiter(_LOOKED_UP_AT_ONCE)
        # A database is asked: not here, where every other request would wait.
        who = await anyio.to_thread.run_sync(self._who, headers, limiter=self._asking)
        scope.setdefault("state", {})["person"] = who.person
        # Who is not signed in shares one limit: a made-up cookie brings no other.
        client = scope.get("client") or ("nobody", 0)
        rates = self._token_rates if who.by_token and who.person else self._rates
        wait = rates.wait(who.limited or f"address {client[0]}")
        if wait:
            seconds = "1 second" if wait == 1 else f"{wait} seconds"
            return refusal(429, f"Too many requests: wait {seconds}.", {"retry-after": str(wait)})
        if who.refused:
            return refusal(401, who.refused, {"www-authenticate": "Bearer"})
        return None


def too_large(most: int) -> str:
    """Why a body is refused."""
    return f"The body is too large: {most:,} bytes are the most."


def host_of(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    try:
        split = urlsplit(f"//{host}")
        _ = split.port
    except ValueError:
        return ""
    return (split.hostname or "") if not (split.username or split.path or split.query or split.fragment) else ""


def _is_same_site(method: str, headers: Headers, is_api: bool, own: str | None) -> bool:
    """Whether the request may be from the page, an address bar or a program, and not from another site's page.

    A program sends neither header. Browsers send ``Origin`` with whatever is not a GET, and ``Sec-Fetch-Site`` always.
    """
    site = headers.get("sec-fetch-site")
    if (origin := headers.get("origin")) is not None and not _is_own(origin, headers, own):
        return False
    if site in (None, "same-origin"):
        return True
    if site == "none":
        return method in _SAFE_METHODS
    # Links from elsewhere may lead to the page, which is the same for everybody and holds nothing.
    return not is_api and method in _SAFE_METHODS and headers.get("sec-fetch-mode") == "navigate"


def _is_own(origin: str, headers: Mapping[str, str], own: str | None) -> bool:
    if own is not None:
        return origin == own
    return origin.removeprefix("http://").removeprefix("https://") == headers.get("host")


class _Limited:
    """``receive`` of a body whose length was not told, up to a limit."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._left = receive, most, most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, too_large(self._most))
        return message
