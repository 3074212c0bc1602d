"""An encrypted vault tells nothing to whoever has no key, and says so to whoever has the wrong one."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import keyring
import keyring.backend
import pyarrow.parquet as pq
import pytest

import clioscope
from clioscope import ClioscopeError, Message, RunError
from clioscope.models.provider_batches import WITH_BATCHES
from clioscope.testing import ModelServer
from clioscope.vault import RunFolder, user_hash
from clioscope.vault.cipher import SealError, open_sealed, opened_file, seal, sealed_file
from clioscope.vault.files import read_text, write_text, writing_text
from clioscope.vault.keys import Keys, NoKeyError
from clioscope.vault.master_key import find_key, new_key
from clioscope.vault.sealing import encrypt, sealed_vault
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.judged.helpers import MODELS, judged
from tests.processes import Servers
from tests.vault.helpers import everything_in, killed_at, rows
from tests.vault.test_forgetting import SAYINGS, USER, items

IDS = ["conversation-of-ulrike-11", "conversation-of-ulrike-250"]


@pytest.fixture(scope="module")
def master() -> str:
    return new_key()


@pytest.fixture(autouse=True)
def key(master: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CLIOSCOPE_KEY", master)
    monkeypatch.delenv("CLIOSCOPE_KEY_FILE", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    return master


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("source") / "conversations.jsonl", items())


@pytest.fixture(scope="module")
def sealed(source: Path, master: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one encrypted run. Must not be changed."""
    folder = tmp_path_factory.mktemp("sealed") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CLIOSCOPE_KEY", master)
        patch.delenv("CLIOSCOPE_KEY_FILE", raising=False)
        clioscope.run(source, folder, encrypt=True)
    return folder


@pytest.fixture
def run(sealed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(sealed, tmp_path / "run"))


def planted_in(run: Path) -> list[str]:
    """What of the planted words, ids and facets the raw bytes of a run's vault hold."""
    everything = everything_in(run / "vault")
    marks = [USER, *IDS, *SAYINGS, "sourdough", "tomato plants", "acc-0.", '"plan"', "English", '"Reading"']
    return [mark for mark in marks if mark in everything]


def test_the_raw_bytes_of_an_encrypted_vault_hold_nothing_and_the_atlas_is_the_same(
    source: Path, sealed: Path, tmp_path: Path, cli: Cli
) -> None:
    clioscope.run(source, tmp_path / "open")
    shutil.copytree(sealed, tmp_path / "closed")
    for run in ("open", "closed"):
        cli("export", tmp_path / run, "--conversations")
    assert {*IDS, *SAYINGS, "sourdough", '"Reading"'} <= set(planted_in(tmp_path / "open"))
    assert planted_in(tmp_path / "closed") == []
    assert bytes_of(tmp_path / "open" / "atlas") == bytes_of(tmp_path / "closed" / "atlas")


def test_every_file_of_an_encrypted_vault_is_sealed_or_known_to_hold_nothing(run: Path) -> None:
    plain = {
        path.relative_to(run / "vault").as_posix()
        for path in (run / "vault").rglob("*")
        if path.is_file() and not path.read_bytes().startswith((b"clioscope sealed", b"PAR1"))
    }
    assert plain <= {"keys.json", "keys-0.bin", "lock", "retention.json"}
    for path in (run / "vault").rglob("*.parquet"):
        assert all(name == "user" or str(kind) == "binary" for name, kind in _columns(path)), path


def _columns(path: Path) -> Iterator[tuple[str, object]]:
    for field in pq.read_schema(path):
        yield field.name, field.type


