"""Every view can be used by people who see, hear or move differently, on screens of every size."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.explorer.browser import SOFTWARE_WEBGL, wait_until
from tests.explorer.page.conftest import NARROW, VIEWS, WIDE, Open

STATES = [
    "#/",
    *(f"#/small/{view}?cluster=0-3&open=1-0&compare=language:es..language:en" for view in VIEWS),
    "#/small/map?colour=growth&filter=language:es",
    "#/small/table?colour=language:&search=plan",
    "#/small/table?filter=plan:free&level=9&colour=mood:",
]


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("shown", STATES)
def test_axe_finds_nothing(open_page: Open, axe: str, shown: str) -> None:
    page = open_page(shown)
    if "plan:free" in shown:
        expect(page.locator(".missed .warning")).to_be_visible()
    assert in_all_guises(page, axe) == {}


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_axe_finds_nothing_in_what_opens(open_page: Open, axe: str, size: dict[str, int]) -> None:
    page = open_page("#/small/map", viewport=size)
    page.get_by_role("button", name="Export").click()
    assert violations(page, axe) == []
    page.locator("[role=combobox]").fill("plan")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert violations(page, axe) == []


def in_all_guises(page: Page, axe: str, milliseconds: int = 500) -> dict[str, object]:
    """What axe-core finds, at both widths, in light and in dark, each after so long: labels of the map fade in."""
    found: dict[str, object] = {}
    for width, size in (("narrow", NARROW), ("wide", WIDE)):
        page.set_viewport_size(size)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(milliseconds)
            if here := violations(page, axe):
                found[f"{width}, {scheme}"] = here
    return found


def violations(page: Page, axe: str) -> list[object]:
    """What axe-core finds in the page: rule, and where."""
    page.evaluate(axe)
    found: list[object] = page.evaluate(
        "axe.run().then(found => found.violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]))"
    )
    return found


@pytest.mark.parametrize("run", ["small", "hostile", "names"])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_nothing_reaches_out_of_the_screen(open_page: Open, run: str, size: dict[str, int]) -> None:
    page = open_page(f"#/{run}/map?cluster=0-1&compare=language:es..language:en", viewport=size)
    for view in VIEWS:
        page.evaluate("view => { location.hash = location.hash.replace(/[a-z]+(?=[?])/, view); }", view)
        page.wait_for_timeout(300)
        root = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        assert root == [size["width"], size["height"]], view


def test_a_narrow_page_shows_one_view_at_a_time(open_page: Open) -> None:
    page = open_page("#/small/map", viewport=NARROW)
    for view in VIEWS:
        page.get_by_role("link", name=view.title(), exact=True).click()
        expect(page.locator(".pane")).to_have_count(1)
    page.set_viewport_size(WIDE)
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator(".pane")).to_have_count(3)


WATCH_MOTION = """() => {
  window.seen_ = { places: new Set(), animations: new Set() };
  const look = () => {
    window.seen_.places.add(document.querySelector(".map-outline-line.is-selected")?.getBoundingClientRect().width);
    for (const one of document.getAnimations()) {
      const { target } = one.effect;
      const what = ["twist", "map-label"].find(name => target.closest(`.${name}`)) ?? target.outerHTML;
      if (one.effect.getComputedTiming().duration > 1) window.seen_.animations.add(what);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.mark.parametrize("wanted", ["reduce", "no-preference"])
def test_nothing_moves_where_no_motion_is_wanted(open_page: Open, wanted: Literal["reduce", "no-preference"]) -> None:
    page = open_page("#/small/map?cluster=1-0", reduced_motion=wanted)
    page.locator(".map-outline-line.is-selected").wait_for(state="attached")
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
        page.wait_for_timeout(500)
    page.evaluate(WATCH_MOTION)
    page.get_by_role("treeitem").first.locator(".twist").click()
    page.get_by_role("button", name="Show all").click()
    page.wait_for_timeout(1000)
    places, animations = page.evaluate("[window.seen_.places.size, [...window.seen_.animations]]")
    if wanted == "reduce":
        assert places == 2  # before, and after
        assert animations == []
    else:
        assert places > 2
        assert {"twist", "map-label"} <= set(animations)


def test_the_map_is_drawn_without_any_3d(open_page: Open, without_gpu: Browser) -> None:
    page = open_page("#/small/map", browser=without_gpu)
    assert page.evaluate("document.createElement('canvas').getContext('webgl2')") is None
    page.locator(".map-label").first.wait_for()
    page.get_by_role("treeitem").first.click()
    expect(page.locator(".map-outline-line.is-selected")).to_have_count(1)
    page.wait_for_timeout(500)
    drawn = page.evaluate(
        """() => {
          const canvas = document.querySelector(".map-canvas");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert drawn > 5


def test_the_page_draws_with_webgl_too(open_page: Open) -> None:
    page = open_page("#/small/map", reduced_motion="reduce")
    page.add_init_script(SOFTWARE_WEBGL)
    page.reload()
    page.locator(".map-label").first.wait_for()
    wait_until(page, "document.querySelector('.map-canvas').dataset.drawnBy === 'webgl2'")
    page.wait_for_timeout(500)
    pictures = [page.locator(".map-canvas").screenshot()]
    for choose in (
        lambda: page.get_by_label("Colour by").select_option(label="Growth"),
        lambda: page.get_by_role("treeitem").first.click(),
        lambda: page.get_by_role("button", name="Zoom in").click(),
    ):
        choose()
        page.wait_for_timeout(500)
        pictures.append(page.locator(".map-canvas").screenshot())
    assert len(set(pictures)) == 4


def test_text_can_be_made_twice_as_large(open_page: Open) -> None:
    page = open_page("#/small/table", viewport={"width": 720, "height": 450}, device_scale_factor=2)
    expect(page.get_by_role("table", name="Base clusters")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 720


def test_colours_are_never_alone(open_page: Open) -> None:
    page = open_page("#/small/map")
    marks = page.locator(".legend .mark path")
    expect(marks).to_have_count(8)
    shapes = marks.evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
    assert len(set(shapes)) == len(shapes) == 8
