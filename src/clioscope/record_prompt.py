"""A prompt over the columns of any record: ``Summarise this ticket. Subject: {{ subject }} Body: {{ body.text }}``."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

_TAG = re.compile(r"\{\{\{(?P<bare>.*?)\}\}\}|\{\{(?P<field>.*?)\}\}|\{#.*?#\}|(?P<block>\{%.*?%\})", re.DOTALL)
_NOT_A_FIELD = re.compile(r"[#^/>=|(){}%\"']")


class Piece(NamedTuple):
    """Words of the prompt, and the column whose value stands behind them; the last piece has none."""

    words: str
    column: str | None


class RecordPrompt:
    """The owner's words around fields, written as in Mustache and Jinja: ``{{ column }}``, ``{{ nested.column }}``.

    Parameters
    ----------
    text
        With one field or more. ``{{{ column }}}`` and ``{{& column }}`` are the same, and comments (``{{! ... }}``,
        ``{# ... #}``) are left out.

    Raises
    ------
    ValueError
        It has no field, or a section, a loop, a condition or a filter: every value goes into a frame of its own, where
        nothing in it can pass for the owner's words, and what computes with values could not be framed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = tuple(_pieces(text))
        if not self.columns:
            raise ValueError("the summary prompt has no field: write the columns to read as {{ column }}.")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads, each once, in the order in which they come."""
        return tuple(dict.fromkeys(piece.column for piece in self.pieces if piece.column))


def _pieces(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    words, end = "", 0
    for tag in _TAG.finditer(text):
        words += text[end : tag.start()]
        end = tag.end()
        field = tag["bare"] or tag["field"] or ""
        if tag["block"] or _NOT_A_FIELD.search(field):
            raise ValueError(
                f"the summary prompt has {tag[0].strip()[:60]}: it takes fields such as {{{{ column }}}} or "
                "{{ nested.column }}, and neither sections, loops, conditions nor filters."
            )
        if field.startswith("!") or tag[0].startswith("{#"):
            continue
        column = field.removeprefix("&").strip()
        if not column:
            raise ValueError("the summary prompt has an empty field {{ }}: write a column's name into it.")
        pieces.append(Piece(words, column))
        words = ""
    words += text[end:]
    if "{{" in words or any("{{" in piece.words for piece in pieces):
        raise ValueError("the summary prompt has a {{ that is not closed by }}.")
    return [*pieces, Piece(words, None)]
