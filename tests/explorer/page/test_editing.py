"""Clusters are edited in their details, and all edits are listed, undone and made again."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.explorer.page.conftest import Open, state
from tests.explorer.page.test_by_keys import tab_to


def panel(page: Page) -> Locator:
    if not page.locator(".panel[aria-label=Edit]").is_visible():
        page.get_by_role("button", name="Edit", exact=True).click()
    return page.locator(".panel[aria-label=Edit]")


def title(page: Page) -> Locator:
    return page.locator(".details h2")


def choose(form: Locator, label: str, name: str) -> None:
    """Choose a cluster by typing a part of its name."""
    form.get_by_role("combobox", name=label).fill(name)
    form.get_by_role("option").first.click()


def test_a_cluster_is_renamed_described_moved_merged_and_hidden(open_work: Open) -> None:
    page = open_work("#/small/map?cluster=0-3&open=1-0,1-1")
    was = title(page).locator("bdi").inner_text()
    form = panel(page)
    form.get_by_label("Name", exact=True).fill("Baking <b>bread</b>")
    form.get_by_label("Description", exact=True).fill("People asked how to bake bread.")
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".notice")).to_contain_text("Renamed and described.")
    expect(title(page)).to_contain_text("Baking <b>bread</b>")
    expect(title(page).locator(".edited-mark")).to_be_visible()
    expect(page.locator('[role="treeitem"][aria-selected="true"]')).to_contain_text("edited")
    form.get_by_role("button", name="Published description").click()
    expect(page.locator(".details .description")).to_contain_text("Made up for tests")

    parents = page.locator(".details-path .cluster-link")
    before = parents.inner_text()
    choose(form, "Move under", " ")
    form.get_by_role("button", name="Move", exact=True).click()
    expect(parents).not_to_have_text(before)

    choose(form, "Merge into", "for")
    into = form.get_by_role("combobox", name="Merge into").input_value()
    form.get_by_role("button", name="Merge", exact=True).click()
    expect(title(page)).to_contain_text(into)
    expect(page.locator(".grouped")).to_contain_text("Baking <b>bread</b>")
    expect(page.locator(".numbers")).to_contain_text("not released")
    panel(page).get_by_role("button", name="Separate").click()
    expect(page.locator(".grouped")).to_have_count(0)

    panel(page).get_by_role("button", name="Hide").click()
    expect(title(page)).to_have_text("Everything together")
    page.get_by_role("link", name="Edits", exact=True).click()
    entries = page.locator(".entry")
    expect(entries).to_have_count(7)
    expect(entries.first).to_contain_text(f"Hid “{into}”")
    expect(entries.last).to_contain_text(f"Renamed “{was}” to “Baking <b>bread</b>”")
    expect(entries.last).to_contain_text("a admin")
    page.get_by_role("button", name="Show again").click()
    expect(page.get_by_role("heading", name="Hidden now")).to_have_count(0)
    for _ in range(3):
        with page.expect_response("**/edits/undo"):
            page.locator(".work-view").get_by_role("button", name="Undo").click()
    page.locator(".work-view").get_by_role("button", name="Redo").click()
    expect(page.locator(".notice")).to_contain_text("Made again.")
    expect(page.locator(".entry.faint")).to_have_count(6)


def test_whoever_is_slower_is_told_sees_what_was_done_and_overwrites_nothing(open_work: Open) -> None:
    slow, fast = (open_work("#/hostile/map?cluster=1-2", refusals=True) for _ in range(2))
    for page, name in ((slow, "The slow name"), (fast, "The fast name")):
        panel(page).get_by_label("Name", exact=True).fill(name)
    panel(fast).get_by_role("button", name="Save").click()
    expect(title(fast)).to_contain_text("The fast name")
    panel(slow).get_by_role("button", name="Save").click()
    expect(panel(slow).get_by_role("alert")).to_contain_text("Somebody edited in the meantime (a admin)")
    expect(title(slow)).to_contain_text("The fast name")
    expect(panel(slow).get_by_label("Name", exact=True)).to_have_value("The slow name")
    panel(slow).get_by_role("button", name="Save").click()
    expect(title(slow)).to_contain_text("The slow name")


def test_everything_is_edited_by_keys_alone(open_work: Open) -> None:
    page = open_work("#/queue/map?cluster=0-1")
    was = title(page).locator("bdi").inner_text()
    tab_to(page, ".details-actions button", 60)
    page.keyboard.press("Enter")
    tab_to(page, ".panel input")
    page.keyboard.press("Control+A")
    page.keyboard.type("Named by keys")
    page.keyboard.press("Enter")
    expect(title(page)).to_contain_text("Named by keys")
    tab_to(page, "[role=combobox]")
    page.keyboard.type("for")
    page.keyboard.press("ArrowDown")
    active = page.locator('.chooser-options:not([hidden]) [aria-selected="true"]')
    box = page.locator(".chooser input").first
    assert box.get_attribute("aria-activedescendant") == active.get_attribute("id")
    into = active.locator("bdi").inner_text()
    page.keyboard.press("Enter")
    expect(box).to_have_value(into)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(title(page)).to_contain_text(into)
    page.get_by_role("link", name="Edits", exact=True).focus()
    page.keyboard.press("Enter")
    assert state(page).startswith("#/queue/edits")
    for _ in range(2):
        tab_to(page, ".pane-head button:not(:disabled)", 60)
        while page.evaluate("document.activeElement.textContent") != "Undo":
            page.keyboard.press("Tab")
        with page.expect_response("**/queue/clusters"):
            page.keyboard.press("Enter")
    expect(page.locator(".entry").last).to_contain_text(f"Renamed “{was}”")
    expect(page.locator(".entry.faint")).to_have_count(4)
