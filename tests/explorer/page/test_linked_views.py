"""Tree, map, table and details are linked equals: what is chosen in one, all follow."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, Route, expect

from tests.explorer.page.conftest import NARROW, WIDE, Open, state


def test_a_run_is_opened_from_the_list(open_page: Open) -> None:
    page = open_page()
    card = page.locator(".run", has_text="small")
    expect(card).to_contain_text("22,400")
    expect(card).to_contain_text("10 people, 15 conversations")
    card.get_by_role("link").click()
    expect(page.get_by_role("tree")).to_be_visible()
    assert state(page) == "#/small/map"
    page.get_by_role("link", name="Clioscope: all runs").click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()


def test_a_cluster_that_is_chosen_in_the_tree_is_told_of_in_details_and_outlined_on_the_map(open_page: Open) -> None:
    page = open_page("#/small/map")
    first = page.get_by_role("treeitem").first
    name = first.locator("bdi").inner_text()
    first.click()
    expect(page.locator(".details h2")).to_contain_text(name)
    expect(first).to_have_attribute("aria-selected", "true")
    expect(page.locator(".map-outline-line.is-selected")).to_have_count(1)


def test_a_cluster_that_is_chosen_in_the_table_is_revealed_in_the_tree(open_page: Open) -> None:
    page = open_page("#/small/table?level=0")
    button = (
        page.get_by_role("table", name="Base clusters").get_by_role("button", pressed=False).nth(6)
    )  # behind six heads
    name = button.inner_text()
    button.click()
    expect(page.locator(".details h2")).to_contain_text(name)
    chosen = page.locator('[role="treeitem"][aria-selected="true"]')
    expect(chosen).to_be_in_viewport()
    assert chosen.get_attribute("aria-level") == "2"


def test_a_cluster_that_is_chosen_on_the_map_is_chosen_everywhere(open_page: Open) -> None:
    page = open_page("#/small/map")
    label = page.locator(".map-label").first
    label.wait_for()
    box = label.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator('[role="treeitem"][aria-selected="true"]')).to_have_count(1)
    assert "cluster=" in state(page)


def test_pointing_at_a_row_is_seen_in_the_other_views(open_page: Open) -> None:
    page = open_page("#/small/map")
    page.locator(".map-label").first.wait_for()
    page.get_by_role("treeitem").nth(1).hover()
    expect(page.locator(".map-outline-line.is-hovered")).to_have_count(1)


def test_a_filter_changes_all_figures_and_says_what_they_are_of(open_page: Open) -> None:
    page = open_page("#/small/table?level=0")
    before = page.get_by_role("treeitem").first.inner_text()
    page.get_by_label("Filter: attribute").select_option("language")
    page.get_by_label("Filter: value").select_option("es")
    expect(page.locator(".status-bar")).to_contain_text("Language: Spanish")
    expect(page.get_by_role("treeitem").first).not_to_have_text(before)
    expect(page.get_by_role("table", name="Base clusters")).to_contain_text("not released")
    expect(page.locator(".details")).to_contain_text("Figures are of Language: Spanish")
    assert "filter=language:es" in state(page)


def test_while_a_filter_is_under_way_the_details_are_what_they_were(open_page: Open) -> None:
    page = open_page("#/small/map?cluster=1-0")
    details = page.locator(".details")
    expect(details.get_by_role("heading", name="Model")).to_be_visible()
    expect(details.get_by_role("heading", name="Over time")).to_be_visible()
    expect(details.locator(".details-section", has_text="Model")).to_contain_text("medium")
    expect(details.locator(".details-section", has_text="Turns")).to_contain_text("4 to 7")
    before = details.inner_text()
    held: list[Route] = []
    page.route(re.compile(r"/(levels|filtered)\?attribute=language&value=es"), lambda route: held.append(route))
    page.evaluate("location.hash = '#/small/map?cluster=1-0&filter=language:es'")
    page.wait_for_timeout(600)
    assert held
    assert details.inner_text() == before
    expect(page.locator(".status-bar")).not_to_contain_text("Spanish")
    for route in held:
        route.continue_()
    expect(details).to_contain_text("Figures are of Language: Spanish")
    expect(page.locator(".status-bar")).to_contain_text("Spanish")
    assert details.inner_text() != before


@pytest.mark.parametrize(
    ("filter", "name", "last_asked", "then"),
    [
        # One request brings all of a filter; of two at once only how much there is.
        ("language:ru", "Russian", "filtered?attribute=language", "not released"),
        ("month:2026-06,language:en", "2026", "levels?attribute=month", "%"),
    ],
)
def test_under_a_filter_nothing_is_called_not_released_before_it_was_asked_for(
    open_page: Open, filter: str, name: str, last_asked: str, then: str
) -> None:
    page = open_page(f"#/small/table?level=0&filter={filter}&cluster=1-0")
    expect(page.locator(".status-bar")).to_contain_text(name)
    held: list[Route] = []
    page.route(re.compile(r"/(levels|filtered)\?"), lambda route: held.append(route))
    page.reload()
    waiting = page.get_by_text("Loading figures…")
    expect(waiting).to_be_visible()
    expect(page.locator(".table .cell-size:not([role=columnheader])").first).to_have_text("…")
    page.wait_for_timeout(300)
    for part in (".pane-tree", ".pane-middle", ".pane-details .numbers", ".status-bar"):
        assert "not released" not in page.locator(part).inner_text().lower()
    last = [route for route in held if last_asked in route.request.url]
    assert last
    for route in held:
        if route not in last:
            route.continue_()
    page.wait_for_timeout(300)
    expect(waiting).to_be_visible()
    for route in last:
        route.continue_()
    expect(page.locator(".table")).to_contain_text(then)
    expect(page.locator(".status-bar")).to_contain_text(name)


def test_under_a_filter_map_and_comparison_wait_too(open_page: Open) -> None:
    page = open_page("#/small/map?level=0&filter=language:ru&colour=growth&compare=model:small..")
    faint = page.locator(".legend").get_by_text("faint", exact=False)
    expect(faint).to_be_visible()
    held: list[Route] = []
    page.route(re.compile(r"/(levels|filtered)\?attribute=language&value=ru"), lambda route: held.append(route))
    page.reload()
    expect(page.locator(".legend")).to_be_visible()
    page.wait_for_timeout(300)
    assert held
    expect(faint).to_have_count(0)
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.locator(".compare .empty")).to_have_text("Loading…")
    for route in held:
        route.continue_()
    expect(page.locator(".compare-ratio").first).to_be_visible()
    page.get_by_role("link", name="Map", exact=True).click()
    expect(faint).to_be_visible()


def test_while_a_filter_is_taken_back_the_details_are_of_it(open_page: Open) -> None:
    page = open_page("#/small/map?cluster=1-0&filter=language:es")
    details = page.locator(".details")
    expect(details).to_contain_text("Figures are of Language: Spanish")
    expect(details.locator(".numbers dd").first).to_have_text(re.compile(r"\d"))
    before = details.locator(".numbers").inner_text()
    held: list[Route] = []
    page.route("**/levels?attribute=month", lambda route: held.append(route))
    page.evaluate("location.hash = '#/small/map?cluster=1-0'")
    page.wait_for_timeout(600)
    assert held
    expect(details).to_contain_text("Figures are of Language: Spanish")
    assert details.locator(".numbers").inner_text() == before
    for route in held:
        route.continue_()
    expect(details).not_to_contain_text("Figures are of")
    assert details.locator(".numbers").inner_text() != before


def test_why_two_attributes_are_not_counted_together_is_told(open_page: Open) -> None:
    page = open_page("#/many/map?cluster=0-0&filter=language:en")
    why = "Two attributes together are counted on higher levels alone"
    details = page.locator(".details")
    expect(details.locator(".details-section", has_text="Model")).to_contain_text(why)
    expect(details.locator(".details-section", has_text="Over time")).to_contain_text(why)
    page.evaluate("location.hash = '#/many/compare?level=0&filter=language:en&compare=model:small..model:large'")
    said = page.locator(".compare .empty")
    expect(said).to_contain_text(why)
    expect(said).to_contain_text("A higher level holds larger groups")


def test_under_a_filter_by_month_there_is_no_growth(open_page: Open) -> None:
    page = open_page("#/small/table?filter=month:2026-06")
    expect(page.get_by_role("columnheader", name="Growth")).to_have_count(0)
    expect(page.get_by_role("heading", name="Over time")).to_have_count(0)


def test_colours_change_at_once_in_map_legend_and_tree(open_page: Open) -> None:
    page = open_page("#/small/map")
    colours = page.locator(".tree .mark path")
    before = colours.evaluate_all("marks => marks.map(mark => mark.getAttribute('fill'))")
    for choice, title in (
        ("Growth", "Growth"),
        ("Concern", "Mean concern, 1 to 5"),
        ("Language: most frequent", "Most frequent: language"),
        ("Language: Spanish", "Language: Spanish, beside all conversations"),
    ):
        page.get_by_label("Colour by").select_option(label=choice)
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        expect(page.locator(".legend")).to_contain_text("not released")
    assert colours.evaluate_all("marks => marks.map(mark => mark.getAttribute('fill'))") != before


def test_the_table_is_sorted_by_its_heads_and_the_tree_with_it(open_page: Open) -> None:
    page = open_page("#/small/table?level=0")
    sizes = page.locator(".table .cell-size .figure")
    numbers = [int(text.replace(",", "")) for text in sizes.all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    page.get_by_role("button", name="Cluster", exact=True).click()
    head = page.get_by_role("columnheader", name="Cluster")
    expect(head).to_have_attribute("aria-sort", "ascending")
    names = page.locator(".table .cell-name bdi").all_inner_texts()[1:]
    assert names == sorted(names, key=str.casefold)
    expect(page.get_by_label("Sort by")).to_have_value("name")
    page.get_by_role("button", name="Cluster", exact=True).click()
    expect(head).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="People", exact=True).click()
    expect(page).to_have_url(re.compile("sort=people.down"))
    people = [int(text.replace(",", "")) for text in page.locator(".table .cell-people .figure").all_inner_texts()]
    assert people == sorted(people, reverse=True)
    expect(page.get_by_label("Sort by")).to_have_value("people")


def test_two_thousand_rows_are_scrolled_through_and_few_of_them_are_drawn(open_page: Open) -> None:
    page = open_page("#/many/table?level=0")
    table = page.get_by_role("table", name="Base clusters")
    assert table.get_attribute("aria-rowcount") == "2001"
    assert page.get_by_role("row").count() < 80
    page.locator(".table-scroll").evaluate("element => { element.scrollTop = element.scrollHeight; }")
    expect(page.locator('[role="row"][aria-rowindex="2001"]')).to_be_visible()
    assert page.get_by_role("row").count() < 80


def test_a_search_is_kept_by_enter_and_all_views_follow(open_page: Open) -> None:
    page = open_page("#/names/table?level=0")
    search = page.get_by_role("combobox", name="Search by words and meaning")
    search.fill("python")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("Python")
    search.press("Enter")
    expect(page.locator(".chip")).to_contain_text("python")
    expect(page.get_by_role("table", name="Base clusters")).to_contain_text("Python")
    expect(page.get_by_role("table", name="Base clusters").get_by_role("row")).not_to_have_count(25)
    expect(page.locator(".tree .badge").first).to_be_visible()
    assert "search=python" in state(page)
    page.get_by_role("button", name="Take the search back").click()
    expect(page.get_by_role("table", name="Base clusters").get_by_role("row")).to_have_count(25)


def test_what_was_found_can_be_chosen(open_page: Open) -> None:
    page = open_page("#/names/map")
    page.get_by_role("combobox", name="Search by words and meaning").fill("laptop")
    option = page.get_by_role("option").first
    name = option.locator("bdi").first.inner_text()
    option.click()
    expect(page.locator(".details h2")).to_contain_text(name)
    expect(page.locator('[role="treeitem"][aria-selected="true"]')).to_be_in_viewport()


def test_two_selections_are_compared_with_their_intervals(open_page: Open) -> None:
    page = open_page("#/small/compare")
    expect(page.get_by_text("Choose two selections")).to_be_visible()
    page.get_by_label("Compare: attribute").select_option("language")
    page.get_by_label("Compare: value").select_option("es")
    page.get_by_label("with: value").select_option("en")
    first = page.locator(".compare-ratio").first
    expect(first).to_contain_text(re.compile(r"\d×\s*\d[\d.]*× to \d"))
    ratios = [float(text.split("×")[0]) for text in page.locator(".compare-ratio").all_inner_texts() if "×" in text]
    assert ratios == sorted(ratios, reverse=True)
    assert "compare=language:es..language:en" in state(page)
    page.get_by_role("button", name="Swap").click()
    expect(page.get_by_role("table", name="English beside Spanish")).to_be_visible()
    page.get_by_label("Clear differences only").check()
    expect(page.locator(".interval-plot .unclear")).to_have_count(0)


def test_a_selection_is_compared_with_all_others(open_page: Open) -> None:
    page = open_page("#/small/compare?compare=model:small..")
    expect(page.get_by_role("table", name="small beside all others")).to_be_visible()
    expect(page.locator(".compare-ratio .figure").first).to_contain_text("×")


def test_details_show_what_is_released_and_what_is_not(open_page: Open) -> None:
    page = open_page("#/small/map?cluster=0-0")
    details = page.locator(".details")
    for title in ("Over time", "Language", "Concern", "Model", "How sure this is", "Siblings", "Nearest on the map"):
        expect(details.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(details).to_contain_text("Figures about fewer than 10 people or 15 conversations are not released")
    expect(details.locator(".time-chart table")).to_contain_text("conversations (")


def test_every_state_can_be_gone_back_to_and_forward(open_page: Open) -> None:
    page = open_page("#/small/map")
    steps = [state(page)]
    for act in (
        lambda: page.get_by_role("treeitem").first.click(),
        lambda: page.get_by_role("link", name="Table").click(),
        lambda: page.get_by_label("Filter: attribute").select_option("model"),
        lambda: page.get_by_label("Colour by").select_option(label="Growth"),
        lambda: page.get_by_role("link", name="Privacy").click(),
    ):
        act()
        steps.append(state(page))
    assert len(set(steps)) == len(steps)
    for step in reversed(steps[:-1]):
        page.go_back()
        assert state(page) == step
    expect(page.locator('[role="treeitem"][aria-selected="true"]')).to_have_count(0)
    for step in steps[1:]:
        page.go_forward()
        assert state(page) == step
    expect(page.get_by_role("heading", name="Privacy of small")).to_be_visible()


def test_a_link_shows_the_same_to_whoever_opens_it(open_page: Open) -> None:
    narrowed = "filter=model:large&compare=language:es..language:en&search=plan"
    link = f"#/small/compare?cluster=0-3&level=0&open=1-0&sort=growth.up&colour=growth&{narrowed}"
    one, other = (open_page(link) for _ in range(2))
    shown = [_settled(page) for page in (one, other)]
    assert shown[0] == shown[1]
    assert state(one) == link


def _settled(page: Page) -> str:
    expect(page.locator(".compare-ratio").first).to_be_visible()
    expect(page.locator(".chip")).to_contain_text("found")
    text, before = page.locator(".page").inner_text(), ""
    while text != before:  # the details ask for figures of their own
        page.wait_for_timeout(500)
        text, before = page.locator(".page").inner_text(), text
    return text


def test_privacy_says_what_is_in_force_what_was_withheld_and_what_attacks_found(open_page: Open) -> None:
    page = open_page("#/names/privacy")
    expect(page.get_by_role("heading", name="Thresholds in force")).to_be_visible()
    expect(page.locator("dl.facts").first).to_contain_text("People behind every figure, at least")
    expect(page.locator(".prose-page")).to_contain_text("about 920")
    expect(page.locator(".prose-page")).to_contain_text("clioscope audit")


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
def test_privacy_marks_what_leaked(open_page: Open, viewport: dict[str, int]) -> None:
    page = open_page("#/small/privacy", viewport=viewport)
    expect(page.get_by_text("Something leaked that the atlas promises to hold back.")).to_be_visible()
    expect(page.get_by_text("The audit was of another release of this run.")).to_be_visible()
    attacks = page.locator(".attack")
    expect(attacks).to_have_count(2)
    expect(attacks.locator(".verdict.good")).to_have_text("held")
    expect(attacks.locator(".verdict.bad")).to_have_text("leaked")
    for attack in attacks.all():
        expect(attack.get_by_text("30 of 30")).to_be_visible()
        expect(attack.get_by_text("0 of 30").last).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


UNREACHABLE = """
  const asked = window.fetch.bind(window);
  window.fetch = (address, ...more) =>
    sessionStorage.getItem('unreachable') && /[/](levels|filtered)[?]/.test(String(address))
      ? Promise.reject(new TypeError('Failed to fetch'))
      : asked(address, ...more);
