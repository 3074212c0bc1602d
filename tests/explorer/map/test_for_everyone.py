"""The map can be used by people who see, hear or move differently."""

from __future__ import annotations

import numpy as np
import pytest

from tests.explorer.browser import axe_core
from tests.explorer.map.conftest import Open
from tests.explorer.map.looking import STAGE, picture, rest


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1440])
def test_axe_finds_nothing(open_map: Open, scheme: str, width: int) -> None:
    page = open_map("?selected=0-7", color_scheme=scheme, viewport={"width": width, "height": 700})
    page.mouse.move(width / 2, 330)
    axe = axe_core()
    page.evaluate(axe)
    violations = page.evaluate("axe.run('#root').then(found => found.violations.map(({ id, help }) => [id, help]))")
    assert violations == []


def test_it_says_what_it_is_and_where_the_same_can_be_read(open_map: Open) -> None:
    page = open_map()
    stage = page.locator(STAGE)
    assert stage.get_attribute("aria-label") == "Map of clusters"
    described_by = stage.get_attribute("aria-describedby")
    assert "tree and the table" in page.locator(f"[id='{described_by}']").inner_text()


def test_focus_is_seen_when_it_comes_by_keys(open_map: Open) -> None:
    page = open_map()
    before = picture(page)
    page.keyboard.press("Tab")
    page.wait_for_timeout(100)
    ring = np.abs(picture(page)[350, :3].astype(np.int16) - before[350, :3])
    assert ring.max() > 60


def test_nothing_moves_by_itself_without_motion(open_map: Open) -> None:
    page = open_map(reduced_motion="reduce")
    page.evaluate("harness.setView({ x: 0.5, y: 0.5, zoom: 3 })")
    rest(page)
    assert page.evaluate("document.getAnimations().length") == 0
