"""``clioscope evaluate``: its exit codes, its reports, and what may be read in them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from clioscope import Evaluation
from clioscope.evaluation.measure import Line, Listed
from clioscope.evaluation.report import as_json, write_report
from clioscope.evaluation.report.writing import to_try
from clioscope.evaluation.rules import judged
from clioscope.testing import ModelServer
from clioscope.vault import RunFolder
from tests.conftest import Cli
from tests.evaluation.conftest import knowing


def reports(run: Path) -> list[Path]:
    return sorted((run / "evaluation").iterdir())


def test_it_prints_and_writes_what_is_good_what_is_weak_and_what_to_try(run: Path, cli: Cli) -> None:
    told = cli("evaluate", run, "--labels", "topic").stdout
    (folder,) = reports(run)
    assert {path.name for path in folder.iterdir()} == {"evaluation.html", "evaluation.json", "evaluation.md"}
    assert str(folder / "evaluation.html") in told
    found = json.loads((folder / "evaluation.json").read_text())
    assert found["run"] == "run"
    assert "labels: topic" in {measure["measure"] for measure in found["measures"]}
    for sentence in found["summary"]:
        assert sentence in told.replace("\n", " ") or len(sentence) > 100
    for row in found["to_try"]:
        assert f"- {row['measure']}: " in told
    for measure in found["measures"]:
        for text in (measure["sentence"], measure["rule"], measure["advice"]):
            assert text in (folder / "evaluation.html").read_text().replace("&#39;", "'").replace("&gt;", ">").replace(
                "&lt;", "<"
            )


def test_a_report_holds_no_word_id_or_count_of_anybody(run: Path, cli: Cli) -> None:
    with ModelServer(answer=knowing) as server:
        judge = ("--model", "openai/double", "--base-url", f"{server.url}/v1", "--sample", "60")
        done = cli("evaluate", run, "--labels", "topic", "--labels", "plan", *judge, "--json")
    everything = done.stdout + "".join(path.read_text() for path in reports(run)[0].iterdir())
    folder = RunFolder.existing(run)
    for table in folder.conversations.read(["id", "user", "messages"]):
        for row in table.to_pylist():
            assert row["messages"][0]["content"] not in everything
            assert f'"{row["id"]}"' not in everything
            assert row["user"] is None or row["user"].hex() not in everything
    for measure in json.loads(done.stdout)["measures"]:
        for line in measure["figures"]:
            for figure in (line["value"], line["low"], line["high"]):
                assert figure is None or figure == round(figure, 3)
            if line["share"] and line["value"] is not None:
                assert line["value"] in (0.005, 0.995) or line["value"] == round(line["value"], 2)
            counts = [int(number) for number in re.findall(r"about ([\d,]+)", line["of"].replace(",", ""))]
            assert all(number % 10 == 0 for number in counts)
    assert "Shared words." not in everything  # what the judge gave as its reason


def test_the_json_is_the_report(run: Path, cli: Cli) -> None:
    printed = json.loads(cli("evaluate", run, "--json").stdout)
    (folder,) = reports(run)
    assert printed == json.loads((folder / "evaluation.json").read_text())
    assert cli("evaluate", run, "--quiet").stdout == ""
    assert len(reports(run)) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nowhere",), "is not a run"),
        (("run", "--labels", "nothing"), "no conversation has a column of that name"),
        (("run", "--sample", "50", "--max-cost", "1"), "--sample, --max-cost: for a model that judges"),
        (("run", "--human", "people.csv"), "--human: for a model that judges"),
        (("run", "--model", "magic"), "magic"),
        (("run", "--model", "openai/double", "--prompt", "belongs"), "--prompt belongs: write it as name=value"),
        (("run", "--model", "openai/double", "--base-url", "http://127.0.0.1:9/v1", "--max-cost", "1"), "price"),
    ],
)
def test_what_could_not_be_evaluated_is_exit_code_2(run: Path, arguments: Sequence[str], told: str, cli: Cli) -> None:
    done = cli("evaluate", *arguments, code=2)
    assert done.stderr.startswith("Error: ")
    assert told in " ".join(done.stderr.split())
    assert not (run / "evaluation").exists()


def test_waiting_for_answers_in_files_is_exit_code_3(run: Path, cli: Cli, tmp_path: Path) -> None:
    done = cli("evaluate", run, "--model", "file:asked", "--sample", "20", code=3)
    assert "asked" in done.stderr
    assert list((tmp_path / "asked").glob("*.requests.jsonl"))
    assert not (run / "evaluation").exists()


def test_an_estimate_spends_and_writes_nothing(run: Path, cli: Cli) -> None:
    before = sorted(path.name for path in run.iterdir())
    told = json.loads(cli("evaluate", run, "--model", "openai/gpt-5-nano", "--estimate", "--json").stdout)
    (stage,) = told["stages"]
    assert stage["calls"] > 200
    assert stage["dollars"] > 0
    assert sorted(path.name for path in run.iterdir()) == before


def test_a_prompt_of_ones_own_is_asked(run: Path, cli: Cli, tmp_path: Path) -> None:
    mine = cli("prompts", "belongs").stdout.replace("You check whether", "You, my own judge, check whether")
    (tmp_path / "mine.jinja").write_text(mine)
    with ModelServer(answer=knowing) as server:
        judge = ("--model", "openai/double", "--base-url", f"{server.url}/v1", "--sample", "20")
        cli("evaluate", run, *judge, "--prompt", "belongs=mine.jinja", "--quiet")
        said = [body["messages"][0]["content"] for body in server.requests()]
    assert sum("my own judge" in system for system in said) > 10


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
    lines = [Line(evil, 0.5, 0.4, 0.6, evil, 0.25, share=True), Line(evil, 0.5), Line(evil, None, of=evil, share=True)]
    measure = replace(judged("names", lines, notes=(evil,), listed=Listed(["id"], [[evil]])), facet=evil)
    made = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
    found = Evaluation(evil, {"atlas": "0" * 64}, made, 0, [measure], evil, 200, (evil,))
    folder = write_report(tmp_path, found)
    assert folder == tmp_path / "evaluation" / "2026-11-02T030405"
    html, markdown = (folder / "evaluation.html").read_text(), (folder / "evaluation.md").read_text()
    parser = Tags()
    parser.feed(html)
    assert not parser.tags & {"script", "img", "link", "iframe"}
    assert set(parser.links) == {"#m1"}
    assert "{{ 7 * 7 }}" in html
    assert "<script" not in markdown.replace("\\<script", "")
    assert as_json(found)["notes"] == [evil]


def test_what_is_weak_comes_before_what_is_fair() -> None:
    fair, weak, good = (
        judged(name, [Line("a", value, share=True)]) for name, value in (("names", 0.9), ("nesting", 0.1), ("fit", 1.0))
    )
    found = Evaluation("run", {"atlas": ""}, datetime(2026, 1, 1, tzinfo=UTC), 0, [fair, good, weak])
    assert [title for title, _ in to_try(found)] == ["nesting", "names"]
    assert as_json(found)["summary"] == ["Good: fit.", "Fair: names.", "Weak: nesting."]
