"""What people do on the page, each from an address on, whatever they do it with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect

from tests.explorer.page.conftest import state

MOST_TABS = 150


@dataclass
class Hands:
    """Somebody at a page: with a pointer, or with keys alone."""

    page: Page
    keys: bool
    narrow: bool

    def press(self, it: Locator) -> None:
        if self.keys:
            self.reach(it)
            self.page.keyboard.press("Enter")
        else:
            it.click()

    def tick(self, box: Locator) -> None:
        if self.keys:
            self.reach(box)
            self.page.keyboard.press("Space")
        else:
            box.check()

    def choose(self, field: Locator, label: str) -> None:
        """Choose an option by its label; by keys as lists are, by typing how it begins."""
        if self.keys:
            self.reach(field)
            self.page.keyboard.type(label[:4])
        else:
            field.select_option(label=label)

    def write(self, field: Locator, text: str) -> None:
        if self.keys:
            self.reach(field)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def reach(self, it: Locator) -> None:
        """Press Tab, or Shift and Tab, until the focus is there."""
        expect(it).to_be_visible()
        back = it.evaluate(
            "it => (document.activeElement.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_PRECEDING) > 0"
        )
        for _ in range(MOST_TABS):
            if it.evaluate("it => it === document.activeElement"):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {it}")

    def see_details(self) -> Locator:
        """The details of what is selected: on a narrow screen they are a view of their own."""
        if self.narrow and "/details" not in state(self.page):
            self.press(self.page.locator(".selection-bar").get_by_role("button", name="Details"))
        return self.page.locator(".details")

    def see_tools(self) -> None:
        """What narrows and colours: on a narrow screen behind a button."""
        toggle = self.page.locator(".tools-toggle")
        if self.narrow and toggle.get_attribute("aria-expanded") == "false":
            self.press(toggle)

    def view(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name, exact=True))


def tree(hands: Hands) -> None:
    page = hands.page
    row = page.get_by_role("treeitem").first
    name = row.locator("bdi").inner_text()
    hands.press(row)
    expect(row).to_have_attribute("aria-selected", "true")
    if hands.keys:
        page.keyboard.press("ArrowRight")
    else:
        row.locator(".twist").click()
    expect(row).to_have_attribute("aria-expanded", "true")
    expect(page.locator('[role="treeitem"][aria-level="2"]').first).to_be_visible()
    expect(hands.see_details().locator("h2")).to_contain_text(name)


def map_(hands: Hands) -> None:
    page = hands.page
    page.locator(".map-label").first.wait_for()
    if hands.keys:
        hands.reach(page.get_by_role("application"))
        page.keyboard.press("+")
    else:
        hands.press(page.get_by_role("button", name="Zoom in"))
    expect(page).to_have_url(re.compile("place="))
    expect(page.locator(".map-outline-line.is-selected")).to_have_count(1)


def table(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("button", name="Cluster", exact=True))
    expect(page.get_by_role("columnheader", name="Cluster")).to_have_attribute("aria-sort", "ascending")
    row = page.locator("[data-row]").first
    name = row.inner_text()
    hands.press(row)
    expect(row).to_have_attribute("aria-pressed", "true")
    expect(hands.see_details().locator("h2")).to_contain_text(name)


def details(hands: Hands) -> None:
    page = hands.page
    here = page.locator(".details")
    expect(here.get_by_role("list", name="Model").get_by_role("listitem")).to_have_count(3)
    other = here.locator(".relatives a").first
    name = other.inner_text()
    hands.press(other)
    expect(here.locator("h2")).to_contain_text(name)
    hands.press(here.get_by_role("link", name="On the map"))
    expect(page.locator(".map-outline-line.is-selected")).to_have_count(1)


def filters(hands: Hands) -> None:
    page = hands.page
    hands.see_tools()
    hands.choose(page.get_by_label("Colour by"), "Growth")
    expect(page).to_have_url(re.compile("colour=growth"))
    hands.choose(page.get_by_label("Filter: attribute"), "Language")
    hands.choose(page.get_by_label("Filter: value"), "Spanish")
    expect(page).to_have_url(re.compile("filter=language:es"))
    expect(page.locator(".status-bar .figure").get_by_text("Language: Spanish")).to_be_visible()
    expect(page.locator(".table")).to_contain_text("not released")
    hands.choose(page.get_by_label("and: attribute"), "Model")
    hands.choose(page.get_by_label("and: value"), "medium")
    expect(page).to_have_url(re.compile("filter=language:es,model:medium"))
    expect(page.locator(".status-bar .figure").get_by_text("Language: Spanish and Model: medium")).to_be_visible()


def comparison(hands: Hands) -> None:
    page = hands.page
    hands.choose(page.get_by_label("Compare: attribute"), "Language")
    hands.choose(page.get_by_label("with: value"), "Spanish")
    expect(page.get_by_role("table", name="English beside Spanish")).to_be_visible()
    expect(page.locator(".compare-ratio .figure").first).to_contain_text("×")
    hands.tick(page.get_by_label("Clear differences only"))
    expect(page).to_have_url(re.compile("clear=yes"))


def search(hands: Hands) -> None:
    page = hands.page
    hands.write(page.get_by_role("combobox").first, "plan")
    option = page.get_by_role("option").first
    name = option.locator("bdi").first.inner_text()
    if hands.keys:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    else:
        option.click()
    expect(hands.see_details().locator("h2")).to_contain_text(name)


def privacy(hands: Hands) -> None:
    hands.view("Privacy")
    expect(hands.page.get_by_role("heading", name="Thresholds in force")).to_be_visible()
    scores = hands.page.get_by_role("list", name="Scores of the base clusters").get_by_role("listitem")
    expect(scores).to_have_count(6)


def review(hands: Hands) -> None:
    page = hands.page
    row = page.locator(".queue-row").first
    hands.press(row.locator(".queue-name"))
    for decided in ("Watched", "Open"):
        button = row.get_by_role("button", name=decided, exact=True)
        hands.press(button)
        expect(button).to_have_attribute("aria-pressed", "true")
    here = hands.see_details()
    if hands.narrow:
        hands.press(here.get_by_role("button", name="Review", exact=True))
    expect(here.locator(".entry").first).to_contain_text("Set to open")


def edits(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("button", name="Edit", exact=True))
    hands.write(page.get_by_label("Name", exact=True), "Called otherwise")
    hands.press(page.get_by_role("button", name="Save"))
    expect(page.locator(".details h2")).to_contain_text("Called otherwise")
    hands.view("Edits")
    listed = page.locator(".entry").first
    expect(listed).to_contain_text("“Called otherwise”")
    hands.press(page.locator(".pane-head").get_by_role("button", name="Undo"))
    expect(listed).to_contain_text("Undid the last edit")


def start(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("button", name=re.compile("chats.jsonl")))
    hands.write(page.get_by_label("Name of the run"), "another")
    ready = page.get_by_role("button", name="Start the run")
    expect(ready).to_be_enabled()
    hands.tick(page.get_by_label("With a language model"))
    expect(ready).to_be_disabled()
    hands.write(page.get_by_label("Model", exact=True), "openai/gpt-5-nano")
    hands.write(page.get_by_label("May cost at most"), "2")
    expect(ready).to_be_enabled()


def reveal(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("button", name="Conversations", exact=True))
    panel = page.get_by_role("region", name="Conversations")
    hands.write(panel.get_by_role("textbox"), "Complaints about leaked addresses")
    hands.press(panel.get_by_role("button", name="Show redacted texts"))
    expect(panel.locator(".conversation")).to_have_count(20)
    expect(panel).to_contain_text("[EMAIL]")
    first = panel.locator(".conversation").first
    hands.press(first.get_by_role("button", name="As it was"))
    hands.write(first.get_by_role("textbox"), "The redacted text is not clear")
    hands.press(first.get_by_role("button", name="Show it as it was"))
    expect(first).to_contain_text("ana@example.org")


def taking(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("button", name="Export", exact=True))
    for title in ("Clusters of this level as CSV", "Tree as SVG"):
        with page.expect_download() as taken:
            hands.press(page.get_by_label(title))
        assert taken.value.path().stat().st_size > 1_000
    page.keyboard.press("Escape")
    expect(page.get_by_label("Tree as SVG")).to_have_count(0)


def log(hands: Hands) -> None:
    page = hands.page
    hands.press(page.get_by_role("button", name="Verify the log"))
    expect(page.locator(".verify")).to_contain_text(re.compile("as (it was|they were) written"))
    hands.choose(page.get_by_label("Kind"), "Looked at conversations")
    expect(page).to_have_url(re.compile("kind=reveal"))
    with page.expect_download() as taken:
        hands.press(page.get_by_label("Audit log as CSV"))
    assert "# Clioscope" in taken.value.path().read_text(encoding="utf-8").splitlines()[0]


def runs(hands: Hands) -> None:
    page = hands.page
    with page.expect_download() as taken:
        hands.press(page.get_by_label("List of runs as CSV"))
    assert "small" in taken.value.path().read_text(encoding="utf-8")
    hands.press(page.get_by_role("link", name="small", exact=True))
    expect(page.get_by_role("treeitem").first if not hands.narrow else page.locator(".map-pane")).to_be_visible()


class Flow(NamedTuple):
    address: str
    go: Callable[[Hands], None]


LOOKING = {
    "tree": Flow("#/small/tree", tree),
    "map": Flow("#/small/map?cluster=1-0", map_),
    "table": Flow("#/small/table?level=0", table),
    "details": Flow("#/small/details?cluster=1-0", details),
    "filters": Flow("#/small/table?level=0", filters),
    "comparison": Flow("#/small/compare", comparison),
    "search": Flow("#/small/map", search),
    "privacy": Flow("#/small/map", privacy),
}
"""What can be done in a report too."""

WORKING = {
    "review": Flow("#/small/review?level=0", review),
    "edits": Flow("#/small/details?cluster=0-3", edits),
    "start": Flow("#//start", start),
    "reveal": Flow("#/open/details?cluster=0-0", reveal),
    "taking along": Flow("#/small/table?level=0", taking),
    "log": Flow("#//log", log),
    "runs": Flow("#/", runs),
}
