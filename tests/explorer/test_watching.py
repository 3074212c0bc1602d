"""Whoever watches a run is sent nothing more once their session has ended, or their token was revoked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from clioscope.explorer.access import Person
from clioscope.explorer.place import private_place
from clioscope.explorer.runs.kept import Kept, Started
from clioscope.explorer.settings import Settings, settings_for_team
from clioscope.explorer.store import open_store
from clioscope.explorer.teams.sessions import StoredSessions, revoke_sessions_of
from clioscope.explorer.teams.tokens import Tokens
from tests.explorer.serving import NO_TLS, SECONDS, served
from tests.explorer.teams_access import ACCESS, signed_in

ADMIN = Person.with_role("ana", "admin")
Ending = tuple[Settings, dict[str, str], Callable[[], object]]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """An empty folder of runs."""
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@contextmanager
def under_way(runs: Path) -> Iterator[Kept]:
    """A run that lives, and tells what the test writes."""
    kept = Kept(private_place(runs) / "runs" / "first")
    with kept.life():
        kept.keep(Started("first", [], "chats.jsonl", {}, "ana", "2026-01-01T00:00:00+00:00"))
        kept.told(attempt=1, time="now")
        yield kept


def session(runs: Path, store: str) -> Ending:
    """The owner's own, who signs out."""
    settings = Settings(runs, store=store)
    cookie = settings.sessions.begin(ADMIN)
    return settings, {"Cookie": f"{settings.cookie}={cookie}"}, lambda: settings.sessions.end(cookie)


def session_of_a_team(runs: Path, store: str) -> Ending:
    """One that another server on the same store ends."""
    settings, opened = settings_for_team(runs, ACCESS, store=store), open_store(store)
    cookie = StoredSessions(opened, ACCESS).begin(signed_in("ana", "admins"), "")
    headers = {"Cookie": f"{settings.cookie}={cookie}", "Host": ACCESS.host}
    return settings, headers, lambda: revoke_sessions_of(opened, "ana@example.org", "somebody")


def token(runs: Path, store: str) -> Ending:
    """One that is revoked."""
    tokens = Tokens(open_store(store))
    made = tokens.make(ADMIN, "watching", "admin", None, 1)
    headers = {"Authorization": f"Bearer {made.secret}"}
    return Settings(runs, store=store), headers, lambda: tokens.revoke(made.token.id, ADMIN, own=True)


@pytest.mark.parametrize("entry", [session, session_of_a_team, token])
def test_a_stream_ends_soon_after_what_let_its_reader_in(
    entry: Callable[[Path, str], Ending], runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.explorer.runs.watching._SECONDS_BETWEEN_CHECKS", 0.5)
    settings, headers, end = entry(runs, str(tmp_path / "store.sqlite"))
    with under_way(runs) as kept, served(settings) as server:
        client = httpx.Client(base_url=server.address, headers=headers, timeout=SECONDS, verify=NO_TLS)
        with client, client.stream("GET", "/api/runs/first/progress") as answer:
            assert answer.status_code == 200
            lines = answer.iter_lines()
            assert any(line.startswith("data:") for line in lines), "it is sent what was told until now"
            end()
            ended = time.monotonic()
            time.sleep(1.2)
            kept.told(note="After the end.")
            rest = list(lines)
            assert time.monotonic() - ended < 10, "the run goes on, and its reader is not sent it"
        assert not any("After the end." in line for line in rest)
        with httpx.Client(base_url=server.address, headers=headers, timeout=SECONDS, verify=NO_TLS) as again:
            assert again.get("/api/runs/first/progress").status_code == 401


def test_a_stream_goes_on_while_its_session_does_and_does_not_make_it_last(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.explorer.runs.watching._SECONDS_BETWEEN_CHECKS", 0.2)
    settings, headers, _ = session(runs, str(tmp_path / "store.sqlite"))
    before = dict(settings.sessions._found)
    with under_way(runs) as kept, served(settings) as server:
        client = httpx.Client(base_url=server.address, headers=headers, timeout=SECONDS, verify=NO_TLS)
        with client, client.stream("GET", "/api/runs/first/progress") as answer:
            lines = answer.iter_lines()
            assert next(lines) == "retry: 1000"
            asked = dict(settings.sessions._found)
            time.sleep(1)
            kept.told(note="Still here.")
            assert any("Still here." in line for line in lines)
            assert dict(settings.sessions._found) == asked != before
