"""The command line as a user meets it: real processes, real files."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from clioscope import Conversation, Message
from tests.conftest import Cli, as_records, conversations, shared, write_jsonl


@pytest.fixture
def finished(tmp_path: Path, made: Path) -> Path:
    """A copy of a finished run, as ``runs/conversations``."""
    folder = tmp_path / "runs" / "conversations"
    shutil.copytree(made, folder)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "conversations.jsonl", conversations(600))


def test_without_arguments_it_shows_its_help(cli: Cli) -> None:
    told = cli(code=None).stdout
    for command in ("run", "demo", "tree", "show", "search", "export", "info"):
        assert command in told


@pytest.mark.parametrize("command", ["run", "demo", "tree", "show", "search", "export", "info"])
def test_every_command_has_help(command: str, cli: Cli) -> None:
    assert "Usage" in cli(command, "--help").stdout


def test_a_run_prints_the_hierarchy_and_what_was_read(source: Path, cli: Cli) -> None:
    done = cli("run", source)
    assert "600 conversations of 60 users" in done.stdout
    assert "bread" in done.stdout.casefold()
    assert "Read 600 conversations of 60 users" in done.stderr
    assert "at least 10 users and 15 conversations" in done.stderr
    assert cli("tree", "runs/conversations").stdout == done.stdout


def test_quiet_prints_nothing(source: Path, cli: Cli) -> None:
    done = cli("run", source, "--quiet")
    assert (done.stdout, done.stderr) == ("", "")


def test_json_is_json(source: Path, cli: Cli) -> None:
    done = cli("run", source, "--json")
    assert json.loads(done.stdout)["read"]["conversations"] == 600
    assert [json.loads(line) for line in done.stderr.splitlines()]
    for command in (["tree", "r"], ["show", "r", "0-0"], ["search", "r", "bread"], ["info", "r"]):
        command[1] = "runs/conversations"
        assert json.loads(cli(*command, "--json").stdout)


def test_standard_input_is_read(source: Path, tmp_path: Path, cli: Cli) -> None:
    done = cli("run", "-", "--run", "r", input=source.read_bytes())
    assert "Read 600 conversations" in done.stderr
    assert not (tmp_path / "r" / "vault" / "stdin").exists(), "what came in is not kept a second time"
    again = cli("run", "-", "--run", "r", input=source.read_bytes())
    assert "Reused from before: reading" in again.stderr


def test_broken_records_are_set_aside_counted_and_listed(source: Path, tmp_path: Path, cli: Cli) -> None:
    with source.open("ab") as file:
        file.write(b'{"id": "x", "messages": [{"role": "user", "content": "cut of\n')
        file.write(b'{"id": "y", "messages": [{"role": "user", "content": "\xff\xfe"}]}\n')
        file.write(b'{"id": "z", "messages": []}\n')
        file.write(json.dumps(as_records(conversations(1))[0]).encode() + b"\n")
    done = cli("run", source)
    assert "Set aside 4" in done.stderr
    listed = (tmp_path / "runs" / "conversations" / "vault" / "quarantine.jsonl").read_text().splitlines()
    assert [json.loads(line)["line"] for line in listed] == [601, 602, 603, 604]
    assert all(json.loads(line)["reason"] for line in listed)


def test_too_many_broken_records_stop_the_run_with_a_list(source: Path, cli: Cli) -> None:
    with source.open("ab") as file:
        file.write(b"{broken\n" * 20)
    done = cli("run", source, code=1)
    assert "20 of 620 records (3.2%) are broken" in done.stderr
    assert "conversations.jsonl:601" in done.stderr
    assert cli("run", source, "--max-set-aside", "0.1").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "missing.jsonl"], "missing.jsonl"),
        (["run"], "Nothing to read"),
        (["run", "c.jsonl", "--field", "user"], "name=value"),
        (["run", "c.jsonl", "--field", "nobody=x"], "--field"),
        (["run", "c.jsonl", "--facet", "account"], "more than 50 different values"),
        (["run", "c.jsonl", "--facet", "nothing"], "no conversation has a metadata column"),
        (["run", "c.jsonl", "--clusters", "5", "--cluster-size", "9"], "give one of them"),
        (["run", "c.jsonl", "--hierarchy", "10,150"], "must fall from the base to the top"),
        (["run", "c.jsonl", "--hierarchy", "a,b"], "whole numbers"),
        (["run", "c.jsonl", "--last", "soon"], "not a length of time"),
        (["run", "c.jsonl", "--since", "soon"], "not a date or a time"),
        (["run", "c.jsonl", "--last", "7d", "--since", "2026-06-01"], "leave out"),
        (["run", "c.jsonl", "--since", "2030-01-01"], "outside the time window"),
        (["run", "c.jsonl", "--profile", "generous"], "profile"),
        (["run", "c.jsonl", "--top-clusters", "500"], "--top-clusters 500 is more than"),
        (["tree", "nowhere"], "no atlas at nowhere"),
        (["show", "nowhere", "0-0"], "no atlas at nowhere"),
        (["export", "nowhere"], "no atlas at nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(arguments: list[str], told: str, tmp_path: Path, cli: Cli) -> None:
    write_jsonl(tmp_path / "c.jsonl", conversations(300))
    done = cli(*arguments, code=1)
    assert told in " ".join(done.stderr.split())
    assert done.stderr.startswith(("Error", "Reading", "--last", "Asking", "Embedding", "Clustering"))


def test_a_window_of_time_leaves_out_the_rest_and_says_so(source: Path, cli: Cli) -> None:
    done = cli("run", source, "--since", "2026-07-01", "--until", "2026-07-31", "--json")
    read = json.loads(done.stdout)["read"]
    assert read["first_day"] >= "2026-07-01"
    assert read["last_day"] <= "2026-07-31"
    assert "outside the time window" in read["left_out"][0]


def test_a_sample_is_exact(source: Path, cli: Cli) -> None:
    assert json.loads(cli("run", source, "--sample", "333", "--json").stdout)["read"]["conversations"] == 333


def test_columns_by_other_names_are_mapped(tmp_path: Path, cli: Cli) -> None:
    with (tmp_path / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "who", "opened", "complaint", "tier"])
        for c in conversations(400):
            writer.writerow([c.id, c.user, c.time, c.messages[0].content, c.metadata["plan"]])
    fields = ["id=case", "user=who", "time=opened", "text=complaint"]
    done = cli("run", "cases.csv", *(part for f in fields for part in ("--field", f)), "--facet", "tier")
    assert "Read 400 conversations of 60 users" in done.stderr
    assert "tier" in cli("show", "runs/cases", "0-0").stdout


def test_sizes_of_the_hierarchy_are_honoured(source: Path, cli: Cli) -> None:
    done = cli("run", source, "--hierarchy", "6,2", "--json")
    assert json.loads(done.stdout)["clusters"] == [6, 2]


def test_a_configuration_can_be_used_again(source: Path, tmp_path: Path, cli: Cli) -> None:
    cli("run", source, "--run", "one", "--clusters", "6", "--facet", "plan", "-q")
    cli("run", "--config", "one/run.toml", "--run", "two", "-q")
    assert cli("tree", "one", "--ids").stdout == cli("tree", "two", "--ids").stdout
    (tmp_path / "bad.toml").write_text("[config]\nclusterz = 3\n")
    assert "no option `clusterz`" in cli("run", source, "--config", "bad.toml", code=1).stderr


def test_show_tells_everything_released_about_a_cluster(finished: Path, cli: Cli) -> None:
    told = cli("show", "runs/conversations", "0-0").stdout
    for part in ("About", "conversations", "Terms:", "By language", "en", "By plan", "By month", "2026-07"):
        assert part in told


def test_depth_and_size_cut_the_tree(source: Path, cli: Cli) -> None:
    cli("run", source, "--hierarchy", "9,3", "-q")
    whole = cli("tree", "runs/conversations").stdout.splitlines()
    assert len(cli("tree", "runs/conversations", "--depth", "1").stdout.splitlines()) == 4
    assert len(cli("tree", "runs/conversations", "--min-size", "60").stdout.splitlines()) < len(whole)
    assert "What sets them apart" in cli("tree", "runs/conversations", "--descriptions").stdout


def test_exports_for_others_and_for_the_owner(finished: Path, tmp_path: Path, cli: Cli) -> None:
    cli("export", "runs/conversations")
    folder = tmp_path / "runs" / "conversations" / "exports"
    assert {"clusters.json", "clusters.csv", "cube.parquet", "level_0_clusters.csv"} <= {
        p.name for p in folder.iterdir()
    }
    private = tmp_path / "runs" / "conversations" / "vault" / "combined.csv"
    assert not private.exists()
    cli("export", "runs/conversations", "--conversations", "-o", "own")
    with private.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [c.id for c in conversations(600)]
    assert list(rows[0])[:3] == ["id", "value_index", "value"]
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert not (tmp_path / "own" / "combined.csv").exists()
    refused = cli("export", "runs/conversations", "-o", "runs/conversations/atlas/x", code=1)
    assert "inside the atlas" in refused.stderr


def test_formulas_are_neutralised_in_every_csv(tmp_path: Path, cli: Cli) -> None:
    items = [
        Conversation(f"=cmd|' /C calc'!A{i}", c.messages, c.user, c.time, {"plan": "=1+1" if i % 2 else "@SUM(A1)"})
        for i, c in enumerate(conversations(400))
    ]
    write_jsonl(tmp_path / "c.jsonl", items)
    cli("run", "c.jsonl", "--facet", "plan", "-q")
    cli("export", "runs/c", "--conversations", "-o", "out")
    for path in (*(tmp_path / "out").glob("*.csv"), tmp_path / "runs" / "c" / "vault" / "combined.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))], path
    assert "'=1+1" in (tmp_path / "out" / "cube.csv").read_text(encoding="utf-8")


def test_values_cannot_steer_the_terminal(tmp_path: Path, cli: Cli) -> None:
    hostile = "\x1b[31mred\u202etxt [bold]x[/bold]"
    items = [Conversation(c.id, c.messages, c.user, c.time, {"plan": hostile}) for c in conversations(300)]
    write_jsonl(tmp_path / "c.jsonl", items)
    cli("run", "c.jsonl", "--facet", "plan", "-q")
    told = cli("show", "runs/c", "0-0").stdout
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[bold]x[/bold]" in told


def test_info_says_what_was_run_on_what_and_for_how_long(source: Path, cli: Cli) -> None:
    cli("run", source, "-q")
    told = cli("info", "runs/conversations").stdout
    for part in ("conversations.jsonl", "Embedding", "min users", "rule", "silhouette", "withheld", "Read 600"):
        assert part in told


def test_an_atlas_alone_can_be_read(finished: Path, tmp_path: Path, cli: Cli) -> None:
    alone = tmp_path / "published"
    (tmp_path / "runs" / "conversations" / "atlas").rename(alone)
    for command in (["tree"], ["show", "0-0"], ["search", "bread"], ["info"], ["export", "-o", "x"]):
        cli(command[0], alone, *command[1:])


def test_a_reader_that_leaves_is_no_error(finished: Path, tmp_path: Path, cli: Cli) -> None:
    command = f"{sys.executable} -m clioscope tree runs/conversations | head -n 1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_for_output_is_a_sentence(finished: Path, tmp_path: Path, cli: Cli) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "clioscope", "tree", "runs/conversations"],
            cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
        )  # fmt: skip
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_demo_runs_and_is_named_and_no_figure_withheld_is_given_away(cli: Cli) -> None:
    done = cli("demo")
    assert "conversations of" in done.stdout.splitlines()[0]
    assert "Read 3,6" in done.stderr
    named = [line for line in done.stdout.splitlines()[1:] if "Unnamed" not in line]
    assert len(named) > 0.8 * len(done.stdout.splitlines())
    cli("audit", "runs/demo", "--attack", "thresholds", "--attack", "subtraction")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["oasst_val_en", "arena_hard", "crosswoz", "hh_harmless"])
def test_real_conversations_run(name: str, tmp_path: Path, cli: Cli) -> None:
    path = shared(f"{name}.jsonl.gz")
    n = len(gzip.decompress(path.read_bytes()).split(b"\n")) - 1
    done = cli("run", path, "--sample", "400", "--json", code=None)
    if done.returncode:
        assert "too few" in done.stderr
    else:
        assert json.loads(done.stdout)["read"]["conversations"] == min(400, n)


def test_messages_in_the_vault_can_be_read_by_their_owner_alone(finished: Path, cli: Cli) -> None:
    for path in (finished / "vault").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_conversation_text_is_in_errors_or_progress(tmp_path: Path, cli: Cli) -> None:
    items = [Conversation(f"c{i}", (Message("user", f"my secret is zebra{i} \x00"),), user="u") for i in range(50)]
    write_jsonl(tmp_path / "c.jsonl", items)
    done = cli("run", "c.jsonl", code=1)
    assert "zebra" not in done.stderr + done.stdout
