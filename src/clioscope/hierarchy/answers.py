"""What a model answers when it builds a level."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, create_model

from clioscope.prompting import AnswerModel
from clioscope.prompting.schema import Name


class Names(AnswerModel):
    """Names for groups."""

    names: list[Name]


class Choice(AnswerModel):
    """The group that was chosen."""

    reason: Annotated[str, StringConstraints(max_length=400)]
    group: str


@cache
def names_model(fewest: int, most: int) -> type[Names]:
    """A list of ``fewest`` to ``most`` names."""
    names: Any = Annotated[list[Name], Field(min_length=fewest, max_length=most)]
    return create_model("Names", __base__=Names, names=(names, ...))


@cache
def choice_model(groups: int) -> type[Choice]:
    """One of the groups ``g1`` to ``g{groups}``."""
    group: Any = Literal[tuple(f"g{number}" for number in range(1, groups + 1))]
    return create_model("Choice", __base__=Choice, group=(group, ...))
