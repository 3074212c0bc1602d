"""Down to conversations: off unless allowed, for one role, with a reason, written down first, and redacted at first."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

import clioscope
from clioscope import Message
from clioscope.explorer.access import ROLES
from clioscope.explorer.door import PAGE, Door
from clioscope.explorer.settings import Settings
from clioscope.explorer.store import open_store, sqlite_beside
from clioscope.vault import RunFolder
from clioscope.vault.files import read_array
from tests.conftest import Cli, conversations, write_jsonl
from tests.explorer.conftest import Serve
from tests.explorer.databases import execute
from tests.explorer.serving import Served, process, served

REASON = "Complaints about leaked order numbers"
SECRETS = ("ana.lopez@example.org", "+44 20 7946 0958", "B-12345678")


@pytest.fixture(scope="module")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that allows it and one that does not. Must not be changed."""
    folder = tmp_path_factory.mktemp("door") / "runs"
    said = ", ".join(SECRETS)
    items = [
        replace(one, messages=(Message("user", f"{one.messages[0].content} {said}", one.time), one.messages[1]))
        for one in conversations(400)
    ]
    options: dict[str, Any] = {"clusters": 6, "redact_patterns": {"ORDER": "B-[0-9]{8}"}}
    clioscope.run(items, folder / "open", drill_down=True, **options)
    shutil.copytree(folder / "open", folder / "closed")
    text = (folder / "closed" / "run.toml").read_text()
    (folder / "closed" / "run.toml").write_text(text.replace("drill_down = true", "drill_down = false"))
    return folder


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(made_folder, tmp_path / "runs")
    return tmp_path / "runs"


@pytest.fixture
def server(folder: Path) -> Iterator[Served]:
    with served(Settings(folder)) as found:
        yield found


@pytest.fixture(scope="module")
def refusing(made_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Path]]:
    """An investigator to whom nothing is ever shown, and the folder that is served."""
    folder = tmp_path_factory.mktemp("refusing") / "runs"
    shutil.copytree(made_folder, folder)
    with served(Settings(folder)) as server, server.client("investigator") as found:
        yield found, folder


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with server.client("investigator") as found:
        yield found


def ask(client: httpx.Client, run: str = "open", what: str = "", **said: object) -> httpx.Response:
    body = {"cluster": "0-0", "reason": REASON, **said}
    return client.post(f"/api/atlases/{run}/conversations{what}", json=body)


def audit(folder: Path) -> list[dict[str, Any]]:
    """The lines of the audit log beside the runs, newest first."""
    store = open_store(sqlite_beside(folder))
    try:
        return [line._asdict() | {"detail": json.loads(line.detail)} for line in store.audit_log.last(100)]
    finally:
        store.close()


def test_conversations_are_redacted_and_the_look_is_written_down(client: httpx.Client, folder: Path) -> None:
    assert client.get("/api/atlases/open/conversations").json() == {"allowed": True}
    answer = ask(client)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert len(found["conversations"]) == PAGE
    assert not any(secret in answer.text for secret in SECRETS)
    first = found["conversations"][0]
    assert re.fullmatch(r"2026-0[678]", first["time"]), "no more than the month"
    assert [message["role"] for message in first["messages"]] == ["user", "assistant"]
    assert all(kind in first["messages"][0]["text"] for kind in ("[EMAIL]", "[PHONE]", "[ORDER]"))
    assert "user-" not in answer.text
    (line,) = audit(folder)
    assert line["line"] == found["logged"]
    assert (line["action"], line["person"], line["role"]) == ("reveal", "a investigator", "investigator")
    assert (line["about"], line["detail"]["reason"], line["detail"]["what"]) == ("open", REASON, "redacted")
    assert (line["detail"]["cluster"], line["detail"]["page"]) == ("0-0", 0)


def test_what_was_said_is_shown_on_a_second_request_with_a_line_of_its_own(client: httpx.Client, folder: Path) -> None:
    key = ask(client).json()["conversations"][3]["key"]
    raw = ask(client, what="/raw", conversation=key)
    assert raw.status_code == 200, raw.text
    assert all(secret in raw.json()["conversation"]["messages"][0]["text"] for secret in SECRETS)
    assert re.fullmatch(r"2026-0[678]-\d\dT.*", raw.json()["conversation"]["time"])
    raw_line, redacted_line = audit(folder)
    assert (raw_line["detail"]["what"], raw_line["detail"]["conversation"]) == ("raw", key)
    assert raw_line["line"] == raw.json()["logged"] == redacted_line["line"] + 1
    other = ask(client, what="/raw", conversation="0" * 32)
    assert (other.status_code, "no such conversation" in other.json()["problem"]) == (409, True)
    assert ask(client, what="/raw", conversation=key, page=1).status_code == 409, "it is on another page"


def test_page_by_page_it_is_all_that_is_in_the_cluster_and_nothing_else(client: httpx.Client, folder: Path) -> None:
    run = RunFolder.existing(folder / "open")
    labels = read_array(run.hierarchy("request", main=True).assignments / "level_0.npy")
    for cluster in ("0-0", "0-3"):
        keys: list[str] = []
        page, more = 0, True
        while more:
            found = ask(client, cluster=cluster, page=page).json()
            assert len(found["conversations"]) == PAGE or not found["more"]
            keys += [one["key"] for one in found["conversations"]]
            page, more = page + 1, found["more"]
        assert len(keys) == len(set(keys)) == int((labels == int(cluster[2:])).sum())
        assert ask(client, cluster=cluster, page=page).json()["conversations"] == []
    assert len(audit(folder)) > 4, "each page is a look of its own"


