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
    value = text if schema is None else _parsed(text)
    if fault == "far_too_long":
        value = _longer(value)
    elif fault == "wrong_choice" and schema is not None:
        value = _wrong(value, schema, schema.get("$defs") or {})
    elif fault == "schema_broken" and isinstance(value, dict) and value:
        del value[next(iter(value))]
    else:
        return text
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parsed(text: str) -> Any:
    """The text's JSON, or the text: an answer of the user's own may be anything."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _wrong(value: Any, node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    """``value`` with another in the place of each that the schema lists the choices for."""
    if "$ref" in node:
        return _wrong(value, definitions.get(node["$ref"].rsplit("/", 1)[-1], {}), definitions)
    if "enum" in node:
        return "none of these"
    if isinstance(value, dict):
        properties = node.get("properties", {})
        return {key: _wrong(item, properties.get(key, {}), definitions) for key, item in value.items()}
    if isinstance(value, list):
        return [_wrong(item, node.get("items", {}), definitions) for item in value]
    return value


def _longer(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join([value] * 40)
    if isinstance(value, dict):
        return {key: _longer(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_longer(item) for item in value] * 10
    return value
