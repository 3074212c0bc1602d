"""Where what people do is kept."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select

from clioscope.errors import ClioscopeError, ConfigError, RunError
from clioscope.explorer.store import open_store, sqlite_beside, versions
from clioscope.explorer.store.opening import open_to_read
from clioscope.explorer.store.tables import audit_head, schema_version
from tests.explorer import databases
from tests.explorer.conftest import Serve
from tests.explorer.databases import execute, postgresql
from tests.explorer.serving import process


def test_a_store_is_made_with_its_schema_and_opened_again(where: str) -> None:
    for lines in (1, 2):
        store = open_store(where)
        store.audit_log.add("ana", "admin", "edit", "a run", what="ü\u0000\ud800")
        with store.reading() as connection:
            assert connection.execute(select(schema_version.c.version)).scalars().all() == [len(versions.STEPS)]
            assert connection.execute(select(audit_head.c.line)).scalar_one() == lines
        store.close()


def test_an_older_store_is_brought_up_to_date_once_with_what_is_in_it(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(where)
    store.audit_log.add("ana", "admin", "edit", "a run")
    store.close()

    def second(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE tokens (id INTEGER PRIMARY KEY)")

    monkeypatch.setattr(versions, "STEPS", (*versions.STEPS, second))
    for _ in range(2):
        store = open_store(where)
        with store.reading() as connection:
            assert connection.execute(select(schema_version.c.version)).scalars().all() == [len(versions.STEPS)]
            assert connection.exec_driver_sql("SELECT count(*) FROM tokens").scalar_one() == 0
        assert len(store.audit_log.last(10)) == 1
        store.close()


def test_a_step_that_fails_leaves_the_store_as_it_was(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_store(where).close()

    def broken(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE tokens (id INTEGER PRIMARY KEY)")
        raise OSError("the power is gone")

    monkeypatch.setattr(versions, "STEPS", (*versions.STEPS, broken))
    with pytest.raises(OSError, match="power"):
        open_store(where)
    monkeypatch.undo()
    store = open_store(where)
    assert not inspect(store.engine).has_table("tokens")
    store.close()


def test_a_store_of_a_newer_version_is_refused(where: str) -> None:
    open_store(where).close()
    execute(where, "UPDATE schema_version SET version = 99")
    with pytest.raises(RunError, match="was made by a newer Clioscope"):
        open_store(where)


def test_servers_that_begin_at_once_make_one_schema(where: str) -> None:
    failed: list[BaseException] = []

    def begin() -> None:
        try:
            open_store(where).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_the_file_and_its_folder_are_for_their_owner_alone(tmp_path: Path) -> None:
    store = open_store(sqlite_beside(tmp_path))
    store.audit_log.add("ana", "admin", "edit", "a run")
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        files = sorted((tmp_path / ".explorer").iterdir())
        assert [file.name for file in files] == ["store.sqlite", "store.sqlite-shm", "store.sqlite-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / ".explorer").stat().st_mode) == 0o700
    store.close()


def test_of_one_run_the_store_is_beside_it_as_of_the_folder_that_it_is_in(tmp_path: Path) -> None:
    (tmp_path / "run" / "vault").mkdir(parents=True)
    assert sqlite_beside(tmp_path / "run") == sqlite_beside(tmp_path) == tmp_path / ".explorer" / "store.sqlite"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://u:secret@h/n", "not in mysql"),
        ("postgresql://u:secret@h:port/n", "cannot be read"),
        ("sqlite://", "needs a file"),
        ("/nowhere/at/all/store.sqlite", "cannot be written"),
        ("postgresql://u:secret@127.0.0.1:1/n", "cannot be used"),
    ],
)
def test_what_is_no_store_is_refused_in_a_sentence_without_its_password(address: str, said: str) -> None:
    with pytest.raises(ClioscopeError, match=said) as error:
        open_store(address)
    assert "secret" not in str(error.value)
    assert isinstance(error.value, ConfigError | RunError)


def test_reading_a_store_makes_none_and_changes_none(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with pytest.raises(RunError, match="There is no store"):
        open_to_read(path)
    assert not path.exists()
    open_store(path).close()
    store = open_to_read(path)
    with pytest.raises(RunError, match="readonly"), store.adding() as connection:
        connection.exec_driver_sql("DELETE FROM audit_head")
    store.close()


def test_a_server_whose_store_cannot_be_opened_says_so_and_ends(runs: Path, tmp_path: Path) -> None:
    store = {"CLIOSCOPE_STORE": str(tmp_path / "no" / "store.sqlite")}
    with (
        pytest.raises(AssertionError, match=r"store\.sqlite cannot be written"),
        process("serve", runs, "--port", "0", folder=tmp_path, environment=store),
    ):
        pass


def test_what_is_in_one_store_is_not_in_another(serve: Serve, tmp_path: Path) -> None:
    first, second = (serve(store=str(tmp_path / f"{name}.sqlite")) for name in "ab")
    with first.client() as one, second.client() as other:
        edit = {"version": 0, "edit": {"kind": "hide", "cluster": "0-1"}}
        assert one.post("/api/atlases/names/edits", json=edit).status_code == 200
        assert one.get("/api/atlases/names/clusters").json()["edits"] == 1
        assert other.get("/api/atlases/names/clusters").json()["edits"] == 0


@pytest.mark.parametrize(("ci", "outcome"), [("1", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_machine_without_postgresql_fails_these_tests_where_all_must_run(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "programs", lambda: None)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt install postgresql"), postgresql():
        pass
