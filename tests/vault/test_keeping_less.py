"""A vault keeps no more, and no longer, than it was told to."""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import clioscope
from clioscope import Message
from clioscope.progress import Silent
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.processes import Servers
from tests.vault.helpers import everything_in, killed_at

SAID = "my grandmother's oboe is in Szczebrzeszyn"
ANSWERED = "Szczebrzeszyn is worth a visit for oboes"


class Told(Silent):
    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    items = conversations(400)
    items[7] = replace(
        items[7], id="conversation-seven", messages=(Message("user", SAID), Message("assistant", ANSWERED))
    )
    return write_jsonl(tmp_path_factory.mktemp("source") / "conversations.jsonl", items)


def set_back(run: Path, days: int) -> None:
    path = run / "vault" / "retention.json"
    rows = json.loads(path.read_text())
    earlier = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    path.write_text(json.dumps(rows | {"since": dict.fromkeys(("raw", "facets"), earlier)}))


def test_everything_is_there_unless_told_otherwise(finished: Path) -> None:
    assert SAID in everything_in(finished / "vault")
    assert "conversation-seven" in everything_in(finished / "vault")


def test_keep_facets_leaves_no_word_and_no_id(source: Path, run: Path) -> None:
    before, told = bytes_of(run / "atlas"), Told()
    clioscope.run(source, run, keep="facets", progress=told)
    left = everything_in(run / "vault")
    assert SAID not in left
    assert ANSWERED not in left
    assert "conversation-seven" not in left
    assert any(note.startswith("Removed: the raw conversations") for note in told.notes)
    assert bytes_of(run / "atlas") == before


def test_what_keep_facets_left_is_enough_to_find_all_done_and_to_cluster(source: Path, run: Path) -> None:
    clioscope.run(source, run, keep="facets")
    before, told = bytes_of(run / "atlas"), Told()
    clioscope.run(source, run, keep="facets", progress=told)
    assert told.notes == []
    clioscope.run(source, run, keep="facets", period="week", progress=told)
    assert any("were removed on" in note and "reading again" in note for note in told.notes)
    assert SAID not in everything_in(run / "vault")
    clioscope.run(source, run, progress=told)
    assert bytes_of(run / "atlas") == before


def test_keep_nothing_leaves_ledgers_alone(source: Path, run: Path) -> None:
    before, told = bytes_of(run / "atlas"), Told()
    clioscope.run(source, run, keep="nothing", progress=told)
    assert SAID not in everything_in(run / "vault")
    assert {path.name for path in (run / "vault").iterdir()} <= {"lock", "secret", "stages.json", "retention.json"}
    assert any(note.startswith("Removed: all that the vault held") for note in told.notes)
    again = Told()
    clioscope.run(source, run, keep="nothing", progress=again)
    assert bytes_of(run / "atlas") == before
    assert again.notes == []


def test_after_keep_nothing_a_change_is_read_again_and_said(source: Path, run: Path, tmp_path: Path) -> None:
    clioscope.run(source, run, keep="nothing")
    told = Told()
    clioscope.run(source, run, keep="nothing", clusters=5, progress=told)
    assert any("were removed on" in note and "reading again" in note for note in told.notes)
    clioscope.run(source, tmp_path / "fresh", clusters=5)
    assert bytes_of(run / "atlas") == bytes_of(tmp_path / "fresh" / "atlas")


def test_conversations_from_python_are_kept_no_longer(tmp_path: Path) -> None:
    items = conversations(300)
    clioscope.run(iter(items), tmp_path / "run", keep="facets")
    assert items[0].messages[0].content not in everything_in(tmp_path / "run" / "vault")
    again = clioscope.run(iter(items), tmp_path / "run", keep="facets", clusters=4)
    assert again.conversations > 0


def test_what_is_overdue_is_said_by_every_command_and_removed_by_purge(source: Path, run: Path, cli: Cli) -> None:
    cli("run", source, "--run", run, "--expire", "-q")
    assert "Overdue" not in cli("tree", run).stderr
    assert "Nothing is due yet" in cli("purge", run).stdout
    set_back(run, 31)
    for command in (["tree", run], ["show", run, "0-1"], ["search", run, "bread"], ["info", run], ["export", run]):
        told = cli(*command).stderr
        assert "Overdue: the raw conversations" in told, command
        assert "facets" not in told
    assert "Overdue: the raw conversations" in cli("run", source, "--run", run).stderr
    assert "Removed: the raw conversations" in cli("purge", run).stdout
    assert "Overdue" not in cli("tree", run).stderr
    set_back(run, 91)
    cli("purge", run)
    assert not list((run / "vault" / "facets").iterdir())


def test_limits_stay_where_a_later_command_does_not_say_them(source: Path, run: Path, cli: Cli) -> None:
    cli("run", source, "--run", run, "--expire-raw", "3", "-q")
    cli("run", source, "--run", run, "-q")
    set_back(run, 4)
    assert "Overdue" in cli("tree", run).stderr
    assert "expire" not in "".join(map(str, bytes_of(run / "atlas").values()))


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["raw", "facets", "all"])
def test_a_purge_killed_at_any_point_is_finished_by_the_next(
    kind: str, run: Path, tmp_path: Path, cli: Cli, servers: Servers
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(run, whole)
    cli("purge", whole, "--now", f"--{kind}")
    expected = set(bytes_of(whole / "vault"))
    for step in range(1, 60, 3):
        copy = tmp_path / f"killed-{step}"
        shutil.copytree(run, copy)
        if not killed_at(servers, step, copy, "purge", str(copy), "--now", f"--{kind}"):
            break
        if (copy / "vault" / "journal.json").exists():
            assert "cut short" in cli("tree", copy).stderr
            cli("purge", copy)
            assert set(bytes_of(copy / "vault")) == expected
            assert kind == "facets" or SAID not in everything_in(copy / "vault")
        shutil.rmtree(copy)
    assert step > 1


def test_only_the_owner_can_read_a_vault(source: Path, run: Path, cli: Cli) -> None:
    cli("export", run, "--conversations")
    cli("forget", run, "--user", "user-5")
    for path in (run / "vault", *(run / "vault").rglob("*")):
        mode = path.stat().st_mode & 0o777
        assert mode == (0o700 if path.is_dir() else 0o600), f"{path}: {mode:o}"


def test_beside_the_vault_nothing_says_how_many_exactly_or_what_was_read(tmp_path: Path, cli: Cli) -> None:
    run = tmp_path / "run"
    clioscope.run(conversations(417), run)
    read = json.loads(cli("info", run, "--json").stdout)["run"]["found"]["Reading"]
    assert read["conversations"] == 417
    beside = "\n".join(everything_in(path) for path in run.iterdir() if path.is_dir() and path.name != "vault")
    config = (run / "run.toml").read_text()
    assert tomllib.loads(config)["input"] == {"formats": ["Python"]}
    assert "417" not in config
    assert read["content"] not in config + beside
