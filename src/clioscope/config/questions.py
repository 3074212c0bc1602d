"""Facets of the user's own that a model is asked for, and areas under which conversations are clustered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FacetKind = Literal["text", "list", "category", "scale", "number"]

NO_VALUE = "none"
"""What a model answers where nothing applies. It was asked, and that is the answer."""

NOT_CLASSIFIED = "(not classified)"
"""How a conversation is counted for which the model gave no usable answer to this facet."""


class FacetQuestion(BaseModel):
    """One facet that a language model is asked for.

    Parameters
    ----------
    name
        Lower-case letters, digits and underscores.
    kind
        ``text``: a phrase. ``list``: several phrases. ``category``: one of ``values``. ``scale``: a whole number from
        ``minimum`` to ``maximum``. ``number``: any number.
    question
        As the model reads it.
    criteria
        What counts as what, for the model; may be empty.
    values
        Of a category. Conversations to which none applies get ``none``.
    minimum, maximum
        Of a scale.
    bands
        Where the published bands of a number begin, such as ``[0, 10, 100]``. A number without bands is not published.
    most
        The most phrases of a list.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    kind: FacetKind
    question: Annotated[str, Field(min_length=3)]
    criteria: str = ""
    values: tuple[str, ...] = ()
    minimum: int = 1
    maximum: int = 5
    bands: tuple[float, ...] = ()
    most: Annotated[int, Field(ge=1, le=20)] = 5

    @model_validator(mode="after")
    def _whole(self) -> FacetQuestion:
        if self.kind == "category" and len(set(self.values)) < 2:
            raise ValueError("a category needs at least two different values")
        _refuse_reserved(self.values)
        if self.kind != "category" and self.values:
            raise ValueError(f"only a category has values, and this is a {self.kind}")
        if self.kind == "scale" and not 1 <= self.maximum - self.minimum <= 20:
            raise ValueError("a scale has 2 to 21 steps from minimum to maximum")
        if list(self.bands) != sorted(set(self.bands)):
            raise ValueError("bands must rise")
        if self.name == "language" and self.kind != "text":
            raise ValueError("language is always asked for as a code: choose another name")
        if hasattr(BaseModel, self.name):
            raise ValueError("this name is taken: choose another")
        return self


class Area(BaseModel):
    """A named part of what people do, under which conversations are clustered on their own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: Annotated[str, Field(min_length=3)]

    @model_validator(mode="after")
    def _not_reserved(self) -> Area:
        _refuse_reserved([self.name])
        return self


def _refuse_reserved(values: Iterable[str]) -> None:
    """A value of that name would be counted together with what it does not mean."""
    for value in values:
        if value.strip().casefold() in (NO_VALUE, NOT_CLASSIFIED):
            raise ValueError(
                f'"{value}" is kept for conversations to which nothing applies ("{NO_VALUE}") or that got no usable '
                f'answer ("{NOT_CLASSIFIED}"): leave it out, since both are counted anyway, or call it otherwise'
            )
