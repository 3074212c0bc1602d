"""A real OpenID Connect provider, run by Node, and a browser that signs in there without a window."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urljoin

import httpx2 as httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.explorer.needed import skip_outside_ci
from tests.explorer.serving import NO_TLS

HERE = Path(__file__).parent
CLIENT, SECRET = "clioscope", "a secret of the tests, longer than thirty-two bytes"
SECONDS = 60


def free_ports(number: int) -> list[int]:
    """Ports that nobody uses now."""
    with contextlib.ExitStack() as stack:
        taken = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in taken]


def modules() -> Path:
    """The folder that the provider is installed in, beside no file of the project."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        skip_outside_ci("Node is not installed, which runs the sign-in provider of these tests.")
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    folder = cache / "clioscope-tests" / f"oidc-{hashlib.sha256(lock).hexdigest()[:16]}"
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place, and then renamed: tests in several processes install it at once.
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(HERE / name, Path(beside, name))
        done = subprocess.run([npm, "ci", "--silent"], cwd=beside, capture_output=True, text=True, check=False)
        if done.returncode:
            skip_outside_ci(f"The sign-in provider cannot be installed: {done.stderr[-500:]}")
        with contextlib.suppress(OSError):  # another was faster
            Path(beside).rename(folder)
        Path(beside).mkdir(exist_ok=True)
    return folder


@dataclass(frozen=True)
class TestProvider:
    """A provider that runs."""

    __test__ = False

    issuer: str
    keys: list[RSAKey]

    def tell(self, what: str, told: dict[str, Any]) -> None:
        """Change what it does."""
        assert httpx.post(f"{self.issuer}/test/{what}", json=told).status_code == 200

    def person(self, sub: str, *groups: str, **claims: Any) -> str:
        """Somebody who can sign in."""
        told = {"groups": list(groups), "email": f"{sub}@example.org", "email_verified": True, **claims}
        self.tell("people", {sub: told})
        return sub

    def forge(self, key: RSAKey | None = None, header: dict[str, str] | None = None, **claims: Any) -> str:
        """An id token that the provider did not make. A claim that is ``None`` is left out."""
        now = int(time.time())
        told = {"iss": self.issuer, "sub": "mallory", "aud": CLIENT, "iat": now, "exp": now + 600, "groups": ["all"]}
        told = {name: value for name, value in (told | claims).items() if value is not None}
        key = key or self.keys[0]
        return jwt.encode(header or {"alg": "RS256", "kid": str(key.kid)}, told, key, algorithms=["RS256"])


@contextlib.contextmanager
def provider(redirects: list[str], *, only_userinfo: bool = False) -> Iterator[TestProvider]:
    """The provider, for as long as the block runs."""
    keys = [RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"}) for name in ("one", "two")]
    (port,) = free_ports(1)
    client = {
        "redirect_uris": [f"{address}/login/callback" for address in redirects],
        "post_logout_redirect_uris": [f"{address}/login" for address in redirects],
    }
    configuration = {
        "keys": [key.as_dict(private=True) for key in keys],
        "only_userinfo": only_userinfo,
        "clients": [
            {"client_id": CLIENT, "client_secret": SECRET, **client},
            {"client_id": "public", "token_endpoint_auth_method": "none", **client},
        ],
    }
    command = ["node", str(HERE / "provider.js"), str(modules()), str(port), json.dumps(configuration)]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert running.stdout is not None
        issuer = running.stdout.readline().strip()
        assert issuer, running.communicate()
        yield TestProvider(issuer, keys)
    finally:
        os.killpg(running.pid, signal.SIGKILL)  # what is called node may be a script that starts it
        running.communicate()


class Visitor:
    """A browser without a window: it has cookies, follows redirects and sends forms off."""

    open: ClassVar[list[httpx.Client]] = []

    def __init__(self, address: str, **headers: str) -> None:
        self.address = address
        self.client = httpx.Client(timeout=SECONDS, headers=headers, verify=NO_TLS)
        self.open.append(self.client)

    def begin(self, next: str = "/") -> str:
        """Ask the explorer to sign in. Where it sends the browser."""
        answer = self.client.get(f"{self.address}/login/start", params={"next": next})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def at_provider(self, address: str, login: str) -> str:
        """Sign in and consent at the provider. Where it sends the browser back to, which is not asked yet."""
        for _ in range(12):
            answer = self.client.get(address)
            if answer.status_code == 200:
                form = unescape(re.findall(r'<form[^>]*action="([^"]*)"', answer.text)[0])
                what = "login" if 'value="login"' in answer.text else "consent"
                answer = self.client.post(form, data={"prompt": what, "login": login, "password": "x"})
            assert answer.status_code in (302, 303), answer.text
            address = urljoin(str(answer.url), answer.headers["location"])
            if "/login/callback" in address:
                return address
        raise AssertionError(f"still not back: {address}")

    def sign_in(self, login: str, next: str = "/") -> httpx.Response:
        """All of it. What the explorer answers to who comes back."""
        return self.client.get(self.at_provider(self.begin(next), login))

    def get(self, path: str, **options: Any) -> httpx.Response:
        """Ask the explorer."""
        return self.client.get(f"{self.address}{path}", **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        """Tell the explorer."""
        return self.client.post(f"{self.address}{path}", **options)
