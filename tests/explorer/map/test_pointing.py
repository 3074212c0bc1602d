"""Clusters are pointed at and selected, by hand and by keys."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.explorer.browser import wait_until
from tests.explorer.map.conftest import Open
from tests.explorer.map.looking import dot_of, rest, selections


def _click_dot(page: Page, cluster: str) -> None:
    page.mouse.click(*dot_of(page, cluster))


def test_a_click_on_a_dot_selects_what_is_shown_there(open_map: Open) -> None:
    page = open_map(viewport={"width": 420, "height": 420})
    _click_dot(page, "0-7")
    assert selections(page)[-1] == "1-2"
    page.evaluate("harness.handle.current.zoomTo('0-7')")
    rest(page)
    _click_dot(page, "0-7")
    assert selections(page)[-1] == "0-7"


def test_a_click_on_a_name_selects_it_and_one_beside_everything_nothing(open_map: Open) -> None:
    page = open_map()
    page.get_by_text("Fix git problems").click(force=True)
    name = page.evaluate("harness.atlas.labels.find(({ id }) => id === harness.told.selected.at(-1)).text")
    assert name.startswith("Fix git problems")
    page.mouse.click(30, 40)
    assert selections(page)[-1] is None


def test_the_selected_is_outlined_around_its_bins_and_not_by_colour_alone(open_map: Open) -> None:
    page = open_map()
    _click_dot(page, "0-4")
    outline = page.locator(".map-outline-line.is-selected")
    wait_until(page, "document.querySelector('.map-outline-line.is-selected').getAttribute('d') !== ''")
    box = outline.evaluate("path => path.getBoundingClientRect().toJSON()")
    page.mouse.move(5, 5)
    x, y = dot_of(page, "0-4")
    assert box["left"] <= x <= box["right"]
    assert box["top"] <= y <= box["bottom"]
    assert page.locator(".map-label.is-selected").count() == 1
    page.evaluate("harness.setSelected(null)")
    wait_until(page, "document.querySelector('.map-outline-line.is-selected').getAttribute('d') === ''")


def test_what_is_pointed_at_is_told_in_a_tooltip_and_outlined(open_map: Open) -> None:
    page = open_map()
    page.mouse.move(*dot_of(page, "0-7"))
    tooltip = page.locator(".map-tooltip")
    assert tooltip.inner_text().split("\n") == ["Fix errors in Python scripts", "170 conversations"]
    assert page.locator(".map-outline-line.is-hovered").get_attribute("d")
    page.mouse.move(30, 40)
    assert tooltip.count() == 0
    assert page.evaluate("harness.told.hovered") == ["0-7", None]


def test_the_tooltip_stays_inside_of_the_map(open_map: Open) -> None:
    page = open_map(viewport={"width": 400, "height": 500})
    for cluster in ("0-7", "0-11", "0-8"):
        page.mouse.move(*dot_of(page, cluster))
        box = page.locator(".map-tooltip").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 400
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 500


def test_keys_alone_point_select_and_take_back(open_map: Open) -> None:
    page = open_map()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "application"
    for key in ("+", "+", "ArrowLeft"):
        page.keyboard.press(key)
    rest(page)
    read_out = page.locator('[aria-live="polite"]').inner_text()
    assert "conversations" in read_out
    assert page.locator(".map-crosshair").is_visible()
    page.keyboard.press("Enter")
    chosen = selections(page)[-1]
    name = page.evaluate("id => harness.atlas.labels.find(label => label.id === id).text", chosen)
    assert read_out.startswith(name)
    page.keyboard.press("Escape")
    assert selections(page)[-1] is None
    assert page.locator(".map-crosshair").count() == 0
