"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clioscope.explorer.access import LoginLinks, Sessions
from clioscope.explorer.teams.access_file import Access

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Where the server may listen, and the host names it answers to, as long as nobody can sign in."""

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Settings:
    """What a server is started with.

    Parameters
    ----------
    root
        A run, an atlas, or a folder of runs.
    store
        Where edits, reviews and the audit log are kept: a file, or the address of a database. Default: a file beside
        the runs.
    data
        The folder of conversations that runs may be started on; none can be where there is none.
    access
        Where people sign in, and who may do what; ``None``: the server's owner lets people in with links.
    hosts
        Host names that it answers to, without a port. Others are refused, or any web page could have its own name
        point here and read along (DNS rebinding).
    origin
        What a browser calls the site, where that is known; else it is what the Host header says.
    cookie
        The name of the session's cookie. Servers on one host share their cookies, so that each has a name of its own.
    static
        The page's build.
    requests_per_second, burst
        The rate limit of one session.
    token_requests_per_second, token_burst
        That of one API token.
    body_bytes
        The largest body of a request.
    """

    root: Path
    store: str | None = None
    data: Path | None = None
    access: Access | None = None
    hosts: frozenset[str] = frozenset(LOOPBACK)
    origin: str | None = None
    cookie: str = "clioscope"
    static: Path = STATIC
    requests_per_second: float = 50
    burst: int = 200
    token_requests_per_second: float = 20
    token_burst: int = 100
    body_bytes: int = 1_000_000
    links: LoginLinks = field(default_factory=LoginLinks)
    sessions: Sessions = field(default_factory=Sessions)

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by https: then they are to send its cookies by nothing else."""
        return self.access is not None and self.access.scheme == "https"


def settings_for_team(root: Path, access: Access, **others: Any) -> Settings:
    """Settings that follow from the address at which a team reaches the server. ``others`` as in :class:`Settings`."""
    cookie = "__Host-clioscope" if access.scheme == "https" else f"clioscope-{urlsplit(access.url).port or 80}"
    hosts = frozenset({access.host})
    return Settings(root, access=access, hosts=hosts, origin=access.url, cookie=cookie, **others)
