"""A forgotten user is gone from every file of a run, and does not come back."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import clioscope
from clioscope import Conversation, Message
from clioscope.pipeline.forgetting import Forgot
from clioscope.testing import ModelServer
from clioscope.vault import RunFolder, user_hash
from clioscope.vault.run_folder import conversation_key
from tests.conftest import Cli, bytes_of, conversations, write_jsonl
from tests.judged.helpers import answers_file, judged, result_line
from tests.processes import Servers
from tests.vault.helpers import everything_in, killed_at, rows

USER = "ulrike.baumgartner@example.org"
SAYINGS = ["the zeppelin inheritance of my aunt Ximena", "left-handed oboe repair in Llanfairpwll, quickly please"]


def items(n: int = 400) -> list[Conversation]:
    found = conversations(n)
    for place, saying in zip((11, 250), SAYINGS, strict=True):
        if place < n:
            said = (Message("user", f"{saying} ü"), Message("assistant", f"About {saying}: I cannot help."))
            found[place] = replace(found[place], id=f"conversation-of-ulrike-{place}", user=USER, messages=said)
    return found


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("source") / "conversations.jsonl", items())


def left_of_the_user(run: Path) -> list[str]:
    """What of the user the files of a run still hold."""
    everything = everything_in(run)
    folder = RunFolder(run, make=False)
    hashed = user_hash(folder.secret(), USER)
    marks = [USER, "conversation-of-ulrike", *SAYINGS, *(saying[:20] for saying in SAYINGS), hashed.hex(), repr(hashed)]
    return [mark for mark in marks if mark in everything]


def alignment(run: Path) -> list[tuple[int, int]]:
    folder = RunFolder(run, make=False)
    vectors = [len(np.load(path)) for path in folder.hierarchy("request", main=True).embeddings.paths()]
    return [(folder.conversations.rows(p), v) for p, v in zip(folder.conversations.paths(), vectors, strict=True)]


def test_nothing_of_a_forgotten_user_is_left(run: Path, cli: Cli) -> None:
    cli("export", run, "--conversations")
    assert len(left_of_the_user(run)) > 4
    told = cli("forget", run, "--user", USER).stdout
    assert "Deleted: 2 conversations, 2 facets, 2 vectors, 0 answers." in told
    assert re.search(r"Searched \d+ files of the run for [3-9] ids and [2-9] texts of this user: none is left\.", told)
    assert USER not in told
    assert left_of_the_user(run) == []
    assert alignment(run) == [(398, 398)]


def test_the_atlas_is_made_again_as_if_the_user_had_never_been_there(run: Path, tmp_path: Path, cli: Cli) -> None:
    told = cli("forget", run, "--user", USER)
    assert "The atlas is made again without this user." in told.stdout
    assert "Reading" not in told.stderr
    assert "Embedding" not in told.stderr
    without = write_jsonl(tmp_path / "without.jsonl", [c for c in items() if c.user != USER])
    fresh = clioscope.run(without, tmp_path / "fresh")
    assert json.loads((run / "atlas" / "atlas.json").read_text()) == fresh.about
    assert pq.read_table(run / "atlas" / "clusters.parquet").equals(
        pq.read_table(tmp_path / "fresh" / "atlas" / "clusters.parquet")
    )


def test_exports_that_counted_the_user_are_removed_or_named(run: Path, tmp_path: Path, cli: Cli) -> None:
    elsewhere = tmp_path / "for-the-board"
    cli("export", run)
    cli("export", run, "-o", elsewhere)
    (run / "exports" / "my notes.txt").write_text("mine")
    before = (run / "exports" / "clusters.csv").read_bytes()
    assert "export" not in cli("forget", run, "--user", "nobody-of-that-name").stdout
    done = cli("forget", run, "--user", USER)
    assert f"The export in {run / 'exports'} counted this user and is removed." in done.stdout
    assert f"{elsewhere} holds an export that counts this user: delete it" in done.stdout
    assert [path.name for path in (run / "exports").iterdir()] == ["my notes.txt"]
    assert before not in bytes_of(run).values()
    assert (elsewhere / "clusters.csv").exists()
    shutil.rmtree(elsewhere)
    assert "export" not in cli("forget", run, "--user", "user-5").stdout


def test_reports_that_counted_the_user_are_named(run: Path, tmp_path: Path, cli: Cli) -> None:
    for where in (["-o", run / "report.html"], ["-o", tmp_path / "report.html"], ["--folder", tmp_path / "pages"]):
        cli("report", run, *where)
    (tmp_path / "report.html").unlink()
    told = cli("forget", run, "--user", USER).stdout
    assert f"{run / 'report.html'} holds an export that counts this user: delete it" in told
    assert f"{tmp_path / 'pages'} holds an export that counts this user: delete it" in told
    assert str(tmp_path / "report.html") not in told


def test_an_export_of_an_atlas_that_is_no_longer_there_is_told_of(source: Path, run: Path, cli: Cli) -> None:
    cli("export", run)
    assert "an export of" not in cli("run", source, "--run", run).stderr
    told = cli("run", source, "--run", run, "--seed", "5").stderr
    assert f"{run / 'exports'} is an export of the atlas as it was before." in " ".join(told.split())
    cli("export", run)
    assert "an export of" not in cli("run", source, "--run", run, "--seed", "5").stderr


def test_of_an_empty_vault_exports_are_named_since_nobody_can_tell(run: Path, cli: Cli) -> None:
    cli("export", run)
    cli("purge", run, "--all", "--now")
    told = cli("forget", run, "--user", USER).stdout
    assert f"Nobody can tell any more whether the export in {run / 'exports'} counts this user" in told
    assert (run / "exports" / "clusters.csv").exists()
    assert f"atlas at {run / 'atlas'} was made of: if this user's were among them, it still counts this user." in told


def test_where_the_budget_is_spent_the_atlas_with_noise_stays_and_that_is_said(tmp_path: Path, cli: Cli) -> None:
    pytest.importorskip("opendp")
    clioscope.run(conversations(300, users=100), tmp_path / "noisy", epsilon=1.0)
    before = bytes_of(tmp_path / "noisy" / "atlas")
    told = cli("forget", tmp_path / "noisy", "--user", "user-3", code=1).stderr
    assert "still counts this user. It was released with noise" in " ".join(told.split())
    assert "the budget has to have room for that" in " ".join(told.split())
    assert "--budget-epsilon allows more" in " ".join(told.split())
    assert bytes_of(tmp_path / "noisy" / "atlas") == before


@pytest.mark.parametrize(
    ("user", "planted", "said"),
    [
        ("u0754", True, r"for 1 id and .* of this user: found in .*note\.txt\. Not searched for: 9 ids"),
        ("u0754", False, r"for 1 id and .* of this user: none is left\. Not searched for: 9 ids, too short"),
        ("u075", False, r"for 0 ids and .* of this user: none is left\. Not searched for: 10 ids, too short"),
    ],
)
def test_short_ids_are_searched_for_as_words_or_the_proof_says_that_they_are_not(
    user: str, planted: bool, said: str, tmp_path: Path, cli: Cli
) -> None:
    named = [replace(c, user=user if n % 30 == 0 else c.user, id=f"{n}") for n, c in enumerate(conversations(270))]
    clioscope.run(named, tmp_path / "run")
    (tmp_path / "run" / "note.txt").write_text(f"x{user} {user}x" + f' "{user}"' * planted)
    told = cli("forget", tmp_path / "run", "--user", user, code=1 if planted else 0).stdout
    assert re.search(said, told), told


def test_a_forgotten_user_is_not_read_in_again(source: Path, run: Path, tmp_path: Path, cli: Cli) -> None:
    cli("forget", run, "--user", USER)
    before = bytes_of(run / "atlas")
    again = json.loads(cli("run", source, "--run", run, "--json").stdout)
    assert "Reading" in again["reused"]
    assert bytes_of(run / "atlas") == before
    told = cli("run", source, "--run", run, "--max-set-aside", "0.5", "--json")
    assert "2 conversations of forgotten users left out" in told.stderr
    assert json.loads(told.stdout)["read"]["conversations"] == 398
    assert left_of_the_user(run) == []
    purged = cli("purge", run, "--now", "--all")
    assert "Removed" in purged.stdout
    cli("run", source, "--run", run, "-q")
    assert left_of_the_user(run) == []


def test_the_proof_says_that_the_log_of_who_looked_is_not_searched(run: Path, cli: Cli) -> None:
    from clioscope.explorer.place import private_place
    from clioscope.explorer.store import open_store, sqlite_beside

    assert "Not searched: what" not in cli("forget", run, "--user", "nobody-of-that-name").stdout
    key = conversation_key(RunFolder.existing(run).secret(), "conversation-of-ulrike-11")
    log = open_store(sqlite_beside(run)).audit_log
    log.add("ines", "investigator", "reveal", run.name, cluster="0-1", reason="a complaint", conversation=key)
    told = " ".join(cli("forget", run, "--user", USER).stdout.split())
    assert f"Not searched: what the explorer keeps of runs ({private_place(run)})" in told
    assert "Its audit log says for good who looked at which conversation, by a keyed hash of its id" in told
    assert key in log.last(1)[0].detail
    assert USER not in everything_in(private_place(run))


def test_the_proof_says_so_too_where_the_log_may_be_elsewhere(run: Path, cli: Cli) -> None:
    toml = run / "run.toml"
    toml.write_text(toml.read_text().replace("drill_down = false", "drill_down = true"))
    told = " ".join(cli("forget", run, "--user", USER).stdout.split())
    assert "Not searched: what the explorer keeps of runs (where --store of clioscope serve says)" in told


def test_one_of_a_thing_is_told_as_one() -> None:
    counts = {"conversations": 1, "facets": 2, "vectors": 0, "answers": 1}
    told = str(Forgot(counts, 1, {"ids": 1, "texts": 1, "not_searched": 1}, [], []))
    assert told.startswith(
        "Deleted: 1 conversation, 2 facets, 0 vectors, 1 answer. Searched 1 file of the run for 1 id and 1 text "
    )
    assert "Not searched for: 1 id," in told


def test_a_user_who_is_in_no_conversation_is_kept_out_from_then_on(run: Path, cli: Cli) -> None:
    told = cli("forget", run, "--user", "nobody-of-that-name").stdout
    assert "Deleted: 0 conversations" in told
    assert "A later reading leaves the user out" in told


def test_it_works_where_raw_conversations_are_gone_already(source: Path, run: Path, cli: Cli) -> None:
    cli("purge", run, "--now", "--raw")
    told = cli("forget", run, "--user", USER).stdout
    assert "Deleted: 2 conversations, 2 facets, 2 vectors" in told
    assert "still counts this user: give the `clioscope run` command" in told
    cli("run", source, "--run", run, "-q")
    assert left_of_the_user(run) == []


@pytest.mark.slow
def test_forgetting_that_was_killed_at_any_point_is_finished(
    run: Path, source: Path, tmp_path: Path, cli: Cli, servers: Servers
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(run, whole)
    cli("forget", whole, "--user", USER)
    forget, again = ("--user", USER), ("run", str(source), "--run")
    killed = 0
    for step in (*range(4), *range(4, 40, 4)):
        copy = tmp_path / f"killed-{step}"
        shutil.copytree(run, copy)
        if not killed_at(servers, step, copy, "forget", str(copy), *forget):
            break
        killed += 1
        if step == 0:  # before it was noted that it began: nothing is done
            assert bytes_of(copy / "vault" / "conversations") == bytes_of(run / "vault" / "conversations")
            assert not (copy / "vault" / "forgotten.json").exists()
            continue
        next_command = (("forget", copy, *forget), ("purge", copy), (*again, copy))[step % 3]
        cli(*next_command)
        assert left_of_the_user(copy) == [], (step, next_command)
        assert alignment(copy) == [(398, 398)], (step, next_command)
        cli(*again, copy, "-q")
        assert bytes_of(copy / "atlas") == bytes_of(whole / "atlas"), (step, next_command)
        assert not (copy / "vault" / "journal.json").exists()
        shutil.rmtree(copy)
    assert killed > 4


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")


@pytest.mark.usefixtures("key")
def test_answers_about_the_user_go_and_those_about_others_stay(tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", items(300))
    with ModelServer() as server:
        judged(tmp_path, server)
        run = tmp_path / "run"
        answers = run / "vault" / "answers.sqlite"
        asked = rows(answers, "SELECT judgement, count(*) FROM answers GROUP BY judgement")
        paid = rows(answers, "SELECT sum(prompt_tokens) FROM answers")
        extracted = dict(asked)["extract"]
        told = cli("forget", run, "--user", USER).stdout
        assert re.search(r"Deleted: 2 conversations, 2 facets, 2 vectors, [2-9] answers\.", told)
        assert "still counts this user" in told
        left = dict(rows(answers, "SELECT judgement, count(*) FROM answers GROUP BY judgement"))
        assert left["extract"] == extracted - 2
        assert "name" not in left
        assert rows(answers, "SELECT sum(prompt_tokens) FROM erased") < paid
        assert left_of_the_user(run) == []
        log = answers.with_name("answers.sqlite-wal")
        assert not log.exists() or log.stat().st_size == 0
        before = server.stats().calls
        done = judged(tmp_path, server)
        assert rows(answers, "SELECT count(*) FROM answers WHERE judgement = 'extract'") == [(extracted - 2,)]
        assert done.read["conversations"] == 298
        assert server.stats().calls - before < 200
        assert done.usage is not None
        assert sum(used.calls for used in done.usage.used) > extracted
    assert left_of_the_user(run) == []


@pytest.mark.usefixtures("key")
def test_an_atlas_that_still_counts_the_user_is_told_of_until_it_is_made_again(tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", items(300))
    run = tmp_path / "run"
    with ModelServer() as server:
        judged(tmp_path, server)
        assert "forgotten" not in cli("tree", run).stderr
        cli("forget", run, "--user", "nobody-of-that-name")
        assert "forgotten" not in cli("tree", run).stderr
        cli("forget", run, "--user", USER)
        for command in (("tree", run), ("tree", run / "atlas"), ("search", run, "jam"), ("show", run, "c0-0")):
            told = " ".join(cli(*command, code=None).stderr.split())
            assert "was made before and counts a user who was forgotten. The `clioscope run` command" in told, command
        assert "counts a user who was forgotten" in json.loads(cli("info", run, "--json").stdout)["outdated"]
        assert "Outdated" in cli("info", run).stdout
        assert "Nothing was written" in cli("export", run, "-o", tmp_path / "out", code=1).stderr
        assert "Nothing was written" in cli("report", run, "-o", tmp_path / "out.html", code=1).stderr
        assert not (tmp_path / "out").exists()
        only = ("--attack", "thresholds", "--attack", "coarseness")
        audit = json.loads(cli("audit", run, *only, "--json", code=2).stdout)
        assert audit["verdict"] == "not tried"
        assert {finding["verdict"] for finding in audit["findings"]} == {"not tried"}
        judged(tmp_path, server)
    assert "forgotten" not in cli("tree", run).stderr
    assert json.loads(cli("info", run, "--json").stdout)["outdated"] is None
    cli("export", run, "-o", tmp_path / "out")
    cli("audit", run, "--attack", "thresholds")


def test_of_an_empty_vault_an_atlas_that_may_count_the_user_is_told_of(run: Path, cli: Cli) -> None:
    cli("purge", run, "--all", "--now")
    cli("forget", run, "--user", USER)
    assert "may count a user who was forgotten" in " ".join(cli("tree", run).stderr.split())


def test_an_atlas_that_is_made_again_at_once_is_not_told_of(run: Path, cli: Cli) -> None:
    cli("forget", run, "--user", USER)
    assert "forgotten" not in cli("tree", run).stderr
    assert not (run / "vault" / "outdated.json").exists()


@pytest.mark.usefixtures("key")
def test_request_files_and_answers_files_lose_the_user(tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "chats.jsonl", items(300))
    models = {"extract": f"file:{tmp_path / 'requests'}"}
    with pytest.raises(clioscope.ClioscopeError):
        judged(tmp_path, None, models=models)
    requests = tmp_path / "requests" / "wave-0001.requests.jsonl"
    assert SAYINGS[0] in requests.read_text()
    lines = [json.loads(line) for line in requests.read_text().splitlines()]
    answered = [result_line(line, SAYINGS[0] if SAYINGS[0] in str(line) else "{}") for line in lines]
    answers_file(requests).write_text("".join(f"{line}\n" for line in [*answered, '{"somebody": "else\'s"}']))
    told = cli("forget", tmp_path / "run", "--user", USER).stdout
    assert "none is left" in told
    assert SAYINGS[0] not in everything_in(tmp_path / "requests")
    assert len(requests.read_text().splitlines()) == len(lines) - 2
    assert "somebody" in answers_file(requests).read_text()
    assert left_of_the_user(tmp_path / "run") == []


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("keep", ["facets", "nothing"])
def test_a_model_s_other_words_go_with_the_conversations(keep: str, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "chats.jsonl", items(300))
    with ModelServer() as server:
        judged(tmp_path, server, keep=keep)
        everything = everything_in(tmp_path / "run" / "vault")
        assert "conversation-of-ulrike" not in everything
        assert f"About {SAYINGS[0]}" not in everything
        assert SAYINGS[0] not in everything or keep == "facets"
        calls = server.stats().calls
        judged(tmp_path, server, keep=keep)
        assert server.stats().calls == calls