"""


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
def test_figures_that_cannot_be_had_are_told_and_not_called_withheld(open_page: Open, viewport: dict[str, int]) -> None:
    page = open_page("#/small/table?level=0&filter=language:en", viewport=viewport)
    expect(page.locator(".status-bar .figure")).to_contain_text("English")
    expect(page.locator(".status-bar .figure")).to_be_visible()
    first = page.locator('.table [aria-rowindex="2"]')
    expect(first.locator(".cell-share")).to_contain_text("%")
    before = first.inner_text()
    page.add_init_script(UNREACHABLE)
    page.evaluate("sessionStorage.setItem('unreachable', 'yes')")
    page.evaluate(UNREACHABLE)
    page.evaluate("location.hash = '#/small/table?level=0&filter=language:ru'")
    warning = page.locator(".missed .warning")
    expect(warning).to_contain_text("cannot be reached")
    assert first.inner_text() == before
    expect(page.locator(".status-bar .figure")).to_contain_text("English")
    page.reload()
    expect(warning).to_be_visible()
    assert "not released" not in page.locator(".table").inner_text().lower()
    page.evaluate("sessionStorage.removeItem('unreachable')")
    warning.get_by_role("button", name="Try again").click()
    expect(page.locator(".status-bar .figure")).to_contain_text("Russian")
    expect(warning).to_have_count(0)


def test_a_bar_of_a_distribution_filters_everything(open_page: Open) -> None:
    page = open_page("#/small/table?level=0")
    languages = page.locator(".details").get_by_role("list", name="Language")
    languages.get_by_role("link", name="Spanish").press("Enter")
    expect(page).to_have_url(re.compile("filter=language:es"))
    expect(page.locator(".status-bar")).to_contain_text("Spanish")
    expect(page.locator(".table")).to_contain_text("not released")


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
def test_privacy_says_how_the_auditor_scored_the_names_of_each_level(
    open_page: Open, made_runs: Path, viewport: dict[str, int]
) -> None:
    page = open_page("#/names/privacy", viewport=viewport)
    rows = pq.read_table(made_runs / "names" / "atlas" / "clusters.parquet").to_pylist()
    names = {5: "5, the safest", 4: "4", 3: "3", 2: "2", 1: "1, the least safe", None: "Not scored"}
    for level, title in ((1, "top clusters"), (0, "base clusters")):
        scores = Counter(row["audit_score"] for row in rows if row["level"] == level)
        lines = page.get_by_role("list", name=f"Scores of the {title}").get_by_role("listitem")
        assert [line.split("\n") for line in lines.all_inner_texts()] == [
            [name, str(scores[score] or "none")] for score, name in names.items()
        ]
        widths = lines.locator(".bar-fill").evaluate_all("all => all.map(one => one.getBoundingClientRect().width)")
        most = max(scores.values())
        for score, width in zip(names, widths, strict=True):
            assert width == pytest.approx(scores[score] / most * max(widths), abs=1)


def test_a_cluster_that_is_not_there_any_more_is_told(open_page: Open) -> None:
    page = open_page("#/small/map?cluster=9-9")
    expect(page.locator(".details")).to_contain_text("This atlas has no such cluster")


def test_an_atlas_that_is_not_there_is_told_with_the_way_back(open_page: Open) -> None:
    page = open_page("#/nothing/map", refusals=True)
    expect(page.locator(".warning")).to_contain_text("There is no such atlas")
    page.get_by_role("link", name="All runs", exact=True).click()
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
