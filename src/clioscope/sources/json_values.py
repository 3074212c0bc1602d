"""JSON as it is found in the wild, read without losing what can be kept."""

from __future__ import annotations

import json
from typing import Any

import orjson

from clioscope.sources.base import UnreadableError

NOT_JSON = "not valid JSON"


def parse(raw: bytes | bytearray) -> Any:
    """Read ``raw`` as one JSON value. Of a key that comes twice the last counts; NaN and Infinity are null.

    Raises
    ------
    UnreadableError
        With the reason.
    """
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _parse_patiently(raw)


def _parse_patiently(raw: bytes | bytearray) -> Any:
    """What orjson refuses and people have: NaN, 1e400, numbers of many digits, tabs inside texts."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise UnreadableError("not valid UTF-8") from None
    if "\0" in text:
        raise UnreadableError("NUL bytes")
    try:
        return json.loads(text, strict=False, parse_constant=lambda _: None, parse_int=_whole_number)
    except (RecursionError, MemoryError):
        raise UnreadableError("nested too deep") from None
    except ValueError:
        raise UnreadableError(NOT_JSON if not _is_deep(raw) else "nested too deep") from None


def _whole_number(digits: str) -> int | float:
    # int() refuses thousands of digits, and takes quadratic time for many.
    return int(digits) if len(digits) <= 40 else float(digits)


def _is_deep(raw: bytes | bytearray) -> bool:
    return raw[:2000].count(b"[") + raw[:2000].count(b"{") > 1000
