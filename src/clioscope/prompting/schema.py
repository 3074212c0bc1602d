"""Answers as closed models, and their JSON schema as every provider takes it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

_REFUSED_BY_SOME = frozenset(
    {"title", "default", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern"}
)
"""Keywords that one provider or another refuses. What they say is checked when the answer is here."""

_MOST_WORDS = 10


def short_name(text: str) -> str:
    """A name without a final stop, of at most ten words.

    Raises
    ------
    ValueError
        It has more words, or none.
    """
    name = " ".join(text.split()).rstrip(" .")
    words = len(name.split())
    if not 1 <= words <= _MOST_WORDS:
        raise ValueError(f"a name has one to {_MOST_WORDS} words, and this has {words}")
    return name


Name = Annotated[str, StringConstraints(max_length=120), AfterValidator(short_name)]
"""What a model may call a cluster or a group of them."""


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
