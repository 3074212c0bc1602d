"""What people do can be done by everybody: on every screen, in light and dark, and whatever the names are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.explorer.page.conftest import NARROW, WIDE, Open
from tests.explorer.page.test_for_everyone import SCHEMES, violations
from tests.explorer.page.test_revealing import REASON


def edit(page: Page) -> None:
    page.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_role("combobox", name="Merge into").click()
    page.get_by_label("Name", exact=True).fill("<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".notice")).to_be_visible()


def review(page: Page) -> None:
    panel = page.locator(".panel")
    page.get_by_role("button", name="Review", exact=True).click()
    panel.get_by_label("Note").fill("</script><b>bold</b>")
    panel.get_by_role("button", name="Add note").click()
    expect(panel.locator(".entry").first).to_be_visible()


def reveal(page: Page) -> None:
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("region", name="Conversations").get_by_role("textbox").fill(REASON)
    page.get_by_role("button", name="Show redacted texts").click()
    page.locator(".conversation").first.get_by_role("button", name="As it was").click()


def start(page: Page) -> None:
    page.get_by_role("button", name="onerror").click()
    page.get_by_label("With a language model").check()
    page.get_by_text("More options").click()


def verify(page: Page) -> None:
    page.get_by_role("button", name="Verify").click()
    expect(page.locator(".verify [role=status] p").first).to_be_visible()


STATES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "editing": ("#/hostile/details?cluster=0-1", edit),
    "the list of edits": ("#/hostile/edits?cluster=0-2", lambda page: page.locator(".work-view").wait_for()),
    "reviewing": ("#/hostile/details?cluster=0-3", review),
    "the queue": ("#/hostile/review?level=0&cluster=0-3", lambda page: page.locator(".queue-row").first.wait_for()),
    "conversations": ("#/open/details?cluster=0-0", reveal),
    "starting": ("#//start", start),
    "the audit log": ("#//log", verify),
}


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing_nothing_runs_and_nothing_reaches_out(open_work: Open, axe: str, name: str) -> None:
    address, act = STATES[name]
    page = open_work(address)
    act(page)
    found: dict[str, object] = {}
    for size in (NARROW, WIDE):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(500 if page.locator(".map-pane").count() else 100)  # labels of the map fade in
            if here := violations(page, axe):
                found[f"{size['width']}, {scheme}"] = here
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        assert page.evaluate("document.querySelectorAll('#app :is(img, iframe, script, b, style)').length") == 0
    assert found == {}
