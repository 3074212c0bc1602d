"""The audit log: what is written down, and that nobody changes it unnoticed."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from clioscope.explorer.access import ROLES, Grants, Person, Role, may
from clioscope.explorer.exporting import PREAMBLE
from clioscope.explorer.noticing import Noticing
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.store import open_store
from clioscope.explorer.store.audit_log import verify
from clioscope.explorer.store.tables import thresholds_seen
from tests.conftest import Cli
from tests.explorer.atlases import recorded, tell
from tests.explorer.conftest import Serve
from tests.explorer.databases import execute

SQLITE_GUARDS = ("DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete")
POSTGRESQL_GUARDS = ("DROP TRIGGER audit_log_is_added_to ON audit_log",)

ADDED = """INSERT INTO audit_log
SELECT 10, time, person, role, action, about, detail, hash, 'f' FROM audit_log WHERE line = 9"""

REWRITE = """
import sys
from sqlalchemy import select, update
from clioscope.explorer.store import open_store
from clioscope.explorer.store.audit_log import _hash
from clioscope.explorer.store.tables import audit_head, audit_log
store = open_store(sys.argv[1])
with store.adding() as connection:
    previous = ""
    for row in connection.execute(select(audit_log).order_by(audit_log.c.line)).mappings().all():
        values = dict(row) | {"previous": previous}
        if values["line"] == 4:
            values["person"] = "somebody else"
        values["hash"] = previous = _hash(values)
        connection.execute(update(audit_log).where(audit_log.c.line == values["line"]).values(values))
    connection.execute(update(audit_head).values(hash=previous))
