"""Pictures of the map to take away, with where they come from."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET

from playwright.sync_api import Page

from tests.explorer.map.conftest import Open

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = 'sample, sha256 0123 <b> & "quoted", at least 10 users a bin'


def _svg(page: Page) -> ET.Element:
    return ET.fromstring(page.evaluate("caption => harness.handle.current.exportSvg({ caption })", CAPTION))


def _png(page: Page, scale: int) -> bytes:
    encoded = page.evaluate(
        """async ([caption, scale]) => {
          const blob = await harness.handle.current.exportPng({ caption, scale });
          const bytes = new Uint8Array(await blob.arrayBuffer());
          return btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(""));
        }""",
        [CAPTION, scale],
    )
    return base64.b64decode(encoded)


def test_an_svg_has_the_dots_the_names_and_the_provenance(open_map: Open) -> None:
    page = open_map("?selected=0-7")
    svg = _svg(page)
    total = page.evaluate("harness.atlas.bins.conversations.reduce((sum, count) => sum + count)")
    assert len(list(svg.iter(f"{SVG}circle"))) == total
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert CAPTION in texts
    assert any(text and text.startswith("One dot is one conversation") for text in texts)
    assert "Fix git problems" in texts
    assert len([path for path in svg.iter(f"{SVG}path") if path.get("stroke")]) == 2


def test_an_svg_of_a_large_map_has_fewer_dots_and_says_so(open_map: Open) -> None:
    svg = _svg(open_map("?atlas=big"))
    assert 10_000 < len(list(svg.iter(f"{SVG}circle"))) <= 20_000
    assert any((text.text or "").startswith("One dot is about 50 conversations") for text in svg.iter(f"{SVG}text"))


def test_names_in_an_svg_are_text(open_map: Open) -> None:
    svg = _svg(open_map("?atlas=hostile"))
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} == {
        "svg", "clipPath", "rect", "g", "circle", "text",
    }  # fmt: skip


def test_a_png_has_the_size_that_was_asked_for_and_is_the_same_each_time(open_map: Open) -> None:
    page = open_map()
    once, larger = _png(page, 1), _png(page, 2)
    width, height = (int.from_bytes(once[start : start + 4], "big") for start in (16, 20))
    assert width == 1000
    assert 700 < height < 800
    assert int.from_bytes(larger[16:20], "big") == 2000
    assert _png(page, 1) == once
