"""A report is the same page in one file: without a server, and without a network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from clioscope.explorer.report import LARGEST, write_report, write_report_folder
from tests.conftest import Cli
from tests.explorer.made_atlas import Plan, make_atlas
from tests.explorer.page.conftest import NARROW, VIEWS, WIDE, Open, watch
from tests.explorer.page.test_for_everyone import in_all_guises

OpenReport = Callable[..., Page]


@pytest.fixture(scope="session")
def report(made_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(made_runs / "small", tmp_path_factory.mktemp("report") / "small.html").page


@pytest.fixture(scope="session")
def hostile_report(made_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(made_runs / "hostile", tmp_path_factory.mktemp("report") / "hostile.html").page


@pytest.fixture
def open_report(browser: Browser) -> Iterator[OpenReport]:
    """Open a file from the disk; nothing may be asked of a network, and nothing may go wrong."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def refuse(route: Route) -> None:
        problems.append(f"asked for {route.request.url}")
        route.abort()

    def opened(path: Path, state: str = "", **context: Any) -> Page:
        made = browser.new_context(**({"viewport": WIDE, "offline": True} | context))
        contexts.append(made)
        made.route(re.compile(r"^(https?|wss?):"), refuse)
        page = made.new_page()
        watch(page, problems)
        page.goto(path.as_uri() + state)
        page.wait_for_selector(".panes")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def test_the_command_writes_one_file_and_says_where(cli: Cli, made_runs: Path, tmp_path: Path) -> None:
    done = cli("report", made_runs / "names", "-o", tmp_path / "report.html")
    assert done.stdout.strip() == str(tmp_path / "report.html")
    assert "0.2 MB" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_equal_runs_give_equal_bytes(report: Path, made_runs: Path, tmp_path: Path) -> None:
    again = write_report(made_runs / "small", tmp_path / "again.html").page
    assert again.read_bytes() == report.read_bytes()


def test_it_opens_from_the_disk_and_shows_the_atlas(open_report: OpenReport, report: Path) -> None:
    page = open_report(report)
    expect(page.get_by_role("treeitem")).to_have_count(8)
    expect(page.locator(".map-label").first).to_be_visible()
    assert page.title() == "small · Clioscope"


@pytest.mark.parametrize(
    "state",
    [
        "#/small/table?level=0&cluster=0-3",
        "#/small/table?level=1&filter=language:es&cluster=1-0",
        "#/small/compare?compare=month:2026-09..month:2026-04&filter=model:large",
        "#/small/privacy",
    ],
)
def test_it_shows_the_same_figures_as_the_server(
    open_page: Open, open_report: OpenReport, report: Path, state: str
) -> None:
    page, offline = open_page(state, role="viewer"), open_report(report, state)
    for one in (page, offline):
        one.wait_for_timeout(1200)
    assert offline.locator("main").inner_text() == page.locator("main").inner_text()


def test_it_is_searched_by_words_alone(open_report: OpenReport, report: Path) -> None:
    page = open_report(report)
    page.get_by_role("combobox", name="Search by words", exact=True).fill("plan")
    expect(page.get_by_role("option").first).to_contain_text("Plan")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_contain_text("found")


def test_its_policy_lets_nothing_in_but_what_it_holds(report: Path) -> None:
    text = report.read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert "default-src 'none'" in policy[1].replace("&#x27;", "'")
    assert "unsafe" not in policy[1]
    assert "connect-src" not in policy[1]
    assert not re.search(r"""(?:src|href)=["'](?!data:)""", re.sub(r"<script>.*</script>", "", text, flags=re.DOTALL))


