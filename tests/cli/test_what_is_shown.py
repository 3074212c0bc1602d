"""What commands show of a finished run: whole figures, which hierarchy they are of, and what is withheld."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import pty
import re
import shutil
import stat
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clioscope.atlas import Atlas, Cluster
from clioscope.atlas.schema import CLUSTERS
from clioscope.cli.summary import summary, summary_lines
from clioscope.pipeline.done import Done
from clioscope.testing import ChatRequest, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import Cli, conversations
from tests.judged.helpers import judged, kind
from tests.processes import Servers

FIGURES = re.compile(r"(?<!\S)([\d,]+)  (\d+\.\d%)")
DRAWN = re.compile(r"\x1b\[[\d;]*m")

Window = Callable[..., list[str]]


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """The shipped atlas with names by a model: some are long, and one cluster is given an only child of its name."""
    with as_file(files("clioscope.sample").joinpath("recorded", "names", "atlas")) as path:
        atlas = Path(shutil.copytree(path, tmp_path / "published"))
    rows = pq.read_table(atlas / "clusters.parquet").to_pylist()
    top, only = _last(rows)
    for row in rows:
        if row["parent_id"] == top["id"] and row is not only:
            row["parent_id"] = "1-0"
    only |= {name: top[name] for name in ("name", "conversations", "users")}
    pq.write_table(pa.Table.from_pylist(rows, schema=CLUSTERS), atlas / "clusters.parquet")
    return atlas


def _last(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The smallest top cluster, and one of its children."""
    top = min((row for row in rows if row["level"] == 1), key=lambda row: row["conversations"])
    return top, next(row for row in rows if row["parent_id"] == top["id"])


@pytest.fixture
def window(tmp_path: Path, servers: Servers) -> Window:
    """Run the command in a terminal of so many columns; the lines without colours."""

    def run(columns: int, *arguments: str | Path) -> list[str]:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"} | {"TERM": "xterm-256color"}
        running = servers.start(list(map(str, arguments)), tmp_path, environment, (theirs, theirs, theirs))
        os.close(theirs)
        told = b""
        while block := _read(ours):
            told += block
        running.wait()
        os.close(ours)
        return DRAWN.sub("", told.decode("utf-8")).replace("\r", "").rstrip("\n").split("\n")

    return run


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # its other end is closed
        return b""


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """A run with two hierarchies, whose auditor withholds what is about bread."""

    def strict(request: ChatRequest) -> str:
        if kind(request) == "audit" and "bread" in request.user:
            return json.dumps({"reason": "it is about bread", "score": 1})
        return json.dumps({"text": "bread still"}) if kind(request) == "rewrite" else answer(request)

    folder = tmp_path_factory.mktemp("several")
    mood = {"name": "mood", "kind": "category", "question": "Which; mood?", "values": ["calm", "angry"]}
    with pytest.MonkeyPatch.context() as patch, ModelServer(answer=strict) as server:
        patch.setenv("OPENAI_API_KEY", "sk-double")
        return judged(folder, server, cluster_by=("request", "task"), clusters=6, questions=(mood,))


@pytest.fixture
def finished(tmp_path: Path, several: Done) -> Path:
    """A copy of its folder, as ``r``."""
    return Path(shutil.copytree(several.folder, tmp_path / "r"))


@pytest.mark.parametrize("columns", [40, 57, 80, 120, 200])
@pytest.mark.parametrize("options", [[], ["--ids"]])
def test_a_narrow_window_shortens_names_and_never_figures(
    columns: int, options: list[str], recorded: Path, window: Window
) -> None:
    atlas = Atlas.open(recorded)
    lines = window(columns, "tree", recorded, *options)
    shown = [match.groups() for line in lines for match in FIGURES.finditer(line)]
    expected = [(f"{c.conversations:,}", f"{atlas.share(c):.1%}") for c in atlas.walk() if not _is_only(atlas, c)]
    assert shown == expected
    assert max(map(len, lines)) <= columns
    assert any("…" in line for line in lines) == (columns < 100)


def _is_only(atlas: Atlas, cluster: Cluster) -> bool:
    parent = atlas.parent(cluster)
    return parent is not None and len(atlas.children(parent)) == 1


