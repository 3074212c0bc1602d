"""``clioscope token`` and ``clioscope sessions``, on the server's machine."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2 as httpx
import pytest

from clioscope.explorer.store import open_store
from clioscope.explorer.teams.sessions import StoredSessions
from tests.conftest import Cli
from tests.explorer.conftest import Serve
from tests.explorer.teams_access import ACCESS, signed_in


@pytest.fixture
def store(tmp_path: Path) -> str:
    path = tmp_path / "store.sqlite"
    open_store(path).close()
    return str(path)


def test_a_token_is_made_listed_and_revoked_on_the_servers_machine(cli: Cli, store: str, serve: Serve) -> None:
    options = ("--role", "analyst", "--run", "nam*", "--days", "2", "--store", store)
    secret = cli("token", "new", "nightly export", *options).stdout.strip()
    assert len(secret) == len("clioscope_") + 43
    server = serve(store=store)
    headers = {"Authorization": f"Bearer {secret}"}
    found = httpx.get(f"{server.address}/api/atlases", headers=headers)
    assert {entry["run"] for entry in found.json()} == {"names"}
    (listed,) = json.loads(cli("token", "list", "--store", store, "--json").stdout)
    assert (listed["label"], listed["role"], listed["runs"], listed["revoked"]) == (
        "nightly export",
        "analyst",
        ["nam*"],
        None,
    )
    assert secret not in json.dumps(listed)
    assert "nightly export" in cli("token", "list", "--store", store).stdout
    cli("token", "revoke", listed["id"], "--store", store)
    assert httpx.get(f"{server.address}/api/atlases", headers=headers).status_code == 401
    assert "no token" in cli("token", "revoke", listed["id"], "--store", store, code=1).stderr
    assert "There is no role king" in cli("token", "new", "x", "--role", "king", "--store", store, code=1).stderr


def test_a_store_that_is_not_there_is_not_made(cli: Cli, tmp_path: Path) -> None:
    missing = tmp_path / "none.sqlite"
    said = cli("token", "new", "x", "--role", "viewer", "--store", missing, code=1).stderr
    assert "There is no store" in said
    assert not missing.exists()


def test_sessions_are_listed_and_ended_on_the_servers_machine(cli: Cli, store: str) -> None:
    opened = open_store(store)
    held = StoredSessions(opened, ACCESS)
    ana, ben = held.begin(signed_in("ana", "all"), ""), held.begin(signed_in("ben", "all"), "")
    listed = json.loads(cli("sessions", "list", "--store", store, "--json").stdout)
    assert {session["user"] for session in listed} == {"ana@example.org", "ben@example.org"}
    assert "ana@example.org" in cli("sessions", "list", "--store", store).stdout
    hers = next(session["id"] for session in listed if session["user"].startswith("ana"))
    cli("sessions", "revoke", hers, "--store", store)
    assert held.find(ana) is None
    assert held.find(ben) is not None
    said = cli("sessions", "revoke", "--person", "ben@example.org", "--store", store).stdout
    assert "1 sessions and 0 tokens of ben@example.org" in said
    assert held.find(ben) is None
    assert "no session" in cli("sessions", "revoke", hers, "--store", store, code=1).stderr
    opened.close()