def test_a_script_that_was_put_into_it_does_not_run(browser: Browser, report: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.html"
    text = report.read_text("utf-8")
    changed.write_text(text.replace("</body>", "<script>document.title = 'ran'</script></body>"), "utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(changed.as_uri())
        expect(page).to_have_title("small · Clioscope")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_report_of_a_hostile_atlas_runs_nothing_in_any_view(
    open_report: OpenReport, hostile_report: Path, size: dict[str, int]
) -> None:
    page = open_report(hostile_report, viewport=size)
    expect(page.get_by_role("combobox", name="Search by words", exact=True)).to_be_visible()
    scripts = page.evaluate("document.scripts.length")
    shown = {
        "tree": '[role="treeitem"]',
        "map": ".map-label",
        "table": ".table-row bdi",
        "details": ".details h2 bdi",
        "compare": ".compare-table bdi",
        "privacy": ".scores",
    }
    assert shown.keys() == set(VIEWS)
    more = "cluster=0-1&open=1-0,1-1,1-2&filter=language:en&colour=custom%20%3Cb%3E:"
    for view, there in shown.items():
        compared = "compare=custom%20%3Cb%3E:%253Cimg..language:en" if view != "compare" else "compare=language:es.."
        page.evaluate("hash => { location.hash = hash; }", f"#/hostile/{view}?{more}&{compared}")
        expect(page.locator(there).first).to_be_visible()
        page.get_by_role("button", name="Export", exact=True).click()
        expect(page.get_by_role("button", name="Tree as SVG")).to_be_visible()
        page.keyboard.press("Escape")
        page.wait_for_timeout(200)
        assert page.title() == "hostile · Clioscope"
        assert (
            page.evaluate("document.querySelectorAll('#app :is(img, iframe, object, embed, style, script, b)').length")
            == 0
        )
        assert page.evaluate("document.scripts.length") == scripts
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
    page.get_by_role("combobox").first.fill("<script>")
    expect(page.get_by_role("option").get_by_text("<script>document.title='broken'</script>").first).to_be_visible()
    assert page.title() == "hostile · Clioscope"


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_in_it(open_report: OpenReport, report: Path, axe: str, view: str) -> None:
    assert in_all_guises(open_report(report, f"#/small/{view}?cluster=0-3"), axe) == {}


def test_it_prints_every_row_of_the_tree_and_where_it_comes_from(
    open_report: OpenReport, report: Path, tmp_path: Path
) -> None:
    page = open_report(report, "#/small/table?level=0")
    expect(page.get_by_role("table", name="Base clusters")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.get_by_role("table", name="Base clusters").get_by_role("row")).to_have_count(61)
    expect(page.locator(".print-only")).to_contain_text("Atlas SHA-256")
    expect(page.locator(".search")).to_be_hidden()
    printed = page.pdf(path=tmp_path / "printed.pdf")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") >= 2


def test_where_there_is_no_room_the_finest_pairs_are_left_out_and_the_page_says_so(
    open_report: OpenReport, made_runs: Path, tmp_path: Path
) -> None:
    whole = write_report(made_runs / "small", tmp_path / "whole.html")
    alone = write_report(made_runs / "small", tmp_path / "alone.html", largest=1)
    largest = alone.size + (whole.size - alone.size) * 9 // 10  # the upper levels, and some pairs of the base
    written = write_report(made_runs / "small", tmp_path / "report.html", largest=largest)
    assert written.shortened
    assert alone.size < written.size <= largest
    page = open_report(written.page, "#/small/table?level=0&filter=model:large&cluster=0-3")
    expect(page.locator(".details")).to_contain_text("A report made with --folder holds them")
    # What is left out is the base: clusters above it are told as in the whole report.
    told = []
    for report in (written.page, whole.page):
        page = open_report(report, "#/small/table?level=1&filter=model:large&cluster=1-0")
        expect(page.locator(".details .bars").nth(2)).to_be_visible()
        told.append(page.locator(".details .bars").all_inner_texts())
    assert told[0] == told[1]


def test_a_report_is_never_larger_than_it_may_be(report: Path, made_runs: Path, tmp_path: Path) -> None:
    whole = report.stat().st_size
    for largest in (whole, whole - 1, whole - 10_000):
        written = write_report(made_runs / "small", tmp_path / "report.html", largest=largest)
        assert written.size <= largest
        assert written.shortened == (largest < whole)


def test_a_run_of_a_million_with_two_thousand_clusters_stays_below_three_megabytes(tmp_path: Path) -> None:
    run = make_atlas(tmp_path / "run", Plan(conversations=1_000_000, levels=(2000, 120, 9)))
    written = write_report(run, tmp_path / "report.html")
    assert written.size < LARGEST
    assert not written.shortened


def test_a_folder_opens_from_the_disk_too(open_report: OpenReport, made_runs: Path, tmp_path: Path) -> None:
    written = write_report_folder(made_runs / "small", tmp_path / "folder")
    page = open_report(written.page)
    expect(page.get_by_role("treeitem")).to_have_count(8)
    page.get_by_label("Filter: attribute").select_option("language")
    expect(page.locator(".status-bar")).to_contain_text("Language: English")
    expect(page.locator(".details")).to_contain_text("Figures are of Language: English")


def test_a_folder_of_runs_is_refused_in_a_sentence(cli: Cli, made_runs: Path) -> None:
    done = cli("report", made_runs, code=1)
    assert "a report is of one" in done.stderr