"""


def write(where: str, lines: int = 9) -> str:
    """A log of so many lines. Its last hash."""
    store = open_store(where)
    for number in range(lines):
        store.audit_log.add("ana", "admin", "reveal", "a run", reason=f"reason {number}", page=number)
    found = verify(store)
    store.close()
    assert (found.lines, found.broken) == (lines, None)
    return found.hash


def unguarded(where: str, *statements: str) -> None:
    """Do what somebody does who owns the database."""
    execute(where, *(POSTGRESQL_GUARDS if "://" in where else SQLITE_GUARDS), *statements)


def test_a_log_that_nobody_changed_is_as_it_was_written(where: str, cli: Cli) -> None:
    last = write(where)
    assert f"9 lines, all as they were written. Hash of the last: {last}" in cli("audit-log", "verify", where).stdout
    told = json.loads(cli("audit-log", "verify", where, "--json", "--known", last).stdout)
    assert told == {"lines": 9, "hash": last, "broken": None, "why": ""}


@pytest.mark.parametrize(
    ("statement", "line", "why"),
    [
        ("UPDATE audit_log SET person = 'bob' WHERE line = 4", 4, "says something else"),
        ("UPDATE audit_log SET time = '2020-01-01T00:00:00' WHERE line = 1", 1, "says something else"),
        ("UPDATE audit_log SET detail = '{}' WHERE line = 9", 9, "says something else"),
        ("UPDATE audit_log SET hash = 'f' WHERE line = 6", 6, "says something else"),
        ("UPDATE audit_log SET previous = 'f' WHERE line = 6", 6, "does not follow"),
        ("DELETE FROM audit_log WHERE line = 5", 5, "is missing"),
        ("DELETE FROM audit_log WHERE line = 1", 1, "is missing"),
        ("DELETE FROM audit_log WHERE line > 7", 8, "ends after line 7"),
        ("DELETE FROM audit_log", 1, "ends after line 0"),
        ("UPDATE audit_log SET line = 100 WHERE line = 3", 3, "is missing"),
        (ADDED, 10, "says something else"),
    ],
)
def test_the_first_line_that_was_changed_is_named(statement: str, line: int, why: str, where: str) -> None:
    write(where)
    unguarded(where, statement)
    store = open_store(where)
    found = verify(store)
    store.close()
    assert (found.broken, found.lines) == (line, line - 1)
    assert why in found.why


def test_the_command_names_the_first_line_that_was_changed(where: str, cli: Cli) -> None:
    write(where)
    unguarded(where, "UPDATE audit_log SET person = 'bob' WHERE line = 4")
    said = cli("audit-log", "verify", where, code=1).stdout
    assert "Line 4 is not as it was written" in said
    assert "says something else" in said


def test_lines_that_go_missing_with_the_note_of_them_are_found_by_who_kept_a_hash(where: str, cli: Cli) -> None:
    last = write(where)
    unguarded(
        where,
        "DELETE FROM audit_log WHERE line > 7",
        "UPDATE audit_head SET line = 7, hash = (SELECT hash FROM audit_log WHERE line = 7)",
    )
    assert "7 lines, all as they were written" in cli("audit-log", "verify", where).stdout
    assert "no line has the hash" in cli("audit-log", "verify", where, "--known", last, code=1).stdout


def test_a_log_that_was_written_anew_is_found_by_who_kept_a_hash(where: str, cli: Cli) -> None:
    last = write(where)
    unguarded(where)
    subprocess.run([sys.executable, "-c", REWRITE, where], check=True)
    assert "all as they were written" in cli("audit-log", "verify", where).stdout
    assert "no line has the hash" in cli("audit-log", "verify", where, "--known", last, code=1).stdout


@pytest.mark.parametrize("what", ["UPDATE audit_log SET person = 'bob'", "DELETE FROM audit_log"])
def test_the_database_itself_refuses_changes_by_mistake(what: str, where: str) -> None:
    write(where, 2)
    with pytest.raises(SQLAlchemyError, match="only ever added to"):
        execute(where, what)
    store = open_store(where)
    assert verify(store).lines == 2
    store.close()


def test_many_who_write_at_once_make_one_chain(where: str) -> None:
    """Two servers over one store, each with several threads."""
    stores = [open_store(where), open_store(where)]

    def add(number: int) -> None:
        for _ in range(10):
            stores[number % 2].audit_log.add(f"person {number}", "viewer", "export", "a run")

    threads = [threading.Thread(target=add, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verify(stores[0])
    assert (found.lines, found.broken) == (80, None)
    for store in stores:
        store.close()


def test_a_log_that_grows_while_it_is_gone_through_is_not_broken(where: str) -> None:
    store, other, done = open_store(where), open_store(where), threading.Event()

    def add() -> None:
        while not done.is_set():
            other.audit_log.add("ana", "viewer", "export", "a run")

    thread = threading.Thread(target=add)
    thread.start()
    try:
        found = [verify(store)]
        while found[-1].lines < 50:
            found.append(verify(store))
    finally:
        done.set()
        thread.join()
    assert {one.broken for one in found} == {None}
    for one in (store, other):
        one.close()


def test_no_store_is_a_sentence(tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "runs").mkdir()
    assert "There is no store" in cli("audit-log", "verify", code=1).stderr
    (tmp_path / "other.sqlite").write_bytes(b"not a database at all" * 100)
    assert "cannot be used" in cli("audit-log", "verify", "other.sqlite", code=1).stderr


def test_signing_in_and_taking_along_are_written_down(serve: Serve, tmp_path: Path) -> None:
    server = serve(store=str(tmp_path / "store.sqlite"))
    httpx.get(f"{server.address}/login", params={"token": server.settings.links.new()})
    with server.client("analyst") as client:
        assert client.get("/api/atlases/names/export", params={"what": "clusters"}).status_code == 200
    with server.client("auditor") as auditor:
        lines = auditor.get("/api/audit-log").json()["lines"]
        assert auditor.get("/api/audit-log/verify").json()["lines"] == len(lines) == 2
        assert auditor.get("/api/audit-log", params={"most": 1, "before": 2}).json()["lines"] == lines[1:]
    assert [(line["action"], line["person"], line["about"]) for line in lines] == [
        ("export", "a analyst", "names"),
        ("sign-in", "the owner of this machine's session", ""),
    ]
    assert lines[0]["detail"]["query"] == "what=clusters"
    assert len(lines[0]["detail"]["digest"]) == 64


def test_a_release_that_stands_on_other_thresholds_is_written_down_once(serve: Serve, tmp_path: Path) -> None:
    runs, store = tmp_path / "runs", str(tmp_path / "store.sqlite")
    atlas = recorded("names", runs / "one" / "atlas")
    with serve(runs, store=store).client() as client:
        assert client.get("/api/atlases/one").status_code == 200
        assert client.get("/api/audit-log").json()["lines"] == []
        tell(atlas, "privacy", min_users=5, clusters_without_a_safe_name=3)
        tell(atlas, "atlas", seed=1)
    with serve(runs, store=store).client() as client:
        for _ in range(2):
            assert client.get("/api/atlases/one/clusters").status_code == 200
        (line,) = client.get("/api/audit-log").json()["lines"]
    assert line["action"] == "threshold change"
    assert line["detail"]["before"] == {"min_users": 10}
    assert line["detail"]["now"] == {"min_users": 5}


@pytest.mark.parametrize(
    ("name", "before", "now"),
    [
        ("users_known", True, False),
        ("levels_audited_apart", False, True),
        ("titles_audited", True, False),
        ("titles_audited_locally", True, None),
        ("for_publishing", True, False),
    ],
)
def test_a_release_that_promises_otherwise_is_noticed_too(
    name: str, before: object, now: object, tmp_path: Path
) -> None:
    atlas = recorded("names", tmp_path / "one" / "atlas")
    store = open_store(tmp_path / "store.sqlite")
    for value in (before, now):
        tell(atlas, "privacy", **{name: value})
        Noticing(store).notice(OpenAtlas.read("one", "one", tmp_path / "one", atlas))
    (line,) = store.audit_log.last(9)
    store.close()
    assert line.action == "threshold change"
    told = json.loads(line.detail)
    assert (told["before"], told["now"]) == ({name: before}, {name: now})


def test_what_an_older_version_did_not_look_at_has_not_changed(tmp_path: Path) -> None:
    opened = OpenAtlas.read("one", "one", tmp_path, recorded("names", tmp_path / "one"))
    store = open_store(tmp_path / "store.sqlite")
    row = {"run": "one", "facet": opened.subject.facet, "thresholds": json.dumps({"profile": "default"})}
    with store.adding() as connection:
        connection.execute(insert(thresholds_seen).values(row))
    Noticing(store).notice(opened)
    with store.reading() as connection:
        (seen,) = connection.execute(select(thresholds_seen.c.thresholds)).scalars()
    assert (store.audit_log.last(9), json.loads(seen)["for_publishing"]) == ([], True)
    store.close()


def taken(client: httpx.Client, format: str, **query: str) -> list[dict[str, str]]:
    """The rows of the log as a file."""
    answer = client.get("/api/audit-log/export", params={"format": format, **query})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="audit-log.{format}"'
    if format == "json":
        assert set(answer.json()["provenance"]) == {"clioscope", "list", "query", "lines_of", "made"}
        return list(answer.json()["rows"])
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert [line[0][:2] for line in lines[:PREAMBLE]] == ["# "] * PREAMBLE
    return [dict(zip(lines[PREAMBLE], line, strict=True)) for line in lines[PREAMBLE + 1 :]]


def test_the_log_is_taken_along_as_a_file_that_can_be_gone_through(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clioscope.explorer.routes.audit_log._AT_ONCE", 4)
    store = str(tmp_path / "store.sqlite")
    last = write(store)
    with serve(store=store).client("auditor") as client:
        rows = taken(client, "json")
        assert [row["line"] for row in rows] == list(range(9, 0, -1))
        assert (rows[0]["hash"], rows[-1]["previous"]) == (last, "")
        assert all(one["previous"] == other["hash"] for one, other in pairwise(rows))
        told = taken(client, "csv", of="ana", action="reveal")
        assert [(row["line"], row["detail"]) for row in told] == [(str(row["line"]), row["detail"]) for row in rows]
        lines = client.get("/api/audit-log", params={"action": "export"}).json()["lines"]
    assert [line["detail"]["format"] for line in lines] == ["csv", "json"], "each is written down"
    assert {(line["person"], line["detail"]["what"]) for line in lines} == {("a auditor", "audit-log")}


@pytest.mark.parametrize("role", ROLES)
def test_the_log_is_taken_along_by_those_who_may_read_it(role: Role, serve: Serve, tmp_path: Path) -> None:
    with serve(store=str(tmp_path / "store.sqlite")).client(role) as client:
        status = client.get("/api/audit-log/export").status_code
    assert status == (200 if may(role, "read_audit_log") else 403)


def test_who_audits_one_run_takes_along_the_lines_about_it_without_hashes(serve: Serve, tmp_path: Path) -> None:
    server = serve(store=str(tmp_path / "store.sqlite"))
    with server.client("analyst") as client:
        for run in ("names", "facets"):
            assert client.get(f"/api/atlases/{run}/export", params={"what": "clusters"}).status_code == 200
    with server.client(Person("ana", Grants(frozenset(), (("names", AUDITOR),)))) as client:
        (row,) = taken(client, "json")
    assert (row["about"], row["person"]) == ("names", "a analyst")
    assert not {"hash", "previous"} & row.keys()


AUDITOR: frozenset[Role] = frozenset({"auditor"})


@pytest.mark.parametrize(
    ("grants", "limit", "status"),
    [
        (Grants(AUDITOR), None, 200),
        (Grants(AUDITOR, (("half", AUDITOR),)), None, 200),
        (Grants(AUDITOR), Grants(AUDITOR), 200),
        (Grants(frozenset(), (("names", AUDITOR),)), None, 403),
        (Grants(AUDITOR, (("half", frozenset({"viewer"})),)), None, 403),
        (Grants(AUDITOR), Grants(frozenset(), (("names", AUDITOR),)), 403),
    ],
)
def test_how_long_the_whole_log_is_is_told_to_those_who_may_read_all_of_it(
    grants: Grants, limit: Grants | None, status: int, serve: Serve, tmp_path: Path
) -> None:
    store = str(tmp_path / "store.sqlite")
    last = write(store)
    with serve(store=store).client(Person("ana", grants, limit)) as client:
        answer = client.get("/api/audit-log/verify")
    assert answer.status_code == status
    assert (last in answer.text) is (status == 200)
    assert ("9" in answer.text) is (status == 200)
    assert status == 200 or "every run" in answer.json()["problem"]
