"""What kind of attribute one is, and the order of its values: told from the values alone."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from clioscope.explorer.schemas import Kind

_TIME = re.compile(r"\d{4}-(\d{2}|W\d{2})")
_NUMBER = r"(-?[\d,]*\.?\d+(?:e[+-]?\d+)?)"
_BANDS = (
    # What each begins at. "under 100" lies below "100 to 499", and that below "500 and more".
    re.compile(rf"(under) {_NUMBER}", re.IGNORECASE),
    re.compile(rf"{_NUMBER}(?: to (?:under )?{_NUMBER}| and (?:more|over))?", re.IGNORECASE),
)
_ASIDE = ("none", "(not classified)")
"""Values of any attribute that a model is asked for: nothing applies, and no usable answer. They come last."""


def kind_of(values: Mapping[str, int]) -> Kind:
    """Time where all are months or weeks, ordered where all are numbers or bands of them, else a category."""
    said = [value for value in values if value not in _ASIDE]
    if said and all(_TIME.fullmatch(value) for value in said):
        return "time"
    if said and all(_begin(value) is not None for value in said):
        return "ordered"
    return "category"


def in_order(values: Mapping[str, int]) -> list[str]:
    """``values`` as people expect them.

    Parameters
    ----------
    values
        By value, its released conversations.

    Returns
    -------
    Times and bands rising; categories by falling size. What says that there is no value comes last.
    """
    kind = kind_of(values)

    def place(value: str) -> tuple[bool, float, float, str]:
        aside = value in _ASIDE
        if kind == "category" or aside:
            return (aside, -values[value], 0.0, value)
        return (False, *((_begin(value) or (0.0, 0.0)) if kind == "ordered" else (0.0, 0.0)), value)

    return sorted(values, key=place)


def _begin(value: str) -> tuple[float, float] | None:
    """What a number or a band begins at, and a tie-break that puts ``under`` first; ``None``: it is neither."""
    under, other = (pattern.fullmatch(value) for pattern in _BANDS)
    text = under[2] if under else other[1] if other else None
    if text is None:
        return None
    number = float(text.replace(",", ""))
    return (number, -1.0 if under else 0.0) if math.isfinite(number) else None