def test_a_window_that_columns_makes_narrow_keeps_figures_in_a_pipe(recorded: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "COLUMNS": "24"}
    command = [sys.executable, "-m", "clioscope", "tree", str(recorded), "--ids"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert len(FIGURES.findall(told)) == len(list(Atlas.open(recorded).walk())) - 1
    assert max(map(len, told.splitlines())) <= 24


def test_a_cluster_and_its_only_child_of_the_same_name_share_a_line(recorded: Path, cli: Cli) -> None:
    top, only = _last(pq.read_table(recorded / "clusters.parquet").to_pylist())
    name, share = top["name"], f"{Atlas.open(recorded).share(Atlas.open(recorded).cluster(top['id'])):.1%}"
    told = cli("tree", recorded).stdout
    assert told.count(name) == 1
    assert told.splitlines()[-1] == f"└── {name}  {top['conversations']}  {share}"
    ids = cli("tree", recorded, "--ids").stdout.splitlines()
    assert ids[-1].endswith(f"{share}  {top['id']}, {only['id']}")
    assert cli("tree", recorded, "--ids", "--depth", "1").stdout.splitlines()[-1].endswith(f"{share}  {top['id']}")
    (nested,) = [c for c in json.loads(cli("tree", recorded, "--json").stdout) if c["name"] == name]
    assert [child["name"] for child in nested["children"]] == [name]


def test_a_name_that_says_its_id_is_not_followed_by_it(tmp_path: Path, cli: Cli) -> None:
    with as_file(files("clioscope.sample").joinpath("recorded", "names", "atlas")) as path:
        atlas = Path(shutil.copytree(path, tmp_path / "unnamed"))
    table = pq.read_table(atlas / "clusters.parquet")
    names = [f"Unnamed cluster {row['id']}" if row["id"] == "0-4" else row["name"] for row in table.to_pylist()]
    where = table.column_names.index("name")
    pq.write_table(table.set_column(where, table.schema.field("name"), [names]), atlas / "clusters.parquet")
    parent = next(row["parent_id"] for row in table.to_pylist() if row["id"] == "0-4")
    for command in (
        ["tree", atlas, "--ids"],
        ["show", atlas, "0-4"],
        ["show", atlas, parent],
        ["search", atlas, "0-4"],
    ):
        told = cli(*command).stdout
        lines = [line for line in told.splitlines() if "Unnamed cluster 0-4" in line]
        assert lines, command
        assert all(line.count("0-4") == 1 for line in lines), command


def test_info_says_what_the_auditor_withheld_in_each_hierarchy(finished: Path, cli: Cli) -> None:
    found = json.loads((finished / "vault" / "stages.json").read_text(encoding="utf-8"))
    told = cli("info", finished).stdout
    for title, stage in (("Auditor by request", "Auditing"), ("Auditor by task", "Auditing (task)")):
        did = found[stage]["found"]
        assert did["withheld"] > 0
        section = told.split(f"\n{title}\n")[1].split("\n\n")[0]
        assert f"{did['audited']} audited" in section
        assert f"The auditor withheld {did['withheld']} texts" in section


def test_info_prints_settings_as_text(finished: Path, cli: Cli) -> None:
    told = cli("info", finished).stdout
    for mark in ("{", "}", "['", "True", "False", "None"):
        assert mark not in told
    assert re.search(r"silhouette +\d+: 0", told)
    assert "extract: openai/double, name: openai/double" in told
    assert "values: calm, angry" in told


def test_info_says_of_which_invocation_the_seconds_are(finished: Path, cli: Cli) -> None:
    assert "Seconds  in the invocation that last worked on each stage" in cli("info", finished).stdout


def test_info_of_a_run_that_was_begun_anew_tells_what_there_is(finished: Path, cli: Cli) -> None:
    path = finished / "vault" / "stages.json"
    stages = json.loads(path.read_text(encoding="utf-8"))
    for name in ("Reading", "Clustering"):
        stages[name] = {"inputs": {}, "done": False}
    path.write_text(json.dumps(stages), encoding="utf-8")
    assert "Clusters by task" in cli("info", finished).stdout


def test_every_command_says_which_hierarchy_it_shows_and_where_the_others_are(finished: Path, cli: Cli) -> None:
    for command, rest in (("tree", []), ("search", ["bread"]), ("export", []), ("info", [])):
        main, other = cli(command, finished, *rest), cli(command, finished / "atlas-task", *rest)
        assert "This is the run's hierarchy by request." in main.stderr + main.stdout
        assert f"The one by task: clioscope {command} {finished / 'atlas-task'}" in main.stderr + main.stdout
        assert "This is the run's hierarchy by task." in other.stderr + other.stdout
        assert f"The one by request: clioscope {command} {finished / 'atlas'}" in other.stderr + other.stdout
    assert ", by task" in cli("tree", finished / "atlas-task").stdout.splitlines()[0]
    assert "In the hierarchy: by task" in cli("show", finished / "atlas-task", "0-0").stdout
    for folder, facet in (("exports", "request"), ("exports-task", "task")):
        assert json.loads((finished / folder / "clusters.json").read_text(encoding="utf-8"))["facet"] == facet
    beside = json.loads(cli("info", finished, "--json").stdout)["hierarchies"]
    assert beside == {"request": str(finished / "atlas"), "task": str(finished / "atlas-task")}


def test_a_report_of_several_hierarchies_says_that_one_alone_is_for_publishing(
    finished: Path, tmp_path: Path, cli: Cli
) -> None:
    for where in (["-o", tmp_path / "r.html"], ["--folder", tmp_path / "pages"]):
        told = " ".join(cli("report", finished, *where).stderr.split())
        assert "It holds 2 hierarchies of the run (by request, by task)" in told
        assert "only the one by request is for publishing." in told
    assert f"clioscope report {finished / 'atlas'}" in told
    told = cli("report", finished / "atlas", "-o", tmp_path / "main.html").stderr
    assert "hierarchies" not in told
    assert (tmp_path / "main.html").stat().st_size < (tmp_path / "r.html").stat().st_size


def test_the_end_of_a_run_says_which_hierarchy_its_figures_are_of(several: Done) -> None:
    told = "\n".join(line for line in summary_lines(several) if isinstance(line, str))
    assert f"The auditor withheld {several.withheld} texts (names and descriptions of the hierarchy by request)" in told
    assert f"The one by task: clioscope tree {several.folder / 'atlas-task'}" in told
    beside = summary(several)["hierarchies"]
    assert beside == {"request": str(several.folder / "atlas"), "task": str(several.folder / "atlas-task")}


def test_a_release_that_is_being_written_is_no_hierarchy(finished: Path, cli: Cli) -> None:
    shutil.copytree(finished / "atlas-task", finished / "atlas-task.old")
    shutil.copytree(finished / "atlas-task", finished / "atlas-wishes")
    (finished / "atlas-wishes" / "atlas.json").write_text("{", encoding="utf-8")
    told = cli("tree", finished).stderr
    assert told.count("The one by") == 1
    assert ".old" not in told


def test_one_hierarchy_by_request_needs_no_label(made: Path, cli: Cli) -> None:
    done = cli("tree", made)
    assert done.stdout.startswith("600 conversations of 60 users\n")
    assert done.stderr == ""


def test_show_says_what_the_released_values_leave_of_a_cluster(recorded: Path, cli: Cli) -> None:
    atlas = Atlas.open(recorded)

    def left(cluster: Cluster) -> int:
        return cluster.conversations - sum(cell.conversations for cell in atlas.counts("language", cluster))

    cluster = next(c for c in atlas.walk() if 0 < left(c) < c.conversations)
    rest = left(cluster)
    told = cli("show", recorded, cluster.id).stdout
    section = told.split("By language\n")[1].split("\n\n")[0]
    assert re.search(rf"^ +the rest +{rest:,} +{rest / cluster.conversations:.0%}", section, re.MULTILINE)
    assert json.loads(cli("show", recorded, cluster.id, "--json").stdout)["rest"]["language"] == rest


def test_what_is_withheld_and_what_is_empty_are_told_alike(recorded: Path, cli: Cli) -> None:
    endings = set()
    for cluster in ("1-0", "1-1", "0-21"):
        told = cli("show", recorded, cluster).stdout
        endings.add(told.rstrip().rpartition("\n")[2])
        assert not re.search(r"^ +\S.* 0 +0%", told, re.MULTILINE), "no cell is told to be empty"
    (ending,) = endings
    assert "empty or withheld, and the two look alike" in ending


def test_figures_of_one_cluster_are_whole_in_a_narrow_window(recorded: Path, window: Window) -> None:
    wide, narrow = (window(columns, "show", recorded, "1-0") for columns in (160, 40))
    figures = re.compile(r" ([\d,]+) +(\d+%)")
    assert [m for line in wide for m in figures.findall(line)] == [m for line in narrow for m in figures.findall(line)]
    assert max(map(len, narrow)) <= 40


def test_the_table_of_single_conversations_is_written_into_the_vault_alone(finished: Path, cli: Cli) -> None:
    for atlas, name in ((finished, "combined.csv"), (finished / "atlas-task", "combined-task.csv")):
        done = cli("export", atlas, "--conversations", "-o", finished / "out")
        path = finished / "vault" / name
        assert f"Private, in the vault: {path}." in done.stderr
        assert name not in done.stdout, "what is listed for others holds nothing private"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with path.open(encoding="utf-8", newline="") as file:
            assert {row["id"] for row in csv.DictReader(file)} == {c.id for c in conversations(240)}
    assert [path for path in finished.rglob("combined*") if path.parent.name != "vault"] == []


def test_an_atlas_without_its_vault_has_no_table_of_single_conversations(recorded: Path, cli: Cli) -> None:
    done = cli("export", recorded, "--conversations", "-o", "out", code=1)
    assert "it has no vault" in done.stderr
    assert done.stdout == ""


def test_help_names_defaults(cli: Cli) -> None:
    assert "Default: all." in cli("tree", "--help").stdout
    assert "Default: RUN/exports" in " ".join(cli("export", "--help").stdout.split())
    assert "[default: 10]" in cli("search", "--help").stdout
