"""Numbers and times as a few values that can be counted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from clioscope.config import Period

_TURNS = ((1, "1"), (3, "2 to 3"), (7, "4 to 7"))
_CHARACTERS = ((99, "under 100"), (499, "100 to 499"), (1999, "500 to 1,999"))


def turns_band(turns: int) -> str:
    """The band that a number of user messages falls in."""
    return next((name for most, name in _TURNS if turns <= most), "8 and more")


def length_band(characters: int) -> str:
    """The band that a number of characters falls in."""
    return next((name for most, name in _CHARACTERS if characters <= most), "2,000 and more")


def period_of(time: datetime | None, period: Period) -> str | None:
    """The month (``2026-06``) or ISO week (``2026-W23``) of ``time`` in UTC; ``None`` where the time is unknown."""
    if time is None:
        return None
    day = time.astimezone(UTC)
    if period == "month":
        return f"{day.year:04d}-{day.month:02d}"
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def number_band(value: float, begins: Sequence[float]) -> str:
    """The band a number falls in: ``under 10``, ``10 to under 100``, ``100 and over``."""
    place = bisect_right(begins, value)
    if place == 0:
        return f"under {begins[0]:g}"
    if place == len(begins):
        return f"{begins[-1]:g} and over"
    return f"{begins[place - 1]:g} to under {begins[place]:g}"
