"""``clioscope audit``: its exit codes, its reports, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import clioscope
from clioscope import ConfigError, RunError
from clioscope.atlas.schema import CLUSTERS
from clioscope.attacks.auditing import Audit, names
from clioscope.attacks.finding import Finding, Rate, Trial, Verdict
from clioscope.attacks.report import as_json, write_report
from clioscope.reporting import percent
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.master_key import new_key
from tests.conftest import Cli, bytes_of, conversations
from tests.vault.helpers import everything_in

STATIC = ("thresholds", "subtraction", "verbatim", "coarseness", "positions", "homogeneity")
HELD = ("--attack", "thresholds", "--attack", "verbatim", "--attack", "coarseness")


def rename(run: Path, name: str) -> None:
    path = run / "atlas" / "clusters.parquet"
    rows = pq.read_table(path).to_pylist()
    rows[0]["name"] = name
    pq.write_table(pa.Table.from_pylist(rows, schema=CLUSTERS), path)


def reports(run: Path) -> list[Path]:
    return sorted((run / "audits").iterdir())


def audit_of(verdicts: Sequence[Verdict], failed: tuple[str, ...] = (), run: str = "run") -> Audit:
    findings = [Finding(f"attack-{i}", "A question?", verdict, "A sentence.") for i, verdict in enumerate(verdicts)]
    return Audit(run, {"atlas": "0" * 64}, datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC), 0, findings, failed)


def test_where_all_that_was_tried_held_the_exit_code_is_0(run: Path, cli: Cli) -> None:
    told = cli("audit", run, *HELD).stdout
    assert "held" in told
    (folder,) = reports(run)
    assert {path.name for path in folder.iterdir()} == {"audit.html", "audit.json", "audit.md"}
    assert str(folder / "audit.html") in told
    found = json.loads((folder / "audit.json").read_text())
    assert found["verdict"] == "held"
    assert [finding["attack"] for finding in found["findings"]] == ["thresholds", "verbatim", "coarseness"]
    for finding in found["findings"]:
        for trial in finding["trials"]:
            assert trial["interval"][0] <= trial["share"] <= trial["interval"][1]


def test_a_leak_is_exit_code_1_and_its_text_is_not_told_again(run: Path, cli: Cli) -> None:
    (table,) = RunFolder(run).conversations.read(["messages"])
    said = table["messages"][3].as_py()[0]["content"]
    rename(run, said)
    done = cli("audit", run, *HELD, code=1)
    everything = done.stdout + done.stderr + "".join(path.read_text() for path in reports(run)[0].iterdir())
    assert "leaked" in done.stdout
    assert said not in everything
    assert "is not as the run wrote it" in everything


@pytest.mark.parametrize("arguments", [("nowhere",), ("run", "--attack", "magic"), ("run", "--model", "openai/m")])
def test_what_could_not_be_run_is_exit_code_2(run: Path, arguments: Sequence[str], cli: Cli) -> None:
    done = cli("audit", *arguments, code=2)
    assert done.stderr.startswith("Error: ")
    assert not (run / "audits").exists()


def test_an_unknown_attack_is_told_of_with_those_there_are(run: Path) -> None:
    with pytest.raises(ConfigError, match=r"no attack called magic\. There are thresholds, subtraction,"):
        clioscope.audit(run, attacks=["magic"])


def test_the_static_attacks_come_first() -> None:
    assert tuple(names()[: len(STATIC)]) == STATIC
    assert len(set(names())) == len(names())


def test_a_run_that_is_worked_on_is_left_alone(run: Path) -> None:
    with run_lock(run / "vault"), pytest.raises(RunError, match="is being worked on"):
        clioscope.audit(run, attacks=["thresholds"])


def test_of_a_purged_vault_the_atlas_alone_is_looked_at(run: Path, cli: Cli) -> None:
    cli("purge", run, "--all", "--now")
    found = json.loads(cli("audit", run, "--json", code=None).stdout)
    by_name = {finding["attack"]: finding for finding in found["findings"]}
    assert list(by_name) == names()
    for attack in ("thresholds", "subtraction", "coarseness"):
        assert by_name[attack]["verdict"] in ("held", "leaked")
        assert "purged" in by_name[attack]["sentence"]
        assert {trial["layers"] for trial in by_name[attack]["trials"]} == {"the gate"}
    assert by_name["homogeneity"]["verdict"] == "reported"
    for attack in set(names()) - {"thresholds", "subtraction", "coarseness", "homogeneity"}:
        assert by_name[attack]["verdict"] == "not tried"
        assert "purged" in by_name[attack]["sentence"]


def test_of_a_vault_without_texts_figures_are_recounted_all_the_same(run: Path, cli: Cli) -> None:
    cli("purge", run, "--raw", "--now")
    found = {finding.attack: finding for finding in clioscope.audit(run, attacks=STATIC)}
    assert found["verbatim"].verdict == "not tried"
    assert found["thresholds"].verdict == "held"
    assert "counted again" in found["thresholds"].sentence
    assert "words were not recounted" in found["thresholds"].sentence


def test_an_encrypted_vault_is_audited_with_its_key_and_refused_without(
    tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIOSCOPE_KEY", new_key())
    clioscope.run(conversations(300), tmp_path / "run", encrypt=True)
    assert clioscope.audit(tmp_path / "run", attacks=["thresholds"])[0].verdict == "held"
    monkeypatch.delenv("CLIOSCOPE_KEY")
    monkeypatch.delenv("CLIOSCOPE_KEY_FILE", raising=False)
    assert "key" in cli("audit", "run", *HELD, code=2).stderr


def test_two_audits_are_two_reports(run: Path) -> None:
    audit = audit_of(["held"])
    first, second = write_report(run, audit), write_report(run, audit)
    assert (first.name, second.name) == ("2026-11-02T030405", "2026-11-02T030405-2")


KILLED = """
import os, signal, sys
def hook(event, arguments):
    if event == "os.rename" and "facets" in str(arguments[1]) and "part-" in str(arguments[1]):
        os.kill(os.getpid(), signal.SIGKILL)
