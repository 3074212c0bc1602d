"""Times as people write them: ISO 8601, seconds, milliseconds, microseconds or nanoseconds since 1970."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

_FIRST_YEAR, _LAST_YEAR = 1971, 2199
"""Outside these years a time is an unset field (0, -1) or a mistake of unit."""

_UNITS = ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6), (1e20, 1e9))
"""Up to which magnitude a number counts in which part of a second: 1e11 seconds is the year 5138."""


def read_time(value: object) -> datetime | None:
    """Read ``value`` as a time with a zone, or ``None`` where it is none. A time without a zone is UTC."""
    try:
        time = _read(value)
        if time is None:
            return None
        time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return time if _FIRST_YEAR <= time.year <= _LAST_YEAR else None


def _read(value: object) -> datetime | None:
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(float(value))
    return None


def _from_text(text: str) -> datetime | None:
    if not text or len(text) > 40:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return _from_number(float(text))
    except ValueError:
        pass
    return datetime.fromisoformat(text.removesuffix("UTC").strip().replace("/", "-"))


def _from_number(number: float) -> datetime | None:
    if not math.isfinite(number) or number <= 0:
        return None
    for below, parts in _UNITS:
        if number < below:
            return datetime.fromtimestamp(number / parts, UTC)
    return None
