"""Every state is in the address, and an address that asks for what there is not says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.explorer.page.conftest import Open, state


def test_what_the_atlas_does_not_have_is_told_and_left_out(open_page: Open) -> None:
    page = open_page("#/small/table?filter=plan:free&level=9&colour=mood:")
    told = page.locator(".missed")
    expect(told).to_contain_text("The address names the filter “Plan: free” and the level “9” and the colours “Mood”")
    expect(told).to_contain_text("which this atlas does not have")
    assert state(page) == "#/small/table"
    expect(page.get_by_label("Level")).to_have_value("0")
    expect(page.get_by_label("Filter: attribute")).to_have_value("")
    page.get_by_label("Filter: attribute").select_option("language")
    expect(told).to_be_empty()


def test_a_value_that_is_not_there_is_told_on_a_link_that_is_followed_later(open_page: Open) -> None:
    page = open_page("#/small/map?filter=language:es")
    page.locator(".map-label").first.wait_for()
    expect(page.locator(".missed")).to_be_empty()
    page.evaluate("document.querySelector('.map-room').isTheSame = true")
    page.evaluate("location.hash = '#/small/map?filter=language:xx'")
    expect(page.locator(".missed")).to_contain_text("“Language: xx”")
    assert page.evaluate("document.querySelector('.map-room').isTheSame"), "the map was made anew"
    assert state(page) == "#/small/map"
    page.get_by_role("button", name="Close this message").click()
    expect(page.locator(".missed")).to_be_empty()


def test_clear_differences_alone_are_in_the_address(open_page: Open) -> None:
    page = open_page("#/small/compare?compare=language:en..language:es")
    box = page.get_by_label("Clear differences only")
    all_rows = page.locator(".compare-table").get_attribute("aria-rowcount")
    box.check()
    assert "clear=yes" in state(page)
    page.reload()
    expect(box).to_be_checked()
    few = page.locator(".compare-table").get_attribute("aria-rowcount")
    assert int(few or 0) < int(all_rows or 0)


def test_without_a_clear_difference_it_says_so(open_page: Open) -> None:
    page = open_page("#/small/compare?compare=turns:1..turns:1&clear=yes")
    expect(page.locator(".compare")).to_contain_text("No clear difference")
    page.get_by_label("Clear differences only").uncheck()
    expect(page.locator(".compare-table")).to_be_visible()


def test_at_the_top_nobody_is_sent_higher(open_page: Open) -> None:
    nothing = "#/small/compare?level={}&filter=language:hi&compare=concern:4..concern:5"
    page = open_page(nothing.format(1))
    said = page.locator(".compare .empty")
    expect(said).to_contain_text("This is the highest level")
    expect(said).not_to_contain_text("A higher level")
    page.evaluate(f"location.hash = '{nothing.format(0)}'")
    expect(said).to_contain_text("A higher level holds larger groups")


def test_the_form_of_a_start_is_in_the_address(open_work: Open) -> None:
    page = open_work("#//start?file=chats.jsonl")
    page.get_by_label("Name of the run").fill("mine")
    page.get_by_label("Privacy profile").select_option("strict")
    assert "options=" in state(page)
    assert "strict" not in state(page)
    page.reload()
    expect(page.get_by_label("Name of the run")).to_have_value("mine")
    expect(page.get_by_label("Privacy profile")).to_have_value("default")
    assert "file=chats.jsonl" in state(page).replace("%2E", ".")


@pytest.mark.parametrize("panel", ["Edit", "Review", "Conversations"])
def test_the_panel_that_is_open_is_in_the_address(open_work: Open, panel: str) -> None:
    page = open_work("#/open/map?cluster=0-0")
    page.get_by_role("button", name=panel, exact=True).click()
    shown = page.get_by_role("region", name=panel, exact=True)
    expect(shown).to_be_visible()
    assert state(page) == f"#/open/map?cluster=0-0&panel={panel.lower()}"
    page.reload()
    expect(shown).to_be_visible()
    expect(page.get_by_role("button", name=panel, exact=True)).to_have_attribute("aria-expanded", "true")
    page.go_back()
    expect(shown).to_have_count(0)
    other = open_work(f"#/open/details?cluster=0-0&panel={panel.lower()}", role="viewer")
    expect(other.locator(".details h2")).to_be_visible()
    expect(other.get_by_role("region", name=panel, exact=True)).to_have_count(0)


def test_in_the_queue_a_panel_that_was_closed_stays_closed_until_another_cluster(open_work: Open) -> None:
    page = open_work("#/open/review?level=0&cluster=0-0")
    panel = page.get_by_role("region", name="Review", exact=True)
    expect(panel).to_be_visible()
    page.locator(".details").get_by_role("button", name="Review", exact=True).click()
    expect(panel).to_have_count(0)
    assert "panel=none" in state(page)
    page.reload()
    expect(page.locator(".details").get_by_role("button", name="Review", exact=True)).to_be_visible()
    expect(panel).to_have_count(0)
    page.locator(".queue-name").nth(1).click()
    expect(panel).to_be_visible()
    assert "panel" not in state(page)
