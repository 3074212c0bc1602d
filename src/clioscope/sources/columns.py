"""What a record's columns are called, where no format says: ids, users, times, metadata."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from clioscope.conversation import Scalar
from clioscope.sources.base import Record

ID = ("id", "conversation_id", "chat_id", "conversation_hash", "uuid", "session_id", "thread_id")
USER = ("user_id", "user", "userId", "user_uuid", "account_id", "hashed_ip", "author_id")
TIME = ("time", "timestamp", "created_at", "create_time", "createdAt", "created", "date", "datetime", "started_at")
TEXT = ("text", "prompt", "question", "query", "content", "message", "instruction", "utterance")

_INT64 = 1 << 63


def first_of(record: Record, names: Iterable[str]) -> str | None:
    """The first of ``names`` that ``record`` has a value for."""
    return next((name for name in names if record.get(name) not in (None, "")), None)


def as_id(value: object) -> str | None:
    """``value`` as an id, or ``None`` where it cannot be one: a list, a truth value, an empty text."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        # A column of whole numbers with gaps is stored as floats by many tools.
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else str(value)
    return None


def as_user(value: object) -> str | None:
    """``value`` as a user id; of a nested record its id."""
    if isinstance(value, dict):
        return next((found for name in ("uuid", "id", *USER) if (found := as_id(value.get(name)))), None)
    return as_id(value)


def as_scalar(value: Any) -> Scalar | None:
    """``value`` as metadata, or ``None`` where it is nested, empty or not a number that a table can hold."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_INT64 <= value < _INT64 else None
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return None


def metadata(record: Record, used: Collection[str | None]) -> dict[str, Scalar]:
    """All scalar columns of ``record`` that are not in ``used``."""
    found: dict[str, Scalar] = {}
    for name, value in record.items():
        if name not in used and (scalar := as_scalar(value)) is not None:
            found[name] = scalar
    return found
