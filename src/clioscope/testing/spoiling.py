"""Faults of the model itself: its text, spoilt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SPOILT = frozenset({"bad_json", "schema_broken", "refusal", "empty", "truncated", "wrong_choice", "far_too_long"})
"""The faults that come as a complete response."""


def spoil(text: str, fault: str | None, schema: Mapping[str, Any] | None) -> str:
    """``text`` as the fault leaves it."""
    if fault in ("refusal", "empty"):
        return ""
    if fault in ("bad_json", "truncated"):
        return text[: max(1, len(text) // 2)]
    if fault is None or schema is None:
        return text * 10 if fault == "far_too_long" else text
    value = json.loads(text)
    if fault == "schema_broken" and isinstance(value, dict) and value:
        del value[next(iter(value))]
    elif fault == "wrong_choice":
        value = _wrong(value, schema)
    elif fault == "far_too_long":
        value = _longer(value)
    return json.dumps(value, ensure_ascii=False)


def _wrong(value: Any, node: Mapping[str, Any]) -> Any:
    if "enum" in node:
        return "none of these"
    if isinstance(value, dict):
        properties = node.get("properties", {})
        return {key: _wrong(item, properties.get(key, {})) for key, item in value.items()}
    return value


def _longer(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join([value] * 40)
    if isinstance(value, dict):
        return {key: _longer(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_longer(item) for item in value] * 10
    return value
