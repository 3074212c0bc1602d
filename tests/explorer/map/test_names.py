"""Names are written where there is room, and whatever is in them, they do no harm."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.explorer.map.conftest import Open
from tests.explorer.map.looking import names, rest


def _boxes(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "[...document.querySelectorAll('.map-label:not(.is-leaving), .map-legend, .map-controls')]"
        ".map(e => e.getBoundingClientRect().toJSON())"
    )
    return found


def _overlaps(boxes: list[dict[str, Any]]) -> int:
    return sum(
        a["left"] < b["right"] and b["left"] < a["right"] and a["top"] < b["bottom"] and b["top"] < a["bottom"]
        for number, a in enumerate(boxes)
        for b in boxes[number + 1 :]
    )


@pytest.mark.parametrize("query", ["", "?atlas=hostile", "?atlas=big"])
@pytest.mark.parametrize("width", [400, 1440])
def test_no_name_lies_over_another_at_any_zoom(open_map: Open, query: str, width: int) -> None:
    page = open_map(query, viewport={"width": width, "height": 700}, reduced_motion="reduce")
    for _ in range(4):
        boxes = _boxes(page)
        assert len(boxes) > 4
        assert _overlaps(boxes) == 0
        page.mouse.move(width / 2, 350)
        page.mouse.wheel(0, -200)
        rest(page)


def test_parents_are_named_from_afar_and_children_nearby(open_map: Open) -> None:
    page = open_map("?atlas=big")
    levels = "[...document.querySelectorAll('.map-label')].map(e => e.style.fontSize)"
    assert set(page.evaluate(levels)) == {"15px"}
    page.evaluate("harness.setView({ x: 0.5, y: 0.5, zoom: 12 })")
    rest(page)
    page.wait_for_timeout(300)
    assert set(page.evaluate(levels)) == {"12px"}


def test_names_are_of_at_most_two_lines(open_map: Open) -> None:
    page = open_map("?atlas=hostile")
    assert max(len(name.split("\n")) for name in names(page)) == 2
    assert page.evaluate("Math.max(...[...document.querySelectorAll('.map-label')].map(e => e.offsetWidth))") <= 220


def test_hostile_names_are_text_and_nothing_more(open_map: Open) -> None:
    page = open_map("?atlas=hostile")
    written = names(page)
    assert any("<img" in name for name in written)
    assert page.evaluate("window.broken") is None
    assert page.locator(".map img, .map script").count() == 0
    assert not any(control in name for name in written for control in "\u202e\u2066\u200b\x00")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1000
    page.mouse.move(500, 350)
    for step in range(0, 1000, 50):
        page.mouse.move(step, 330)
    assert page.evaluate("window.broken") is None


def test_names_from_right_to_left_are_written_so(open_map: Open) -> None:
    page = open_map("?atlas=hostile")
    directions = page.evaluate(
        "[...document.querySelectorAll('.map-label')].map(e => [e.dir, /[\\u0590-\\u06ff]/.test(e.textContent)])"
    )
    assert ["rtl", True] in directions
    assert all((direction == "rtl") == has for direction, has in directions)
