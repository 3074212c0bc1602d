"""Facets of the user's own that a model is asked for, and areas under which conversations are clustered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

FacetKind = Literal["text", "list", "category", "scale", "number"]


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