def test_a_run_with_a_model_is_encrypted_resumed_and_forgets(tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", items(300))
    run = tmp_path / "run"
    with ModelServer() as server:
        first = judged(tmp_path, server, encrypt=True)
        assert planted_in(run) == []
        texts = rows(run / "vault" / "answers.sqlite", "SELECT DISTINCT typeof(text) FROM answers")
        assert texts == [("blob",)]
        assert judged(tmp_path, server).atlas.about == first.atlas.about
        judged(tmp_path, server, clusters=4)
        before = rows(run / "vault" / "answers.sqlite", "SELECT count(*) FROM answers WHERE judgement = 'extract'")
        told = cli("forget", run, "--user", USER).stdout
        assert "none is left" in told
        assert "key is destroyed" in told
        after = rows(run / "vault" / "answers.sqlite", "SELECT count(*) FROM answers WHERE judgement = 'extract'")
        assert after[0][0] == before[0][0] - 2
        assert judged(tmp_path, server).read["conversations"] == 298
    assert planted_in(run) == []


@pytest.mark.parametrize("provider", WITH_BATCHES)
def test_request_files_of_a_batch_are_sealed_and_reach_the_provider_opened(
    tmp_path: Path, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none")
    write_jsonl(tmp_path / "chats.jsonl", items(300))
    models = dict.fromkeys(MODELS, f"{provider}/double")
    with ModelServer() as server:
        url = server.url + ("/v1" if provider == "openai" else "")
        calls = {"batch": True, "poll": 0.1, "patience": 5.0, "base_url": url}
        done = judged(tmp_path, server, models=models, encrypt=True, calls=calls)
        assert done.read["conversations"] == 300
    requests = list((tmp_path / "run" / "vault" / "batches").glob("*.requests.jsonl"))
    assert requests
    assert all(path.read_bytes().startswith(b"clioscope sealed") for path in requests)
    assert planted_in(tmp_path / "run") == []


def test_forgetting_destroys_the_key_so_that_an_old_copy_of_the_rows_opens_no_more(
    run: Path, tmp_path: Path, cli: Cli
) -> None:
    parts = run / "vault" / "conversations"
    shutil.copytree(parts, tmp_path / "copy")
    folder = RunFolder(run)
    hashed = user_hash(folder.secret(), USER)
    told = cli("forget", run, "--user", USER).stdout
    assert "Deleted: 2 conversations, 2 facets, 2 vectors" in told
    assert "key is destroyed" in told
    assert "The atlas is made again" in told
    shutil.rmtree(parts)
    shutil.copytree(tmp_path / "copy", parts)
    with pytest.raises(ClioscopeError):
        next(RunFolder(run).conversations.read())
    vault = sealed_vault(run / "vault")
    assert vault is not None
    with pytest.raises(NoKeyError, match="destroyed"):
        vault.keys.of(hashed)


def test_purge_and_keep_work_on_an_encrypted_vault(source: Path, tmp_path: Path, cli: Cli) -> None:
    clioscope.run(source, tmp_path / "run", encrypt=True, keep="facets")
    assert RunFolder(tmp_path / "run").conversations.read_part(0).column_names == ["user", "key"]
    cli("forget", tmp_path / "run", "--user", USER)
    cli("purge", tmp_path / "run", "--now", "--all")
    assert "Read" in cli("run", source, "--run", tmp_path / "run").stderr
    assert planted_in(tmp_path / "run") == []


@pytest.mark.slow
def test_deletions_that_were_killed_are_finished_in_an_encrypted_vault(
    run: Path, tmp_path: Path, cli: Cli, servers: Servers
) -> None:
    killed = 0
    for step in range(0, 40, 5):
        copy = tmp_path / f"killed-{step}"
        shutil.copytree(run, copy)
        if not killed_at(servers, step, copy, "forget", str(copy), "--user", USER):
            break
        killed += 1
        cli("forget", copy, "--user", USER)
        assert RunFolder(copy).stages.found("Reading")["conversations"] == 398
        assert planted_in(copy) == []
    assert killed > 2


def test_a_wrong_key_is_told_and_changes_nothing(
    source: Path, run: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bytes_of(run)
    monkeypatch.setenv("CLIOSCOPE_KEY", new_key())
    for command in (["run", source, "--run"], ["info"], ["forget", "--user", USER], ["export", "--conversations"]):
        told = cli(*command, run, code=1).stderr
        assert "The master key is not that of" in told, command
        assert "If it is lost, nobody can read the vault any more" in told
    assert "conversations" in cli("tree", run).stdout
    after = bytes_of(run)
    assert {name for name in after if before.get(name) != after[name]} <= {"vault/lock"} | {
        name for name in after if name.startswith("exports")
    }


def test_a_missing_key_is_told(run: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLIOSCOPE_KEY")
    told = cli("info", run, code=1).stderr
    assert "needs its master key, and none was found" in told
    assert "--key-file" in told


def test_a_key_file_is_remembered_and_must_be_the_owner_s_alone(
    source: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CLIOSCOPE_KEY")
    key = tmp_path / "key"
    cli("key", "new", "--file", key)
    assert key.stat().st_mode & 0o777 == 0o600
    assert "choose another name" in cli("key", "new", "--file", key, code=1).stderr
    cli("run", source, "--run", tmp_path / "run", "--encrypt", "--key-file", key, "-q")
    cli("info", tmp_path / "run")
    key.chmod(0o644)
    told = cli("info", tmp_path / "run", code=1).stderr
    assert "can be read by others (644)" in told
    key.unlink()
    assert "that file is gone" in cli("info", tmp_path / "run", code=1).stderr


def test_what_is_no_key_is_not_shown(cli: Cli, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIOSCOPE_KEY", "not-a-key-but-a-secret")
    told = cli("run", source, "--encrypt", code=1).stderr
    assert "CLIOSCOPE_KEY is no master key" in told
    assert "but-a-secret" not in told


def test_the_key_can_be_in_the_system_s_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    class InMemory(keyring.backend.KeyringBackend):
        priority = 1

        def __init__(self) -> None:
            super().__init__()
            self.kept: dict[tuple[str, str], str] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[service, username]

    from typer.testing import CliRunner

    from clioscope.cli import app

    monkeypatch.delenv("CLIOSCOPE_KEY")
    monkeypatch.setattr(keyring.core, "_keyring_backend", InMemory())
    with pytest.raises(RunError, match="none was found"):
        find_key()
    assert CliRunner().invoke(app, ["key", "new", "--keyring"]).exit_code == 0
    first = find_key()
    assert len(first) == 32
    again = CliRunner().invoke(app, ["key", "new", "--keyring"])
    assert "holds a master key already" in str(again.exception)
    assert find_key() == first


def test_rotating_wraps_keys_anew_and_writes_no_data(
    source: Path, run: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bytes_of(run)
    cli("key", "new", "--file", tmp_path / "new")
    told = cli("key", "rotate", run, "--new-key-file", tmp_path / "new").stdout
    assert "keys of 61 users" in told
    after = bytes_of(run)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {
        "vault/keys.json",
        "vault/keys-0.bin",
        "vault/keys-1.bin",
        "vault/lock",
    }
    assert "The master key is not that of" in cli("info", run, code=1).stderr
    monkeypatch.delenv("CLIOSCOPE_KEY")
    cli("info", run)
    cli("run", source, "--run", run, "-q")


@pytest.mark.parametrize("step", range(8))
def test_rotating_that_was_killed_leaves_one_key_that_opens_all(
    step: int, tmp_path: Path, key: str, servers: Servers
) -> None:
    vault = tmp_path / "run" / "vault"
    vault.mkdir(parents=True)
    encrypt(vault)
    write_text(vault / "stages.json", "{}")
    users = [bytes([number]) * 16 for number in range(5)]
    opened = sealed_vault(vault)
    assert opened is not None
    said = {user: opened.seal_value(user, b"said", ["table", 0]) for user in _made(opened.keys, users)}
    (tmp_path / "new").write_text(new_key())
    (tmp_path / "new").chmod(0o600)
    run = tmp_path / "run"
    killed_at(servers, step, run, "key", "rotate", str(run), "--new-key-file", str(tmp_path / "new"))
    opening = []
    for master in (base64.b64decode(key), base64.b64decode((tmp_path / "new").read_text())):
        try:
            keys = Keys(vault, master)
        except RunError:
            continue
        opening.append(keys)
        assert all(keys.of(user) == opened.keys.of(user) for user in said)
    assert len(opening) == 1


def _made(keys: Keys, users: list[bytes]) -> list[bytes]:
    keys.ensure(users)
    return users


def test_a_run_that_is_not_encrypted_is_not_made_so_by_halves(source: Path, tmp_path: Path, cli: Cli) -> None:
    cli("run", source, "--run", tmp_path / "run", "-q")
    told = cli("run", source, "--run", tmp_path / "run", "--encrypt", code=1).stderr
    assert "that is not encrypted. Give the run another folder" in told
    assert (
        "not encrypted, so that it has no key"
        in cli("key", "rotate", tmp_path / "run", "--new-key-file", _key_file(tmp_path), code=1).stderr
    )


def _key_file(folder: Path) -> Path:
    path = folder / "some-key"
    path.write_text(new_key())
    path.chmod(0o600)
    return path


def test_a_pipe_is_refused_since_it_would_lie_in_the_clear(source: Path, tmp_path: Path, cli: Cli) -> None:
    told = cli("run", "-", "--run", tmp_path / "run", "--encrypt", input=source.read_bytes(), code=1).stderr
    assert "standard input would be kept in the clear" in told
    assert not (tmp_path / "run").exists()


def test_rows_cells_and_files_that_were_swapped_are_noticed(run: Path) -> None:
    folder = RunFolder(run)
    path = folder.conversations.path(0)
    table = pq.read_table(path)
    for swapped in (
        table.take([1, 0, *range(2, table.num_rows)]),
        table.slice(0, table.num_rows - 1),
        table.set_column(table.schema.get_field_index("id"), "id", table["metadata"]),
    ):
        pq.write_table(swapped, path)
        with pytest.raises(SealError, match="changed or moved"):
            folder.conversations.read_part(0)
    level, base = (folder.vault / "assignments" / "request" / name for name in ("level_0.npy", "base.npy"))
    shutil.copyfile(base, level)
    from clioscope.vault.files import read_array

    with pytest.raises(SealError, match="changed, cut or moved"):
        read_array(level)
    read_array(base)


def test_short_values_look_alike(source: Path, tmp_path: Path) -> None:
    clioscope.run(source, tmp_path / "run", encrypt=True, facets=("plan",))
    table = pq.read_table(RunFolder(tmp_path / "run").facets.path(0))
    column = next(name for name in table.column_names if name.endswith(":plan"))
    assert len({len(cell) for cell in table[column].to_pylist()}) == 1


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_sealed_file_opens_whole_or_not_at_all(size: int) -> None:
    key, content = os.urandom(32), os.urandom(size)
    sealed = sealed_file(content, key, b"here")
    assert opened_file(sealed, key, b"here") == content
    for changed, where in (
        (sealed[:-1], b"here"),
        (sealed[: len(sealed) - (1 << 20) - 16], b"here"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"here"),
        (sealed, b"there"),
        (content, b"here"),
    ):
        with pytest.raises(SealError):
            opened_file(changed, key, where)


def test_a_file_that_is_written_piece_by_piece_opens(tmp_path: Path) -> None:
    vault = tmp_path / "run" / "vault"
    vault.mkdir(parents=True)
    encrypt(vault)
    with writing_text(vault / "long.csv") as file:
        for number in range(200_000):
            file.write(f"{number} ü\n")
    assert read_text(vault / "long.csv") == "".join(f"{number} ü\n" for number in range(200_000))
    assert b"199999" not in (vault / "long.csv").read_bytes()


def test_nothing_that_is_sealed_twice_is_alike() -> None:
    key = os.urandom(32)
    sealed = {seal(key, b"the same", b"place") for _ in range(1_000)}
    assert len({one[:12] for one in sealed}) == 1_000
    assert all(open_sealed(key, one, b"place") == b"the same" for one in sealed)


def test_a_record_of_a_key_that_a_crash_cut_is_passed_over(tmp_path: Path, key: str) -> None:
    vault = tmp_path / "run" / "vault"
    vault.mkdir(parents=True)
    encrypt(vault)
    master = base64.b64decode(key)
    keys = Keys(vault, master)
    keys.ensure([b"a" * 16])
    with (vault / "keys-0.bin").open("ab") as file:
        file.write(b"b" * 30)
    again = Keys(vault, master)
    again.ensure([b"c" * 16])
    assert Keys(vault, master).of(b"a" * 16) == keys.of(b"a" * 16)
    assert Keys(vault, master).of(b"c" * 16) == again.of(b"c" * 16)


def test_any_text_and_time_comes_back_as_it_was(tmp_path: Path) -> None:
    said = ["", "\u2028 \ud7ff 🙂", "x" * 100_000, '{"a": "\\""}']
    found = conversations(40)
    for place, text in enumerate(said):
        found[place] = replace(found[place], messages=(Message("user", text or "."), Message("assistant", text)))
    for name, options in (("open", {}), ("closed", {"encrypt": True})):
        clioscope.run(list(found), tmp_path / name, profile="personal", **options)
    one, other = (RunFolder(tmp_path / name) for name in ("open", "closed"))
    assert one.conversations.read_part(0)["messages"].equals(other.conversations.read_part(0)["messages"])
    assert one.conversations.read_part(0)["time"].equals(other.conversations.read_part(0)["time"])
    assert one.facets.read_part(0).equals(other.facets.read_part(0))
    assert json.loads(read_text(other.vault / "stages.json"))
