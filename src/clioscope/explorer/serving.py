"""Running the server: the socket, the links, and a clean end."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from starlette.types import ASGIApp

from clioscope.errors import ConfigError, RunError
from clioscope.explorer.app import guarded, make_app
from clioscope.explorer.catalogue import Catalogue
from clioscope.explorer.schemas import AtlasEntry
from clioscope.explorer.settings import LOOPBACK, Settings, settings_for_team
from clioscope.explorer.teams.access_file import read_access

DEFAULT_PORT = 8420
_SECONDS_TO_END = 3
_REQUESTS_AT_ONCE = 256


class Explorer:
    """A server that has its port and does not run yet.

    Parameters
    ----------
    root
        A run, an atlas, or a folder of runs.
    host
        Where to listen: an address of this machine that no other can reach.
    port
        0: any that is free.
    data, store
        As in :class:`~clioscope.explorer.settings.Settings`.
    access
        The file that says where people sign in. With it, others may reach the host.

    Raises
    ------
    ConfigError
        Others could reach the host and nobody can sign in, the access file is wrong, or the port is in use.
    RunError
        There is nothing at ``root``.
    """

    def __init__(
        self,
        root: Path,
        host: str = LOOPBACK[0],
        port: int = DEFAULT_PORT,
        data: Path | None = None,
        store: str | None = None,
        access: Path | None = None,
    ) -> None:
        team = read_access(access) if access else None
        if team is None and host not in LOOPBACK:
            raise ConfigError(
                f"--host {host} would let others in, and nobody can sign in here. Leave --host out, or say with "
                "--access where people sign in; from another machine, go through a tunnel: "
                f"ssh -L {port}:127.0.0.1:{port} THIS-MACHINE."
            )
        if not root.is_dir():
            raise RunError(f"There is no folder {root}. Give a run, such as runs/NAME, or the folder that runs are in.")
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.root = root
        if team is not None:
            self.address = f"{team.url}/"
            self.settings = settings_for_team(root, team, store=store, data=data)
        else:
            self.address = f"http://{'[::1]' if host == '::1' else host}:{self.port}/"
            self.settings = Settings(root, store=store, data=data, cookie=f"clioscope-{self.port}")
        self.catalogue = Catalogue(root)
        self._server = server_of(self._app())
        # The cancelling of streams at the end is no error, and has no reader.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

    def _app(self) -> ASGIApp:
        """What is served, once it is sure that what people do can be kept."""
        app = make_app(self.settings)
        inside = app.state.explorer.inside
        try:
            _ = inside.store, inside.team
        except BaseException:
            self._socket.close()
            raise
        return guarded(app)

    def entries(self) -> list[AtlasEntry]:
        """What it shows."""
        return self.catalogue.entries()

    def login_link(self) -> str:
        """A link that lets one browser in, once."""
        return f"{self.address}login?{urlencode({'token': self.settings.links.new()})}"

    def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until Ctrl-C or a request to end. ``ready`` is called when the port answers."""
        with contextlib.closing(self._socket):
            self._socket.listen(128)  # connections wait from here on, so that the link works when it is printed
            ready()
            with contextlib.suppress(KeyboardInterrupt):
                self._server.run(sockets=[self._socket])


def server_of(app: ASGIApp) -> uvicorn.Server:
    """What answers requests with ``app``, without a port."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_REQUESTS_AT_ONCE,
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
    return uvicorn.Server(config)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            other = next(_free_after(family, host, port), 0)
            raise ConfigError(f"Port {port} is in use, perhaps by another explorer: try --port {other}.") from None
        if error.errno == errno.EACCES:
            raise ConfigError(f"Port {port} is not for you to use: try --port {DEFAULT_PORT}.") from None
        raise ConfigError(f"Cannot listen at {host}, port {port}: {error.strerror}.") from None
    return bound


def _free_after(family: socket.AddressFamily, host: str, port: int) -> Iterator[int]:
    for other in range(port + 1, min(port + 50, 65_536)):
        with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as tried, contextlib.suppress(OSError):
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, other))
            yield other