from clioscope.cli import main
sys.addaudithook(hook)
sys.argv[0] = "clioscope"
main()
"""


def killed(run: Path) -> None:
    """Kill an audit that has read planted conversations into a copy."""
    command = [sys.executable, "-c", KILLED, "audit", str(run), "--attack", "canaries", "--tries", "1"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "COLUMNS": "200"}, timeout=300)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def copies(run: Path) -> list[Path]:
    """The conversations of copies, which lie in no other place than the run's vault."""
    found = [path for path in run.rglob("*/conversations/part-*") if path.parent.parent != run / "vault"]
    assert all(run / "vault" in path.parents for path in found)
    return found


@pytest.fixture(scope="module")
def interrupted(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose audit was killed."""
    run = Path(shutil.copytree(made, tmp_path_factory.mktemp("interrupted") / "run"))
    killed(run)
    return run


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "run", "--attack", "coarseness"),
        ("purge", "run"),
        ("purge", "run", "--all", "--now"),
        ("forget", "run", "--user", "user-3"),
        ("tree", "run"),
        ("publish", "run", "--list"),
    ],
)
def test_what_a_killed_audit_left_is_private_and_goes_with_the_next_command(
    command: Sequence[str], interrupted: Path, tmp_path: Path, cli: Cli
) -> None:
    run = Path(shutil.copytree(interrupted, tmp_path / "run"))
    assert copies(run)
    assert not (run / "audits").exists()
    done = cli(*command)
    assert copies(run) == []
    assert "found in" not in done.stdout


def test_the_copies_of_an_encrypted_run_are_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cryptography")
    (tmp_path / "key").write_text(new_key())
    (tmp_path / "key").chmod(0o600)
    run, said = tmp_path / "run", conversations(300)
    with monkeypatch.context() as patch:
        patch.setenv("CLIOSCOPE_KEY_FILE", str(tmp_path / "key"))
        clioscope.run(said, run, encrypt=True)
    clioscope.run(said, run)  # without the option, and without naming the key again
    before = bytes_of(run / "vault")
    killed(run)
    assert len(copies(run)) > 0
    everything = everything_in(run / "vault")
    assert not [c.id for c in said if c.messages[0].content in everything]
    found = clioscope.audit(run, attacks=["canaries"], tries=1)
    assert found[0].verdict in ("held", "reported")
    assert bytes_of(run / "vault") | {"lock": b""} == before | {"lock": b""}


@pytest.mark.parametrize(
    ("event", "path", "place"), [("shutil.copytree", "atlas", "working-audit"), ("os.rename", ".partial", "audits")]
)
def test_stopped_it_leaves_no_report(run: Path, event: str, path: str, place: str) -> None:
    code = f"""
import os, signal, sys
def hook(event, arguments):
    if event == {event!r} and {path!r} in str(arguments[0]) and {place!r} in str(arguments):
        os.kill(os.getpid(), signal.SIGINT)
from clioscope.cli import main
sys.addaudithook(hook)
sys.argv[0] = "clioscope"
main()
"""
    command = [sys.executable, "-c", code, "audit", str(run), "--attack", "coarseness"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "COLUMNS": "200"}, timeout=120)
    assert done.returncode == 130, done.stderr.decode()
    assert b"No report was written" in done.stderr
    assert not (run / "audits").exists()
    assert copies(run) == []


@pytest.mark.parametrize(
    ("verdicts", "failed", "overall"),
    [
        (["held", "reported", "not tried"], (), "held"),
        (["held", "leaked"], ("attack-0",), "leaked"),
        (["held", "not tried"], ("attack-1",), "not tried"),
        (["not tried"], (), "not tried"),
        (["reported", "not tried"], (), "reported"),
    ],
)
def test_one_leak_is_a_leak_and_one_failure_is_no_pass(
    verdicts: Sequence[Verdict], failed: tuple[str, ...], overall: Verdict
) -> None:
    assert audit_of(verdicts, failed).verdict == overall


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]


def test_nothing_in_a_report_is_taken_for_markup_and_nothing_is_fetched(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>|`x` [a](b)\nnew {{ 7 * 7 }}"
    trial = Trial(evil, evil, Rate(1, 3), 0.25, figures=[(evil, evil), ("n", 1234), ("area", 0.51234)])
    finding = Finding("attack-x", evil, "leaked", evil, [trial], evil)
    audit = replace(audit_of([], run=evil), findings=[finding], notes=(evil,))
    folder = write_report(tmp_path, audit)
    html, markdown = (folder / "audit.html").read_text(), (folder / "audit.md").read_text()
    parser = Tags()
    parser.feed(html)
    assert not parser.tags & {"script", "img", "link", "iframe"}
    assert set(parser.links) == {"#attack-x"}
    assert "{{ 7 * 7 }}" in html
    assert "49" not in html.split("<body>")[1].split("%")[0]
    assert "<script" not in markdown.replace("\\<script", "")
    rows = [line for line in markdown.split("\n") if line.startswith("| ")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {4, 7}
    assert "1,234" in html
    assert "0.512" in html
    assert as_json(audit)["findings"][0]["sentence"] == evil


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.0002, "<0.1%"), (0.025, "2.5%"), (0.9999, ">99.9%"), (1.0, "100%")]
)
def test_a_share_is_never_rounded_to_none_or_all(share: float, text: str) -> None:
    assert percent(share) == text
