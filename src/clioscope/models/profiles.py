"""Where models differ: temperature, thinking, the name of the token limit, structured output."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Structured = Literal["json_schema", "json_object", "none"]


class ModelProfile(BaseModel):
    """What one model takes.

    Parameters
    ----------
    temperature
        Whether it takes a temperature.
    max_tokens
        What the limit of the answer is called on the wire.
    structured
        How it is made to answer in a schema. The schema is in the prompt whatever this says.
    thinking_tokens
        Added to the limit of the answer, for a model that thinks before it answers and counts that.
    extra
        Further fields of the request, such as those that turn thinking off.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: bool = True
    max_tokens: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    structured: Structured = "json_schema"
    thinking_tokens: int = 0
    extra: Mapping[str, Any] = {}


@cache
def _shipped() -> list[dict[str, Any]]:
    text = files("clioscope.models").joinpath("profiles.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["profile"]
    return rows


def profile_of(name: str) -> ModelProfile:
    """What the model ``provider/model`` takes: every profile that fits its name, the later over the earlier."""
    settled: dict[str, Any] = {}
    for row in _shipped():
        if any(fnmatchcase(name, pattern) for pattern in row["match"]):
            settled.update({key: value for key, value in row.items() if key != "match"})
    return ModelProfile.model_validate(settled)
