"""The same picture is drawn everywhere: with a GPU's API and without, again and again, on every screen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from tests.explorer.browser import chromium
from tests.explorer.map.conftest import Open
from tests.explorer.map.looking import dot_of, picture, rest

BACKGROUND = np.array([0xFB, 0xFB, 0xFA], np.int16)


@pytest.fixture(scope="module")
def without_webgl() -> Iterator[Browser]:
    with chromium("--disable-3d-apis") as browser:
        yield browser


def _drawn_by(page: Page) -> str:
    found: str = page.evaluate("document.querySelector('.map-canvas').dataset.drawnBy")
    return found


def _ink(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """bool [height, width]: where anything is drawn."""
    found: NDArray[np.bool_] = np.abs(pixels.astype(np.int16) - BACKGROUND).max(axis=2) > 40
    return found


@pytest.mark.parametrize("query", ["", "?color=diverging&selected=1-1"])
@pytest.mark.parametrize("zoomed", [False, True])
def test_with_webgl_and_without_it_the_picture_is_the_same(
    open_map: Open, without_webgl: Browser, query: str, zoomed: bool
) -> None:
    drawn = []
    for page in (open_map(query), open_map(query, without_webgl)):
        if zoomed:
            page.evaluate("harness.handle.current.zoomTo('0-7')")
            rest(page)
        drawn.append((_drawn_by(page), picture(page)))
    (one, webgl), (other, canvas) = drawn
    assert (one, other) == ("webgl2", "canvas")
    difference = np.abs(webgl.astype(np.int16) - canvas)
    assert _ink(webgl).mean() > 0.002
    assert difference.mean() < 0.6
    assert (difference.max(axis=2) > 60).mean() < 0.004


def test_a_processor_that_plays_a_gpu_is_left_alone(open_map: Open) -> None:
    page = open_map(software_webgl=False)
    assert page.evaluate("document.createElement('canvas').getContext('webgl2') !== null")
    assert _drawn_by(page) == "canvas"


COUNT_DRAWN = """() => {
  window.drawn_ = 0;
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...given) {
    window.drawn_ += 1;
    return put.apply(this, given);
  };
}"""


def test_dots_are_drawn_again_only_where_they_change(open_map: Open, without_webgl: Browser) -> None:
    page = open_map("", without_webgl)
    page.wait_for_timeout(300)
    page.evaluate(COUNT_DRAWN)
    faint = "harness.setFaint(new Uint8Array(harness.atlas.lineage.length).fill({}))"
    page.evaluate(faint.format(0))
    page.mouse.move(*dot_of(page, "0-7"))
    page.wait_for_selector(".map-tooltip")
    page.wait_for_timeout(300)
    assert page.evaluate("window.drawn_") == 0
    page.evaluate(faint.format(1))
    page.wait_for_timeout(300)
    assert page.evaluate("window.drawn_") == 1


def test_the_large_map_is_drawn_without_webgl_too(open_map: Open, without_webgl: Browser) -> None:
    page = open_map("?atlas=big", without_webgl)
    assert _drawn_by(page) == "canvas"
    assert _ink(picture(page)).mean() > 0.05


def test_new_colours_move_no_dot(open_map: Open) -> None:
    page = open_map()
    before = picture(page)
    page.evaluate("harness.setColor('ordered')")
    page.wait_for_timeout(300)
    after = picture(page)
    assert (np.abs(before.astype(np.int16) - after).max(axis=2) > 60).mean() > 0.005
    assert (_ink(before) != _ink(after)).mean() < 0.2 * _ink(before).mean()


def test_what_is_filtered_out_is_faint(open_map: Open) -> None:
    page = open_map()
    before = _ink(picture(page)).mean()
    page.evaluate("harness.setFaint(new Uint8Array(harness.atlas.lineage.length).fill(1))")
    page.wait_for_timeout(300)
    assert _ink(picture(page)).mean() < 0.3 * before


def test_the_picture_comes_back_when_the_browser_takes_the_gpu_away(open_map: Open) -> None:
    page = open_map()
    before = picture(page)
    lose = "document.querySelector('.map-canvas').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    for kind in ("webgl2", "webgl2", "canvas"):
        page.evaluate(lose)
        page.wait_for_timeout(500)
        assert page.locator(".map-canvas").count() == 1
        assert _drawn_by(page) == kind
        assert (np.abs(picture(page).astype(np.int16) - before).max(axis=2) > 60).mean() < 0.004


def test_a_screen_with_finer_pixels_gets_them(open_map: Open) -> None:
    page = open_map(device_scale_factor=2)
    assert page.evaluate("document.querySelector('.map-canvas').width") == 2000
    assert picture(page).shape == (1400, 2000, 3)


def test_it_is_drawn_dark_on_a_dark_page(open_map: Open) -> None:
    pixels = picture(open_map(color_scheme="dark"))
    assert np.median(pixels) < 40
    assert (pixels.max(axis=2) > 120).mean() > 0.005
