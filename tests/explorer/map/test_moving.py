"""The map is moved by mouse, touch and keys alike."""

from __future__ import annotations

import pytest
from playwright.sync_api import CDPSession

from tests.explorer.browser import wait_until
from tests.explorer.map.conftest import Open
from tests.explorer.map.looking import STAGE, View, names, rest, view


def test_the_wheel_zooms_around_the_pointer(open_map: Open) -> None:
    page = open_map()
    page.mouse.move(200, 150)
    page.mouse.wheel(0, -300)
    near = rest(page)
    assert near.zoom == pytest.approx(1.93, abs=0.05)
    assert near.x < 0.45
    assert near.y < 0.45
    page.mouse.wheel(0, 300)
    back = rest(page)
    assert (back.x, back.y, back.zoom) == pytest.approx((0.5, 0.5, 1), abs=0.02)


def test_dragging_moves_the_map_with_the_hand_and_selects_nothing(open_map: Open) -> None:
    page = open_map()
    page.mouse.move(500, 350)
    page.mouse.down()
    page.mouse.move(600, 300, steps=5)
    page.mouse.up()
    moved = rest(page)
    assert moved.zoom == 1
    assert moved.x < 0.45
    assert moved.y > 0.55
    assert page.evaluate("harness.told.selected") == []


def test_a_double_click_zooms_in_and_with_shift_out(open_map: Open) -> None:
    page = open_map()
    page.mouse.dblclick(500, 350)
    assert rest(page).zoom == pytest.approx(2)
    page.keyboard.down("Shift")
    page.mouse.dblclick(500, 350)
    assert rest(page).zoom == pytest.approx(1)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("ArrowRight", "x > 0.5"),
        ("ArrowLeft", "x < 0.5"),
        ("ArrowUp", "y < 0.5"),
        ("ArrowDown", "y > 0.5"),
        ("+", "zoom > 1.5"),
        ("-", "zoom < 0.75"),
    ],
)
def test_keys_move_and_zoom(open_map: Open, key: str, expected: str) -> None:
    page = open_map()
    page.focus(STAGE)
    page.keyboard.press(key)
    moved = rest(page)
    assert eval(expected, {}, moved._asdict())
    page.keyboard.press("0")
    assert rest(page) == pytest.approx((0.5, 0.5, 1), abs=0.01)


def test_keys_of_the_browser_are_left_to_it(open_map: Open) -> None:
    page = open_map()
    page.focus(STAGE)
    page.keyboard.press("Control+ArrowRight")
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)
    assert view(page) is None
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Zoom in"


def test_buttons_do_what_the_wheel_does(open_map: Open) -> None:
    page = open_map()
    page.get_by_role("button", name="Zoom in").click()
    assert rest(page).zoom == pytest.approx(1.8)
    page.get_by_role("button", name="Zoom out").click()
    assert rest(page).zoom == pytest.approx(1)
    page.get_by_role("button", name="Zoom in").press("Enter")
    rest(page)
    page.get_by_role("button", name="Show all").click()
    assert rest(page).zoom == pytest.approx(1)


def _touch(session: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_two_fingers_zoom_and_one_moves(open_map: Open) -> None:
    page = open_map(has_touch=True)
    fingers = page.context.new_cdp_session(page)
    _touch(fingers, "touchStart", (450, 350), (550, 350))
    for step in range(1, 6):
        _touch(fingers, "touchMove", (450 - 20 * step, 350), (550 + 20 * step, 350))
    _touch(fingers, "touchEnd")
    near = rest(page)
    assert near.zoom == pytest.approx(3, abs=0.1)
    assert (near.x, near.y) == pytest.approx((0.5, 0.5), abs=0.02)
    _touch(fingers, "touchStart", (500, 350))
    _touch(fingers, "touchMove", (450, 350))
    _touch(fingers, "touchMove", (400, 350))
    _touch(fingers, "touchEnd")
    moved = rest(page)
    assert moved.zoom == pytest.approx(near.zoom)
    assert moved.x > near.x
    assert page.evaluate("harness.told.selected") == []


def test_the_map_is_not_lost_however_far_it_is_moved(open_map: Open) -> None:
    page = open_map()
    for _ in range(10):
        page.mouse.move(100, 350)
        page.mouse.down()
        page.mouse.move(900, 350)
        page.mouse.up()
    assert 0 <= rest(page).x <= 1


def test_it_goes_to_a_cluster_and_to_a_view_that_it_is_given(open_map: Open) -> None:
    page = open_map()
    page.evaluate("harness.handle.current.zoomTo('0-7')")
    at_cluster = rest(page)
    assert at_cluster.zoom > 4
    assert at_cluster.x < 0.25
    assert "Fix errors in Python scripts" in [name.replace("\n", " ") for name in names(page)]
    page.evaluate("harness.setView({ x: 0.7, y: 0.6, zoom: 3 })")
    assert rest(page) == pytest.approx(View(0.7, 0.6, 3), abs=0.001)


def test_a_view_that_comes_back_a_little_cut_does_not_move_the_map(open_map: Open) -> None:
    page = open_map()
    page.evaluate("harness.setView({ x: 0.7, y: 0.6, zoom: 3 })")
    told = rest(page)
    page.evaluate("harness.setView({ x: 0.7004, y: 0.6, zoom: 3.01 })")
    page.wait_for_timeout(700)
    assert view(page) == told


def test_without_motion_where_that_is_asked_for(open_map: Open) -> None:
    zooms = """async () => {
      const drawn = new Set();
      harness.handle.current.zoomTo("0-7");
      const end = performance.now() + 700;
      while (performance.now() < end) {
        drawn.add(document.querySelector(".map-outlines g").getAttribute("transform"));
        await new Promise(requestAnimationFrame);
      }
      return drawn.size;
    }"""
    assert open_map().evaluate(zooms) > 3
    assert open_map(reduced_motion="reduce").evaluate(zooms) <= 2


def test_it_follows_the_size_of_its_room(open_map: Open) -> None:
    page = open_map()
    page.set_viewport_size({"width": 400, "height": 640})
    wait_until(page, "document.querySelector('.map-canvas').width === 400")
    boxes = page.evaluate(
        "[...document.querySelectorAll('.map-label:not(.is-leaving)')].map(e => e.getBoundingClientRect().toJSON())"
    )
    assert boxes
    assert all(box["left"] >= 0 and box["right"] <= 400 for box in boxes)
