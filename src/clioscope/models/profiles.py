"""Where models differ: temperature, thinking, the name of the token limit, structured output."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from clioscope.config import ProfileRow, Structured, TokenLimit


class ModelProfile(BaseModel):
    """What one model takes; see :class:`clioscope.config.ProfileRow`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperature: bool = True
    max_tokens: TokenLimit = "max_tokens"
    structured: Structured = "json_schema"
    thinking_tokens: int = 0
    extra: Mapping[str, Any] = {}


class Profiles:
    """The profile of each model: every row that fits its name, the later over the earlier.

    Parameters
    ----------
    own
        Rows over the shipped ones.
    """

    def __init__(self, own: Sequence[ProfileRow] = ()) -> None:
        self._rows = (*_shipped(), *own)
        self._found: dict[str, ModelProfile] = {}

    def of(self, name: str) -> ModelProfile:
        """What the model ``provider/model`` takes."""
        if name not in self._found:
            settled: dict[str, Any] = {}
            for row in self._rows:
                if any(fnmatchcase(name, pattern) for pattern in row.match):
                    settled |= row.model_dump(exclude={"match"}, exclude_none=True)
            self._found[name] = ModelProfile.model_validate(settled)
        return self._found[name]


@cache
def _shipped() -> tuple[ProfileRow, ...]:
    text = files("clioscope.models").joinpath("profiles.toml").read_text(encoding="utf-8")
    return tuple(map(ProfileRow.model_validate, tomllib.loads(text)["profile"]))


SHIPPED = Profiles()
