"""A release with noise counts people: the page calls them so, and says what noise leaves open."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import clioscope
from clioscope import Atlas
from clioscope.atlas.schema import EVERYTHING
from clioscope.explorer.report import write_report
from clioscope.explorer.settings import Settings
from tests.conftest import conversations, write_jsonl
from tests.explorer.atlases import rewrite, tell
from tests.explorer.page.conftest import NARROW, WIDE, Open, opening
from tests.explorer.serving import served

SEEN = 50.0
"""An epsilon at which a few hundred users are enough to see something. It is no protection, and not for use."""


@pytest.fixture(scope="module")
def noisy_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real runs with noise. Must not be changed."""
    folder = tmp_path_factory.mktemp("noisy")
    source = write_jsonl(folder / "conversations.jsonl", conversations(700, 200))
    clioscope.run(source, folder / "runs" / "seen", epsilon=SEEN)
    for name, last in (("hidden", 0), ("nothing", 100)):
        shutil.copytree(folder / "runs" / "seen", folder / "runs" / name)
        _withhold(folder / "runs" / name / "atlas", last)
    return folder / "runs"


def _withhold(atlas: Path, last: int) -> None:
    """Leave out all clusters up to the level ``last``, as larger noise does: but that is never the same twice."""
    levels = json.loads((atlas / "atlas.json").read_text())["levels"]
    tell(atlas, "atlas", levels=[0 if level <= last else count for level, count in enumerate(levels)])

    def is_kept(id: str) -> bool:
        return id == EVERYTHING or int(id.partition("-")[0]) > last

    rewrite(atlas, "clusters", lambda rows: [row for row in rows if is_kept(row["id"])])
    for table in ("cube", "search"):
        rewrite(atlas, table, lambda rows: [row for row in rows if is_kept(row["cluster_id"])])


@pytest.fixture(scope="module")
def open_noisy(noisy_runs: Path, browser: Browser) -> Iterator[Open]:
    settings = Settings(noisy_runs, requests_per_second=1e6, burst=1_000_000)
    with served(settings) as server, opening(server, browser) as opened:
        yield opened


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_people_are_called_people(open_noisy: Open, noisy_runs: Path, size: dict[str, int]) -> None:
    top = Atlas.open(noisy_runs / "seen").top()[0].id
    page = open_noisy(f"#/seen/table?cluster={top}", viewport=size)
    expect(page.locator(".status-bar .figure")).to_have_text(re.compile(r"^[\d,]+ people$"))
    assert any("People" in head for head in page.locator("[role=columnheader]").all_inner_texts())
    shown = []
    for view in ("Table", "Tree", "Map", "Details", "Compare") if size == NARROW else ("Table", "Map", "Compare"):
        page.get_by_role("link", name=view, exact=True).click()
        expect(page.locator(".panes")).to_be_visible()
        shown.append(page.locator(".panes").inner_text())
    told = "\n".join(shown)
    assert "People" in told
    assert not re.search(
        r"\d conversations|(Share of|share in|beside) all conversations|^Conversations\n[\d,]+$", told, re.M
    )
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_what_noise_leaves_open_is_said(open_noisy: Open) -> None:
    page = open_noisy("#/seen/map")
    expect(page.locator(".pane-middle")).to_contain_text("Where people are counted with noise, no map is made.")
    expect(page.locator(".status-bar")).to_contain_text(re.compile(r"Noise moves figures by up to about ±\d+, and of"))
    expect(page.locator(".status-bar")).to_contain_text(
        "What does not stand out of it, or was not counted, is not released."
    )
    page.get_by_role("treeitem").first.click()
    expect(page.get_by_role("link", name="On the map")).to_have_count(0)
    page.get_by_label("Filter: attribute").select_option("language")
    expect(page.locator(".status-bar .figure")).to_have_text(re.compile(r"^[\d,]+ people, Language: "))
    expect(page.locator(".status-bar")).to_contain_text(
        "Growth: A release with noise counts by one attribute at a time"
    )
    expect(page.get_by_label("and: attribute")).to_have_count(0)
    page.evaluate("location.hash = location.hash.replace('/map?', '/compare?compare=month:2026-06..&level=1&')")
    expect(page.locator(".compare .empty")).to_contain_text("A release with noise counts by one attribute at a time")
    expect(page.locator(".compare .empty")).not_to_contain_text("choose sides")


def test_a_level_of_which_nothing_was_released_is_not_offered(open_noisy: Open, noisy_runs: Path) -> None:
    levels = Atlas.open(noisy_runs / "hidden").about["levels"]
    assert levels[0] == 0 < max(levels), "the test is of an atlas without base clusters"
    page = open_noisy("#/hidden/table")
    expect(page.locator("[data-row]").first).to_be_visible()
    offered = page.get_by_label("Level").locator("option").all_inner_texts()
    assert len(offered) == sum(number > 0 for number in levels)
    page.get_by_role("treeitem").first.click()
    expect(page.locator(".details h2")).to_be_visible()
    wide = page.locator(".details").evaluate("it => it.scrollWidth - it.clientWidth")
    assert wide <= 0, "nothing reaches out of the details"


def test_a_release_of_nothing_at_all_can_be_opened(open_noisy: Open, noisy_runs: Path) -> None:
    assert not any(Atlas.open(noisy_runs / "nothing").about["levels"])
    page = open_noisy("#/nothing/table")
    expect(page.locator(".status-bar")).to_contain_text("What does not stand out of it")
    for view in ("Map", "Compare", "Review", "Edits", "Privacy"):
        page.get_by_role("link", name=view, exact=True).click()
        expect(page.locator(".panes")).to_be_visible()


def test_its_files_count_people(open_noisy: Open) -> None:
    page = open_noisy("#/seen/table")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as taken:
        page.get_by_label("Clusters of this level as JSON").click()
    (first, *_) = json.loads(taken.value.path().read_text(encoding="utf-8"))["rows"]
    assert first["conversations"] == first["users"]
    with page.expect_download() as taken:
        page.get_by_label("Table as SVG").click()
    picture = taken.value.path().read_text(encoding="utf-8")
    with page.expect_download() as taken:
        page.get_by_label("Charts of everything as SVG").click()
    picture += taken.value.path().read_text(encoding="utf-8")
    assert ">People<" in picture
    assert ">People over time, with 95% intervals<" in picture
    assert ">Conversations<" not in picture


def test_it_can_be_a_report(noisy_runs: Path, tmp_path: Path, browser: Browser) -> None:
    report = write_report(noisy_runs / "seen", tmp_path / "seen.html").page
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto(f"{report.as_uri()}#/seen/tree")
        expect(page.get_by_role("treeitem").first).to_be_visible()
        expect(page.locator(".status-bar .figure")).to_contain_text("people")
