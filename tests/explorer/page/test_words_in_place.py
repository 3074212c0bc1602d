"""What stands in place of a figure has room, at every width."""

from __future__ import annotations

from typing import Any

import pytest

from tests.explorer.page.conftest import NARROW, WIDE, Open

CROSSING = """selector => {
  const crossing = [];
  for (const row of document.querySelectorAll(selector)) {
    const words = [...row.querySelectorAll('.not-released, .figure, .mini-bar')];
    const boxes = words.map(one => one.getBoundingClientRect());
    boxes.forEach((box, i) => boxes.slice(i + 1).forEach((other, j) => {
      const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
      const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
      if (across > -3 && down > 1) crossing.push([words[i].textContent, words[i + 1 + j].textContent, across]);
    }));
  }
  return crossing;
}"""


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_nothing_in_a_row_lies_over_what_is_beside_it(open_page: Open, viewport: dict[str, int]) -> None:
    page = open_page("#/small/table?filter=language:ru", viewport=viewport)
    page.locator(".table .cell-size .not-released").first.wait_for()
    page.locator(".table .mini-bar").first.wait_for(state="attached")
    assert page.evaluate(CROSSING, "[role=row]") == []
    rows: list[list[Any]] = page.evaluate(
        """() => [...document.querySelectorAll('[role=rowgroup]:not(.table-head) > .table-row')].map(row =>
          [row.querySelector('.cell-size .not-released') !== null, row.querySelector('.mini-bar') !== null])"""
    )
    assert {withheld for withheld, _ in rows} == {True, False}
    for withheld, has_bar in rows:
        assert withheld != has_bar


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_figures_of_the_queue_are_apart(open_page: Open, viewport: dict[str, int]) -> None:
    page = open_page("#/small/review", viewport=viewport)
    page.locator(".queue-row").first.wait_for()
    page.evaluate("document.querySelector('.work-scroll').scrollTop = 250")
    page.locator(".queue-row .not-released").first.wait_for()
    assert page.evaluate(CROSSING, ".queue-row") == []


@pytest.mark.parametrize("viewport", [WIDE, NARROW])
def test_the_legend_says_all_of_each_step(open_page: Open, viewport: dict[str, int]) -> None:
    page = open_page("#/small/map?colour=growth", viewport=viewport)
    page.locator(".legend li").first.wait_for()
    cut = """() => [...document.querySelectorAll('.legend li span')].filter(one =>
      one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1).map(one => one.textContent)"""
    assert page.evaluate(cut) == []
    assert page.evaluate("(list => list.scrollHeight <= list.clientHeight + 1)(document.querySelector('.legend ul'))")
