"""What the explorer needs of an atlas's JSON files, checked before anything is answered from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clioscope.atlas import Atlas
from clioscope.errors import RunError


class _Told(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _About(_Told):
    facet: str
    conversations: int
    users: int | None = None
    levels: list[int]
    attributes: list[str]
    map_grid: int | None
    models: dict[str, str] = {}


class _Measurement(_Told):
    scale: float


class _Privacy(_Told):
    guarantee: str
    for_publishing: bool
    rounding: int = 1
    pairs_not_released: list[list[str]] = []
    pairs_released_from_level: int = 0
    measurements: list[_Measurement] = Field(default_factory=list)


def readable(path: Path) -> Atlas:
    """The atlas at ``path``, with everything in its JSON files that is asked of them.

    Raises
    ------
    RunError
        Something is missing or is not what it has to be.
    """
    try:
        atlas = Atlas(path)
    except (KeyError, TypeError, RecursionError):
        raise RunError(f"{path} is damaged: it is no atlas. Run the same command again.") from None
    _check(path / "atlas.json", atlas.about, _About)
    _check(path / "privacy.json", atlas.privacy, _Privacy)
    return atlas


def _check(path: Path, told: dict[str, Any], needed: type[_Told]) -> None:
    try:
        needed.model_validate(told)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise RunError(
            f"{path} is damaged: its {where} is not what it has to be. Run the same command again."
        ) from None
    try:  # lone surrogates and NaN are JSON to Python, and to nobody else
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except ValueError:
        raise RunError(f"{path} is damaged: it holds what is no text. Run the same command again.") from None
