"""Names, descriptions and values full of markup, scripts, directions and 10,000 letters stay what they are: text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.explorer.made_atlas import HOSTILE_TEXTS
from tests.explorer.page.conftest import NARROW, VIEWS, WIDE, Open


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_nothing_runs_and_nothing_becomes_markup(open_page: Open, size: dict[str, int]) -> None:
    compared = "compare=custom%20%3Cb%3E:%253Cimg..language:en"
    page = open_page(f"#/hostile/map?cluster=0-1&open=1-0,1-1,1-2&{compared}", viewport=size)
    for view in VIEWS:
        page.evaluate("view => { location.hash = location.hash.replace(/[a-z]+(?=[?])/, view); }", view)
        page.wait_for_timeout(400)
        assert page.title() == "hostile · Clioscope"
        assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, style, b').length") == 0
        assert page.evaluate("document.scripts.length") == 1


def test_the_texts_are_shown_as_they_are(open_page: Open) -> None:
    page = open_page("#/hostile/table?level=0&sort=name.up")
    expect(page.locator(".table").get_by_text("<script>document.title='broken'</script>").first).to_be_visible()
    expect(page.locator(".table").get_by_text('=HYPERLINK("http://example.com","x")').first).to_be_visible()


def test_a_text_of_10_000_letters_is_cut_with_all_of_it_on_demand(open_page: Open) -> None:
    page = open_page("#/hostile/table?level=0")
    page.get_by_role("button", name="w" * 60).first.click()
    title = page.locator(".details h2")
    assert len(title.inner_text()) < 300
    title.get_by_role("button", name="Show all").click()
    assert "w" * 10_000 in title.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") == WIDE["width"]
    page.reload()  # the address says so
    expect(title).to_contain_text("w" * 10_000)
    title.get_by_role("button", name="Show less").click()
    assert len(title.inner_text()) < 300
    assert "whole" not in page.evaluate("location.hash")


def test_a_name_cannot_turn_what_stands_beside_it_around(open_page: Open) -> None:
    page = open_page("#/hostile/table?level=0")
    names = page.locator(".cell-name bdi")
    names.first.wait_for()
    assert all(dir == "auto" for dir in names.evaluate_all("all => all.map(one => one.dir)"))
    assert not [text for text in names.all_inner_texts() if any("\u202a" <= c <= "\u202e" for c in text)]


@pytest.mark.parametrize("query", HOSTILE_TEXTS[:6])
def test_hostile_words_can_be_searched_for(open_page: Open, query: str) -> None:
    page = open_page("#/hostile/map")
    _search(page, query)
    expect(page.locator(".search-results [role=status]")).not_to_have_text("Searching…")


def _search(page: Page, query: str) -> None:
    page.locator("[role=combobox]").fill(query)


def test_values_of_an_attribute_can_be_chosen_whatever_they_are(open_page: Open) -> None:
    page = open_page("#/hostile/table?level=1")
    page.get_by_label("Filter: attribute").select_option("custom <b>")
    values = page.get_by_label("Filter: value")
    for number in range(values.locator("option").count()):
        values.select_option(index=number)
        expect(page.locator(".status-bar")).to_contain_text("Custom <b>")
        page.reload()
        expect(values.locator("option").nth(number)).to_have_js_property("selected", True)
