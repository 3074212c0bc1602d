"""Answers as closed models, and their JSON schema as every provider takes it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

_REFUSED_BY_SOME = frozenset(
    {"title", "default", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern"}
)
"""Keywords that one provider or another refuses. What they say is checked when the answer is here."""


class AnswerModel(BaseModel):
    """The base of every answer: no field but those named."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def portable_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of ``model``: closed, every field required, nothing that a provider may refuse."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    closed: dict[str, Any] = _closed(schema, definitions)
    return closed


def _closed(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_closed(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _closed(definitions[node["$ref"].rsplit("/", 1)[-1]], definitions)
    if "const" in node:
        return {"type": node.get("type", "string"), "enum": [node["const"]]}
    kept = {key: value for key, value in node.items() if key not in _REFUSED_BY_SOME or key == "properties"}
    if "properties" in kept:
        properties = {name: _closed(value, definitions) for name, value in kept["properties"].items()}
        return {
            **{key: value for key, value in kept.items() if key not in ("properties", "required")},
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    return {key: _closed(value, definitions) for key, value in kept.items()}
