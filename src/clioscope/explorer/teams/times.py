"""Times as the store keeps them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


def written(time: datetime) -> str:
    """A time as text: an earlier one is also the smaller text."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def read(text: str) -> datetime:
    """A time that was :func:`written`."""
    return datetime.fromisoformat(text)
