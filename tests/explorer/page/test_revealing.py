"""Down to conversations, and what is written down of it and of everything else."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.explorer.made_atlas import HOSTILE_TEXTS
from tests.explorer.page.conftest import Open, state
from tests.explorer.page.test_by_keys import tab_to
from tests.explorer.serving import Served

REASON = "Complaints about leaked addresses"


def test_conversations_are_shown_for_a_reason_and_redacted_at_first(open_work: Open) -> None:
    page = open_work("#/open/map?cluster=0-0", role="investigator", refusals=True)
    tab_to(page, ".details-actions button", 60)
    while page.evaluate("document.activeElement.textContent") != "Conversations":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Conversations")
    expect(panel.get_by_role("textbox")).to_be_visible()
    tab_to(page, ".panel textarea")
    page.keyboard.type("why not")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("say why in at least 3 different words")
    panel.get_by_role("textbox").fill(REASON)
    panel.get_by_role("button", name="Show redacted texts").click()
    expect(panel.locator(".conversation")).to_have_count(20)
    expect(panel).to_contain_text("Conversations 1 to 20, redacted.")
    assert "ana@example.org" not in panel.inner_text()
    assert "[EMAIL]" in panel.inner_text()
    assert page.evaluate("document.querySelectorAll('.panel :is(img, script, svg:not(.icon), style)').length") == 0
    assert "reason" not in state(page)

    first = panel.locator(".conversation").first
    first.get_by_role("button", name="As it was").click()
    first.get_by_role("textbox").fill("The redacted text is not clear")
    first.get_by_role("button", name="Show it as it was").click()
    expect(first).to_contain_text("ana@example.org")
    first.get_by_role("button", name="Redacted").click()
    expect(first).not_to_contain_text("ana@example.org")
    panel.get_by_role("button", name="Next twenty").click()
    expect(panel).to_contain_text("Conversations 21 to 40, redacted.")


def test_where_it_is_off_a_plain_sentence_says_so(open_work: Open) -> None:
    page = open_work("#/small/map?cluster=0-0")
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("region", name="Conversations")).to_contain_text("does not allow a look at conversations")


def test_the_audit_log_is_read_narrowed_and_verified(open_work: Open, worked_on: Served) -> None:
    log = worked_on.client
    with log("analyst") as client:  # something to tell of, with a name that wants to do harm
        edit = {"kind": "rename", "cluster": "0-0", "name": HOSTILE_TEXTS[0]}
        version = client.get("/api/atlases/hostile/edits").json()["version"]
        assert client.post("/api/atlases/hostile/edits", json={"version": version, "edit": edit}).status_code == 200
    page = open_work("#//log")
    lines = page.locator(".log-table tbody tr")
    expect(lines.first).to_contain_text(HOSTILE_TEXTS[0])
    expect(lines.first).to_contain_text("a analyst")
    page.get_by_role("button", name="Verify the log").click()
    expect(page.locator(".verify")).to_contain_text(re.compile("as (it was|they were) written"))
    page.get_by_label("Kind").select_option("edit")
    page.get_by_label("Person").fill("nobody at all")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No line is like that.")).to_be_visible()
    assert state(page) == "#//log?kind=edit&person=nobody%20at%20all"
    page.go_back()
    expect(lines.first).to_contain_text(HOSTILE_TEXTS[0])
    lines.first.get_by_role("button", name="a analyst").click()
    assert state(page) == "#//log?kind=edit&person=a%20analyst"
    expect(lines.first).to_be_visible()
    assert set(page.locator(".log-person bdi").all_inner_texts()) == {"a analyst"}


def test_nobody_sees_what_their_role_does_not_allow(open_work: Open) -> None:
    page = open_work("#/small/review?cluster=0-0", role="viewer")
    expect(page.locator(".map-pane")).to_be_visible()
    for name in ("Edit", "Review", "Conversations"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    for name in ("Review", "Edits"):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    page.evaluate("location.hash = '#//log'")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    for name in ("Start a run", "Audit log"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)
