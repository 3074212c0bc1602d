"""What the documents say is what the program does."""

from __future__ import annotations

import re
import shlex
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from benchmarks import render
from clioscope.atlas import Atlas
from clioscope.config import PROFILES, make_config, read_config, read_facets
from tests.conftest import ROOT, Cli, conversations, write_jsonl

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"^(?:\S*/)?clioscope (?P<rest>.*?)(?:\s+#.*)?$", re.MULTILINE)


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_and_option_in_the_documents_exists(path: Path, cli: Cli) -> None:
    @cache
    def help_of(command: str) -> str:
        return cli(*command.split(), "--help").stdout

    for block in blocks(path, "sh"):
        for found in COMMAND.finditer(block):
            words = shlex.split(found["rest"])
            command = " ".join(words[:2] if words[0] in ("key", "audit-log", "token", "sessions") else words[:1])
            for option in (word for word in words[1:] if word.startswith("--")):
                assert option in help_of(command), f"clioscope {found['rest']}"


def test_options_named_in_the_readme_exist(cli: Cli) -> None:
    helps = "".join(cli(command, "--help").stdout for command in ("run", "tree", "export"))
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for option in set(re.findall(r"`(--[a-z-]+)", text)):
        assert option in helps, option


def test_every_option_of_run_is_explained(cli: Cli) -> None:
    told = cli("run", "--help").stdout
    for option in re.findall(r"│ [* ] +(--[a-z-]+)(.*)", told):
        assert len(option[1].split()) > 2, option


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = blocks(ROOT / "README.md", "python")
    write_jsonl(tmp_path / "conversations.jsonl", conversations(400))
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})


@pytest.mark.parametrize("example", blocks(ROOT / "docs" / "testing.md", "python"))
def test_the_examples_of_the_double_run(example: str) -> None:
    exec(compile(example, "testing.md", "exec"), {})


def test_the_facets_in_the_documents_are_facets(tmp_path: Path) -> None:
    (example,) = (text for text in blocks(ROOT / "docs" / "models.md", "toml") if "[[facet]]" in text)
    path = tmp_path / "my.toml"
    path.write_text(example, encoding="utf-8")
    config = make_config(models={"extract": "openai/m"}, **read_facets(path))
    assert [question.kind for question in config.questions] == ["category", "scale", "number", "list", "text"]
    assert len(config.areas) == 2


def test_the_access_file_in_the_documents_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clioscope.explorer.teams.access_file import Access, read_access

    (example,) = blocks(ROOT / "docs" / "explorer.md", "toml")
    path = tmp_path / "access.toml"
    path.write_text(example, encoding="utf-8")
    monkeypatch.setenv("CLIOSCOPE_OIDC_SECRET", "x")
    access = read_access(path)
    assert access.model_fields_set == set(Access.model_fields)
    assert access.grants(frozenset({"clioscope-admins"})).on("support-may") == frozenset()
    assert access.grants(frozenset({"trust-and-safety"})).on("minors-2026") == {"investigator"}


def test_the_model_profile_in_the_documents_is_one(tmp_path: Path) -> None:
    (example,) = (text for text in blocks(ROOT / "docs" / "models.md", "toml") if "model_profiles" in text)
    path = tmp_path / "my.toml"
    path.write_text(example, encoding="utf-8")
    (row,) = read_config(path).model_profiles
    assert row.model_fields_set == set(type(row).model_fields)


@pytest.mark.parametrize(("name", "block"), [("names", -2), ("facets", -1)])
def test_the_recorded_hierarchies_in_the_documents_are_the_recorded_ones(name: str, block: int) -> None:
    shown = blocks(ROOT / "docs" / "models.md", "text")[block]
    with as_file(files("clioscope.sample").joinpath("recorded", name, "atlas")) as path:
        atlas = Atlas.open(path)
    assert shown.startswith(f"{atlas.conversations:,} conversations of {atlas.users:,} users\n")
    assert all(f"── {cluster.name}  " in shown for cluster in atlas.walk())


def test_the_hierarchy_on_the_first_screen_is_of_the_shipped_sample() -> None:
    import csv

    from clioscope.sample import topics

    n = len(list(csv.DictReader(topics().read_text(encoding="utf-8").split("\n"))))
    (tree,) = blocks(ROOT / "README.md", "text")
    first = re.match(r"([\d,]+) conversations of ([\d,]+) users\n", tree)
    assert first
    assert abs(int(first[1].replace(",", "")) - n) <= 2
    assert tree.count("──") > 20


def test_the_thresholds_in_the_documents_are_those_of_the_profiles() -> None:
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    rows = text.split("<!-- profiles -->")[1].split("\n\n")[0].splitlines()[3:]
    told = {cells[1].strip(" `"): [cell.strip() for cell in cells[2:-1]] for row in rows if (cells := row.split("|"))}
    assert told == {
        profile: [
            str(least.users),
            str(least.conversations),
            f"{least.cluster_users} and {least.cluster_conversations}",
            str(least.support),
            str(least.rounding),
            f"{least.share:.0%}",
        ]
        for profile, least in PROFILES.items()
    }


def test_the_steering_figures_of_the_privacy_page_are_those_that_were_measured() -> None:
    measured = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").split("## Steering")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \| (\d+% to \d+%) \|$", measured, re.MULTILINE)
    *forms, (_, n, steered, interval) = rows
    assert len(forms) == 10
    assert {row[1:] for row in forms} == {("5", "0", forms[0][3])}
    told = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    assert f"0 of 5 conversations with a large model (95%: {forms[0][3]} of such attempts" in told
    assert f"{steered} of all {n}: {interval})" in told


def test_the_tables_of_the_benchmarks_are_those_that_were_measured() -> None:
    page = render.PAGE.read_text(encoding="utf-8")
    assert render.rendered(page) == page, "run python -m benchmarks.render"
    assert render.unplaced(page) == []


def test_the_rules_of_an_evaluation_in_the_documents_are_those_that_judge() -> None:
    from clioscope.evaluation.rules import RULES, whole_percents

    text = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8").split("<!-- rules -->\n")[1]
    told = {cells[1].strip(): [cell.split()[-1] for cell in cells[2:4]] for cells in map(_cells, text.splitlines())}
    assert told.keys() == RULES.keys()
    for name, rule in RULES.items():
        limits = (rule.good, rule.weak)
        assert told[name] in ([f"{limit:g}" for limit in limits], [whole_percents(limit) for limit in limits]), name


def _cells(row: str) -> list[str]:
    return row.split("|")


def test_what_an_evaluation_advises_can_be_done(cli: Cli) -> None:
    from clioscope.evaluation.rules import ARRANGED, EXTRACTED, RULES

    helps = cli("run", "--help").stdout
    for advice in (*(rule.advice for rule in RULES.values()), ARRANGED, EXTRACTED):
        for option in re.findall(r"--[a-z-]+", advice):
            assert option in helps, option


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_documents_leads_somewhere(path: Path) -> None:
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)", path.read_text(encoding="utf-8")):
        file = path.parent / target if target else path
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}
            assert anchor[1:] in slugs, f"{target}{anchor}"


def test_the_changelog_knows_this_version() -> None:
    from clioscope import __version__

    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_contributing_names_every_folder() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for folder in (ROOT / "src" / "clioscope").iterdir():
        if folder.is_dir() and (folder / "__init__.py").exists():
            assert f"`{folder.name}/`" in text, folder.name
