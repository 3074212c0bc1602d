"""A server as a process of its own, and one in a thread whose settings a test chooses."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx

from clioscope.explorer.access import Person, Role
from clioscope.explorer.app import make_guarded
from clioscope.explorer.serving import server_of
from clioscope.explorer.settings import Settings

SECONDS = 60

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Of browsers that ask servers of this machine by http: reading all certificates for each takes longer than asking."""


@dataclass(frozen=True)
class Served:
    """A server in a thread, on a real port."""

    address: str
    settings: Settings

    def client(self, role: Role | Person | None = "admin", **headers: str) -> httpx.Client:
        """A browser in which somebody (of that role) is signed in; nobody where it is ``None``."""
        cookies = {}
        if role is not None:
            person = role if isinstance(role, Person) else Person.with_role(f"a {role}", role)
            cookies[self.settings.cookie] = self.settings.sessions.begin(person)
        return httpx.Client(base_url=self.address, cookies=cookies, headers=headers, timeout=SECONDS, verify=NO_TLS)


@contextlib.contextmanager
def served(settings: Settings, port: int = 0) -> Iterator[Served]:
    """Serve ``settings`` while the block runs; at any port that is free where none is given."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    server = server_of(make_guarded(settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        end = time.monotonic() + SECONDS
        while not server.started and time.monotonic() < end:
            time.sleep(0.01)
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}", settings)
    finally:
        server.should_exit = True
        thread.join()


@dataclass(frozen=True)
class Process:
    """``clioscope serve``, and the link that it printed."""

    process: subprocess.Popen[str]
    link: str

    @property
    def address(self) -> str:
        return self.link.partition("/login")[0]

    @contextlib.contextmanager
    def signed_in(self) -> Iterator[httpx.Client]:
        """A browser that has followed the link."""
        with httpx.Client(base_url=self.address, timeout=SECONDS, verify=NO_TLS) as client:
            assert client.get(self.link).status_code == 303
            yield client

    def ended(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """The exit code after a signal, and what was said to people."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, said


@contextlib.contextmanager
def process(
    *arguments: str | Path,
    folder: Path,
    command: tuple[str, ...] = (sys.executable, "-m", "clioscope"),
    environment: Mapping[str, str] = {},
) -> Iterator[Process]:
    """``clioscope serve ARGUMENTS`` in ``folder``, on a port that is free, until the block ends."""
    running = subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "error", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        link = running.stdout.readline().strip()
        assert link.startswith("http://"), running.communicate(timeout=SECONDS)
        yield Process(running, link)
    finally:
        if running.poll() is None:
            running.kill()
        running.communicate()
