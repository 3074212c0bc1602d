"""One sign-in provider for all of these tests, and explorers that send people there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from clioscope.explorer.settings import settings_for_team
from clioscope.explorer.teams.access_file import read_access
from tests.explorer.oidc.provider import CLIENT, SECRET, TestProvider, Visitor, free_ports, provider
from tests.explorer.serving import Served, served

HTTPS = "https://clioscope.example.org"

ACCESS = """
url = "{url}"

[oidc]
issuer = "{issuer}"
client_id = "{client}"
{secret}
scopes = ["openid", "profile", "email", "groups"]
name = "the tests' provider"

[roles]
groups = {{ all = "viewer", analysts = "analyst", auditors = "auditor", admins = ["admin"] }}

[[runs]]
names = ["hostile"]
groups = {{ hostile-team = "analyst" }}

[[runs]]
names = ["half", "users-*"]
default = "viewer"
"""


@pytest.fixture(scope="session")
def ports() -> list[int]:
    """Where explorers may be, so that the provider knows them."""
    return free_ports(3)


@pytest.fixture(scope="session")
def oidc(ports: list[int]) -> Iterator[TestProvider]:
    """The provider."""
    with provider([HTTPS, *(f"http://127.0.0.1:{port}" for port in ports)]) as found:
        yield found


Team = Callable[..., Served]


@pytest.fixture
def team(runs: Path, oidc: TestProvider, ports: list[int], tmp_path: Path, monkeypatch: Any) -> Iterator[Team]:
    """Start explorers that people sign in to."""
    monkeypatch.setenv("TEAM_SECRET", SECRET)
    number = 0

    def start(
        url: str | None = None,
        change: Callable[[str], str] = str,
        issuer: str = "",
        client: str = CLIENT,
        **others: Any,
    ) -> Served:
        nonlocal number
        port = ports[number]
        number += 1
        secret = 'client_secret_env = "TEAM_SECRET"' if client == CLIENT else ""
        text = ACCESS.format(
            url=url or f"http://127.0.0.1:{port}", issuer=issuer or oidc.issuer, client=client, secret=secret
        )
        file = tmp_path / f"access-{number}.toml"
        file.write_text(change(text))
        store = others.pop("store", str(tmp_path / "store.sqlite"))
        settings = settings_for_team(runs, read_access(file), store=store, **others)
        return stack.enter_context(served(settings, port))

    with ExitStack() as stack:
        yield start


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close the browsers of a test."""
    yield
    while Visitor.open:
        Visitor.open.pop().close()


@pytest.fixture
def explorer(team: Team) -> Served:
    """One that people sign in to."""
    return team()


@pytest.fixture
def visitor(explorer: Served) -> Visitor:
    """Somebody's browser."""
    return Visitor(explorer.address)
