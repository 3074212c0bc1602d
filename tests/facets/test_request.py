"""The request facet: all that the user wrote, within a budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clioscope.facets.request import request


def test_short_turns_are_kept_whole() -> None:
    assert request(["hello there", "and now?"], 64) == "hello there\nand now?"


def test_the_longest_turn_gives_way_first() -> None:
    text = request(["fix this", "line " * 500 + "why does it fail", "thanks"], 40)
    first, second, third = text.split("\n")
    assert (first, third) == ("fix this", "thanks")
    assert second.startswith("line line")
    assert second.endswith("why does it fail")
    assert " … " in second


def test_a_text_without_spaces_is_cut_too() -> None:
    assert len(request(["x" * 1_000_000], 64)) < 500
    assert len(request(["你好" * 100_000], 64)) < 80


@given(st.lists(st.text(max_size=300), max_size=8), st.integers(16, 128))
def test_any_text_stays_within_the_budget(turns: list[str], tokens: int) -> None:
    text = request(turns, tokens)
    assert len(text) <= sum(map(len, turns)) + 8 * len(turns)
    assert len(text.split()) <= 2 * tokens + 2 * len(turns)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3))
def test_what_fits_is_not_changed(turns: list[str]) -> None:
    assert request(turns, 4096) == "\n".join(turns)
