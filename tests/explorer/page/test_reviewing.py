"""The review queue: which clusters to look at first, what was decided, and notes."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.explorer.made_atlas import HOSTILE_TEXTS
from tests.explorer.page.conftest import Open, state
from tests.explorer.page.test_by_keys import tab_to


def test_the_queue_is_worked_through_by_keys_alone(open_work: Open) -> None:
    page = open_work("#/queue/review?level=0&review=open")
    rows = page.locator(".queue-row")
    expect(rows.first).to_be_visible()
    names = page.locator(".queue-name bdi").all_inner_texts()
    tab_to(page, ".queue-name", 60)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(rows.nth(1).get_by_role("button", pressed=True).first).to_be_focused()
    expect(page.locator(".details h2")).to_contain_text(names[1])
    expect(page.get_by_role("region", name="Review", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # watched, and so no longer among the open ones
    expect(page.get_by_role("link", name=re.compile("Watched 1"))).to_be_visible()
    expect(rows.nth(1)).to_contain_text(names[2])
    expect(rows.nth(1).locator(".queue-name")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator(".queue-name:focus")).to_be_in_viewport()
    note = page.get_by_role("region", name="Review", exact=True).get_by_label("Note")
    note.focus()
    page.keyboard.type("Look again next week.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".panel .entry").first).to_contain_text("Look again next week.")
    expect(page.locator(".panel .entry").last).to_contain_text("Set to watched")


def test_states_and_notes_stay_with_who_decided_and_a_hostile_note_is_text(open_work: Open) -> None:
    page = open_work("#/hostile/review?level=1&cluster=1-0")
    other = open_work("#/hostile/review?level=1&cluster=1-0", role="analyst", refusals=True)
    review = page.get_by_role("region", name="Review", exact=True)
    their = other.get_by_role("region", name="Review", exact=True)
    expect(their.get_by_role("button", name="Open")).to_have_attribute("aria-pressed", "true")
    review.get_by_label("Note").fill(HOSTILE_TEXTS[0])
    review.get_by_role("button", name="Add note").click()
    expect(review.locator(".entry").first).to_contain_text(HOSTILE_TEXTS[0])
    review.get_by_role("button", name="Closed").click()
    expect(page.get_by_role("link", name="Closed 1")).to_be_visible()
    page.get_by_role("link", name="Closed 1").click()
    assert "review=closed" in state(page)
    expect(page.locator(".queue-row")).to_have_count(1)
    their.get_by_role("button", name="Watched").click()
    expect(their.get_by_role("alert")).to_contain_text("Somebody reviewed this cluster in the meantime (a admin)")
    expect(their.get_by_role("button", name="Closed")).to_have_attribute("aria-pressed", "true")
    their.get_by_role("button", name="Watched").click()
    expect(their.locator(".entry").first).to_contain_text("a analyst")
