"""Everything can be done by keys alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.explorer.page.conftest import NARROW, Open, state


def focused(page: Page) -> str:
    """What the focus is on: its role and its name."""
    return page.evaluate(
        """() => {
          const element = document.activeElement;
          const labelled = element.getAttribute("aria-labelledby");
          const name = labelled ? document.getElementById(labelled.split(" ")[0]).textContent : element.textContent;
          return `${element.getAttribute("role") ?? element.tagName.toLowerCase()} ${name.trim()}`;
        }"""
    )


def tab_to(page: Page, css: str, most: int = 40) -> None:
    """Press Tab until the focus is on what ``css`` says."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", css):
            return
    raise AssertionError(f"{most} times Tab do not lead to {css}")


def test_the_tree_is_walked_as_trees_are(open_page: Open) -> None:
    page = open_page("#/small/map")
    expect(page.get_by_role("treeitem")).to_have_count(8)
    names = page.locator(".tree-name bdi").all_inner_texts()
    tab_to(page, '[role="treeitem"]')
    assert focused(page).startswith(f"treeitem {names[0]}")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith(f"treeitem {names[1]}")
    page.keyboard.press("End")
    assert focused(page).startswith(f"treeitem {names[-1]}")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    first = page.get_by_role("treeitem").first
    expect(first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowRight")
    child = page.get_by_role("treeitem").nth(1)
    expect(child).to_be_focused()
    assert child.get_attribute("aria-level") == "2"
    assert child.get_attribute("aria-posinset") == "1"
    page.keyboard.press("Enter")
    expect(child).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("*")
    expect(page.locator('[role="treeitem"][aria-expanded="false"]')).to_have_count(0)


def test_typing_goes_to_a_name_and_space_chooses_it(open_page: Open) -> None:
    page = open_page("#/names/map")
    expect(page.get_by_role("treeitem")).to_have_count(6)
    tab_to(page, '[role="treeitem"]')
    page.keyboard.type("help")
    assert focused(page).startswith("treeitem Help with trips")
    page.keyboard.press(" ")
    expect(page.locator(".details h2")).to_contain_text("Help with trips")


def test_only_one_row_of_the_tree_is_a_tab_stop(open_page: Open) -> None:
    page = open_page("#/small/map")
    expect(page.locator('[role="treeitem"][tabindex="0"]')).to_have_count(1)
    tab_to(page, '[role="treeitem"]')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert not focused(page).startswith("treeitem")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("treeitem").nth(1)).to_be_focused()


def test_a_long_tree_scrolls_with_the_focus(open_page: Open) -> None:
    page = open_page("#/many/map")
    page.get_by_role("button", name="Open all").focus()
    page.keyboard.press("Enter")
    tab_to(page, '[role="treeitem"]')
    page.keyboard.press("End")
    last = page.locator('[role="treeitem"]:focus')
    expect(last).to_be_in_viewport()
    page.keyboard.press("ArrowUp")
    expect(page.locator('[role="treeitem"]:focus')).to_be_in_viewport()


def test_the_table_is_sorted_walked_and_chosen_from(open_page: Open) -> None:
    page = open_page("#/small/table?level=0")
    tab_to(page, ".head-button")
    page.keyboard.press("Enter")
    assert "sort=name.up" in state(page)
    tab_to(page, "[data-row]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-row]").nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]").nth(2)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("End")
    expect(page.locator("[data-row]:focus")).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(page.locator("[data-row]").first).to_be_focused()


def test_views_filters_and_colours_are_chosen(open_page: Open) -> None:
    page = open_page("#/small/map")
    tab_to(page, "select:has(optgroup)")
    page.keyboard.type("Grow")
    expect(page.get_by_role("heading", name="Growth", exact=True)).to_be_visible()
    expect(page.locator(".legend")).to_contain_text("No clear change")
    assert "colour=growth" in state(page)
    tab_to(page, "select[aria-label='Filter: attribute']")
    page.keyboard.type("Lang")
    expect(page.locator(".status-bar")).to_contain_text("Language: English")
    page.keyboard.press("Tab")
    page.keyboard.type("Span")
    expect(page.locator(".status-bar")).to_contain_text("Language: Spanish")
    page.get_by_role("link", name="Compare").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Choose two selections")).to_be_visible()


def test_search_is_a_combobox(open_page: Open) -> None:
    page = open_page("#/names/map")
    tab_to(page, '[role="combobox"]')
    page.keyboard.type("write")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = page.locator('[role="option"][aria-selected="true"]')
    box = page.locator("[role=combobox]")
    assert box.get_attribute("aria-activedescendant") == active.get_attribute("id")
    name = active.locator("bdi").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".details h2")).to_contain_text(name)
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_the_map_is_moved_and_chosen_from(open_page: Open) -> None:
    page = open_page("#/small/map")
    page.locator(".map-label").first.wait_for()
    tab_to(page, '[role="application"]')
    for key in ("+", "+", "ArrowRight", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(400)
    assert "place=" in state(page)


def test_a_menu_closes_with_escape_and_gives_the_focus_back(open_page: Open) -> None:
    page = open_page("#/small/map")
    button = page.get_by_role("button", name="Export")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Clusters of this level as CSV")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")


def test_a_narrow_page_is_used_by_keys_as_well(open_page: Open) -> None:
    page = open_page("#/small/tree", viewport=NARROW)
    tab_to(page, ".tools-toggle")
    page.keyboard.press("Enter")
    tab_to(page, "select")
    tab_to(page, '[role="treeitem"]')
    page.keyboard.press("Enter")
    tab_to(page, ".selection-bar button")
    page.keyboard.press("Enter")
    expect(page.locator(".details h2")).to_be_visible()
    assert state(page).startswith("#/small/details?cluster=")