def test_a_run_that_does_not_allow_it_shows_nothing_whoever_asks(server: Served, folder: Path) -> None:
    for role in ("investigator", "admin"):
        with server.client(role) as client:
            assert client.get("/api/atlases/closed/conversations").json() == {"allowed": False}
            answer = ask(client, run="closed")
            assert (answer.status_code, "--drill-down" in answer.json()["problem"]) == (403, True)
            assert ask(client, run="closed", what="/raw", conversation="0" * 32).status_code == 403


def test_only_the_role_for_it_may_look(server: Served, folder: Path) -> None:
    for role in ROLES:
        with server.client(role) as client:
            expected = 200 if role in ("investigator", "admin") else 403
            assert ask(client).status_code == expected, role
            assert ask(client, what="/raw", conversation="0" * 32).status_code == (409 if expected == 200 else 403)
    assert {line["role"] for line in audit(folder)} == {"investigator", "admin"}


@pytest.mark.parametrize("reason", ["", "x", "because", "why why why", "... !!! ???", "a b c", "x" * 600, None, 5])
def test_without_a_reason_nothing_is_shown(reason: object, refusing: tuple[httpx.Client, Path]) -> None:
    client, folder = refusing
    answer = ask(client, reason=reason)
    assert answer.status_code == 422
    assert answer.json()["problem"].startswith("reason: ")
    assert audit(folder) == []


@pytest.mark.parametrize("reason", ["调查订单号泄露", "жалобы на утечку номеров", "注文番号の漏えいを調べる"])
def test_a_reason_may_be_in_any_script(reason: str, client: httpx.Client) -> None:
    assert ask(client, reason=reason).status_code == 200


def test_nothing_is_read_where_it_cannot_be_written_down(
    client: httpx.Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = str(folder / ".explorer" / "store.sqlite")
    client.get("/api/atlases/open")
    execute(store, "CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(FAIL, 'disk full'); END")
    monkeypatch.setattr(Door, "_opened", lambda door: pytest.fail("the door was opened"))
    answer = ask(client)
    assert answer.status_code == 409
    assert "takes no lines" in answer.json()["problem"]


def test_the_line_is_there_before_anything_is_read(client: httpx.Client, folder: Path) -> None:
    for path in (folder / "open" / "vault" / "conversations").glob("*.parquet"):
        path.write_bytes(b"damaged")
    assert ask(client).status_code >= 400
    (line,) = audit(folder)
    assert line["action"] == "reveal"


@pytest.mark.parametrize("cluster", ["0-999", "9-0", "../0", "0-0/..", "all", ""])
def test_a_cluster_that_is_not_there_is_refused(cluster: str, refusing: tuple[httpx.Client, Path]) -> None:
    client, folder = refusing
    assert ask(client, cluster=cluster).status_code in (404, 422)
    assert audit(folder) == []


@pytest.mark.parametrize("option", ["--raw", "--facets"])
def test_what_was_removed_is_not_shown(option: str, client: httpx.Client, folder: Path, cli: Cli) -> None:
    cli("purge", folder / "open", option, "--now")
    answer = ask(client)
    assert answer.status_code == 409
    assert "were removed on" in answer.json()["problem"]


def test_keeping_nothing_and_showing_it_contradict_each_other(tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", conversations(50))
    said = cli("run", "chats.jsonl", "--drill-down", "--keep", "nothing", code=1).stderr
    assert "--drill-down shows conversations, and --keep nothing keeps none" in said


def test_allowing_it_later_makes_nothing_again_and_changes_no_byte(tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", conversations(300))
    first = json.loads(cli("run", "chats.jsonl", "--clusters", "5", "--json").stdout)
    before = {path.name: path.read_bytes() for path in (tmp_path / "runs/chats/atlas").iterdir()}
    second = json.loads(cli("run", "chats.jsonl", "--clusters", "5", "--drill-down", "--json").stdout)
    assert set(second["reused"]) == set(first["seconds"])
    assert before == {path.name: path.read_bytes() for path in (tmp_path / "runs/chats/atlas").iterdir()}
    assert "drill_down = true" in (tmp_path / "runs/chats/run.toml").read_text()


def test_a_vault_of_another_release_is_not_shown_under_this_atlas(client: httpx.Client, folder: Path) -> None:
    about = folder / "open" / "atlas" / "atlas.json"
    about.write_text(about.read_text() + "\n")
    answer = ask(client)
    assert (answer.status_code, "no longer that of this atlas" in answer.json()["problem"]) == (409, True)


def test_an_atlas_that_was_taken_elsewhere_has_no_door(folder: Path, serve: Serve) -> None:
    shutil.copytree(folder / "open" / "atlas", folder / "elsewhere")
    with serve(folder).client("investigator") as client:
        assert client.get("/api/atlases/elsewhere/conversations").json() == {"allowed": False}
        assert ask(client, run="elsewhere").status_code == 403


def test_an_encrypted_vault_needs_its_key_in_the_servers_environment(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_jsonl(tmp_path / "chats.jsonl", conversations(300))
    key = cli("key", "new").stdout.strip()
    monkeypatch.setenv("CLIOSCOPE_KEY", key)
    cli("run", "chats.jsonl", "--clusters", "5", "--drill-down", "--encrypt", "-q")
    arguments = ("serve", "--port", "0")
    with process(*arguments, folder=tmp_path) as server, server.signed_in() as client:
        assert len(ask(client, run="chats").json()["conversations"]) == PAGE
    monkeypatch.delenv("CLIOSCOPE_KEY")
    with process(*arguments, folder=tmp_path) as server, server.signed_in() as client:
        answer = ask(client, run="chats")
    assert answer.status_code == 409
    assert "key" in answer.json()["problem"]
