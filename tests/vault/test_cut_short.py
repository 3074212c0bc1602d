"""What was begun is finished by whatever opens the run next, and its owner is told of it until then."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import clioscope
from clioscope.errors import RunError
from clioscope.pipeline import forgetting, publishing, withdrawing
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.publications import Publications, Record
from tests.conftest import Cli, bytes_of, write_jsonl
from tests.vault.test_forgetting import SAYINGS, USER, items, left_of_the_user


class Killed(BaseException):
    """As if the process had ended there."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("source") / "conversations.jsonl", items())


@pytest.fixture(scope="module")
def published_once(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that published number 1. Must not be changed."""
    from clioscope.embeddings import MiniLMEmbedder
    from clioscope.progress import Silent

    run = Path(shutil.copytree(finished, tmp_path_factory.mktemp("published") / "run"))
    folder = RunFolder.existing(run)
    with run_lock(folder.vault), publishing.prepared(folder, MiniLMEmbedder(), Silent()) as ready:
        publishing.publish(folder, ready)
    return run


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published_once, tmp_path / "run"))


def begin_to_forget(run: Path, user: str = USER) -> None:
    """Forget a user as the command does, as far as it comes."""
    folder = RunFolder.existing(run)
    with pytest.raises(Killed), run_lock(folder.vault):
        forgetting.forget(folder, user)


@pytest.mark.parametrize("at", ["Forgotten", "plan", "marks_of", "answers_about"])
def test_forgetting_that_hardly_began_is_finished_by_the_next_run(
    at: str, source: Path, run: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, at, killed)
    begin_to_forget(run)
    assert len(left_of_the_user(run)) > 4
    done = cli("run", source, "--run", run)
    told = " ".join(done.stderr.split())
    assert "Forgetting a user was cut short. It is finished now." in told
    assert "of this user: none is left." in told
    assert left_of_the_user(run) == []
    assert json.loads((run / "atlas" / "atlas.json").read_text())["conversations"] == 400  # 398, rounded to 5
    assert not (run / "vault" / "journal.json").exists()


def test_what_is_open_is_told_and_nothing_is_exported_meanwhile(
    run: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "plan", killed)
    begin_to_forget(run)
    for command in (("tree", run), ("info", run), ("info", run / "atlas")):
        assert "Deleting was cut short. `clioscope purge" in " ".join(cli(*command).stderr.split()), command
    assert "Deleting was cut short" in json.loads(cli("info", run, "--json").stdout)["deleting"]
    assert "Being deleted" in cli("info", run).stdout
    assert "Nothing was written" in cli("export", run, "-o", tmp_path / "out", code=1).stderr
    assert "Nothing was written" in cli("report", run, "-o", tmp_path / "out.html", code=1).stderr
    assert not list(tmp_path.glob("out*"))
    told = cli("publish", run, "--yes", code=None)
    assert "Forgetting a user was cut short. It is finished now." in told.stdout
    assert left_of_the_user(run) == []


def test_the_same_command_goes_on_where_it_stopped(run: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "_note_atlas", killed)
    begin_to_forget(run)
    told = cli("forget", run, "--user", USER).stdout
    assert "It goes on where it stopped." in told
    assert "Deleted: 2 conversations, 2 facets, 2 vectors" in told
    assert "The atlas is made again without this user." in told
    assert left_of_the_user(run) == []


def test_one_who_is_forgotten_meanwhile_does_not_take_the_place_of_the_other(
    run: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "plan", killed)
    begin_to_forget(run)
    with pytest.raises(RunError, match="was cut short"):
        forgetting.forget(RunFolder.existing(run), "user-5")
    told = cli("forget", run, "--user", "user-5").stdout
    assert told.count("Deleted: ") == 2
    assert left_of_the_user(run) == []


def test_a_damaged_list_of_the_forgotten_begins_nothing(run: Path, cli: Cli) -> None:
    (run / "vault" / "forgotten.json").write_text("{")
    assert "cannot be read" in cli("forget", run, "--user", USER, code=1).stderr
    assert not (run / "vault" / "journal.json").exists()


def test_an_encrypted_journal_shows_nobody(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clioscope.vault.master_key import new_key

    monkeypatch.setenv("CLIOSCOPE_KEY", new_key())
    clioscope.run(source, tmp_path / "run", encrypt=True)
    for at in ("plan", "erase_from_files"):
        with monkeypatch.context() as patch:
            patch.setattr(forgetting, at, killed)
            begin_to_forget(tmp_path / "run")
        content = (tmp_path / "run" / "vault" / "journal.json").read_bytes()
        assert not any(mark.encode() in content for mark in (USER, "conversation-of-ulrike", *SAYINGS)), at


def test_purging_everything_leaves_no_journal_that_names_the_user(
    run: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "erase_from_files", killed)
    begin_to_forget(run)
    assert USER in (run / "vault" / "journal.json").read_text()
    told = cli("purge", run, "--now", "--all").stdout
    assert "Forgetting a user was cut short. It is finished now." in told
    assert left_of_the_user(run) == []


@pytest.mark.parametrize(
    ("where", "at"),
    [
        (Record, "erase"),
        (Publications, "counted"),
        (forgetting, "withdraw_exports"),
        (forgetting, "_note_atlas"),
        (forgetting, "files_with"),
    ],
)
@pytest.mark.parametrize("command", ["purge", "forget"])
def test_copies_to_take_down_are_named_until_forgetting_is_finished(
    where: object, at: str, command: str, published: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = tmp_path / "handed-out"
    cli("publish", published, "--to", handed)
    cli("export", published)
    monkeypatch.setattr(where, at, killed)
    begin_to_forget(published)
    begin_to_forget(published)
    told = cli(command, published, *(("--user", USER) if command == "forget" else ())).stdout
    assert f"Publication 1 counted this user and is withdrawn. Take down {handed}, and every other copy." in told
    assert f"The export in {published / 'exports'} counted this user and is removed." in told
    assert not list((published / "publications").iterdir())
    assert not (published / "exports").exists()
    assert Publications(published / "vault").erased_since == 1


def test_a_file_that_cannot_be_searched_holds_up_no_later_command(
    source: Path, run: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object, **__: object) -> None:
        raise RunError("a table cannot be read")

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "files_with", damaged)
        with pytest.raises(RunError, match="a table"), run_lock(run / "vault"):
            forgetting.forget(RunFolder.existing(run), USER)
    assert "cut short" not in cli("run", source, "--run", run).stderr
    assert left_of_the_user(run) == []


def test_withdrawing_that_was_cut_short_deletes_what_is_left(
    published: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(withdrawing.shutil, "rmtree", killed)
    with pytest.raises(Killed):
        withdrawing.withdraw(RunFolder.existing(published), 1)
    monkeypatch.undo()
    copy = published / "publications" / "1"
    assert copy.exists()
    told = cli("publish", published, "--withdraw", "1").stdout
    assert "Publication 1 is withdrawn already. What was left of its copy here is deleted now." in told
    assert not copy.exists()
    assert "What was left" not in cli("publish", published, "--withdraw", "1").stdout


def test_a_copy_that_cannot_be_deleted_is_told_of(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withdrawing.shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(RunError, match="cannot be deleted"):
        withdrawing.withdraw(RunFolder.existing(published), 1)


@pytest.mark.parametrize("command", [("publish", "--withdraw", "1"), ("forget", "--user", USER)])
def test_a_copy_that_may_be_out_is_named(
    command: tuple[str, ...], published: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = tmp_path / "handed-out"
    copied = shutil.copytree

    def then_killed(*arguments: str, **options: bool) -> None:
        copied(*arguments, **options)  # type: ignore[call-overload]  # passed on as they came
        raise Killed

    monkeypatch.setattr(publishing.shutil, "copytree", then_killed)
    with pytest.raises(Killed):
        publishing.hand_out(RunFolder.existing(published), 1, handed)
    monkeypatch.undo()
    assert bytes_of(handed) == bytes_of(published / "atlas")
    assert f"copied to {handed}" in cli("publish", published, "--list").stdout
    name, *options = command
    assert f"Take down {handed}" in cli(name, published, *options).stdout
