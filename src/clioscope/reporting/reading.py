"""Figures and texts as people read them."""

from __future__ import annotations

import re

_STEERS_MARKDOWN = re.compile(r"([\\`*_{}\[\]#|<>~])")
_LINE_BREAKS = re.compile(r"\s+")


def percent(share: float) -> str:
    """``2.5%``; what is neither none nor all is never shown as if it were."""
    text = f"{share:.1%}"
    if text == "0.0%":
        return "0%" if share == 0 else "<0.1%"
    if text == "100.0%":
        return "100%" if share == 1 else ">99.9%"
    return text


def figure(value: float | int | str) -> str:
    """A figure as people read it."""
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3g}"


def markdown(text: str) -> str:
    """``text`` as Markdown that shows it, and in one line."""
    return _LINE_BREAKS.sub(" ", _STEERS_MARKDOWN.sub(r"\\\1", text))
