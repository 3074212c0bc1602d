"""Released cells: clusters of a level by one or two attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import Depends, HTTPException, Query, Response

from clioscope.explorer.cube import EVERYTHING_LEVEL, NOTHING, Choice, Columns
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.routes.asking import Opened, allowed, api_router
from clioscope.explorer.schemas import Cells

_LONGEST = 500

_Answer = dict[str, Any]
"""The fields of :class:`Cells`, in which a column may be an array."""

router = api_router("atlases")


class CellQuery:
    """What cells are asked for: at most two attributes, each with one of its values or with all."""

    def __init__(
        self,
        level: Annotated[int, Query(description="0 = base; -1: everything together.", ge=-1, le=100)],
        attribute: Annotated[str, Query(max_length=_LONGEST)],
        value: Annotated[str | None, Query(max_length=_LONGEST)] = None,
        by: Annotated[str | None, Query(max_length=_LONGEST)] = None,
        by_value: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    ) -> None:
        self.level = level
        self.choices = _choices(attribute, value, by, by_value)


class LevelsQuery:
    """As :class:`CellQuery`, of everything together and of every level."""

    def __init__(
        self,
        attribute: Annotated[str, Query(max_length=_LONGEST)],
        value: Annotated[str | None, Query(max_length=_LONGEST)] = None,
        by: Annotated[str | None, Query(max_length=_LONGEST)] = None,
        by_value: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    ) -> None:
        self.choices = _choices(attribute, value, by, by_value)


class FilterQuery:
    """One value of one attribute."""

    def __init__(
        self, attribute: Annotated[str, Query(max_length=_LONGEST)], value: Annotated[str, Query(max_length=_LONGEST)]
    ) -> None:
        self.choice = Choice(attribute, value)


def _choices(attribute: str, value: str | None, by: str | None, by_value: str | None) -> list[Choice]:
    if by is None and by_value is not None:
        raise HTTPException(400, "by_value is a value of the attribute by: give both.")
    if by == attribute:
        raise HTTPException(400, "attribute and by are the same: leave by out.")
    return [Choice(attribute, value)] if by is None else [Choice(attribute, value), Choice(by, by_value)]


@router.get("/atlases/{id}/cells", dependencies=[allowed("view")])
def cells(opened: Opened, query: Annotated[CellQuery, Depends()]) -> Cells:
    """The released cells of a level by one or two attributes. What is missing is not released."""
    return cells_of(opened, query)


@router.get("/atlases/{id}/levels", dependencies=[allowed("view")], response_model=list[Cells])
def levels(opened: Opened, query: Annotated[LevelsQuery, Depends()]) -> Response:
    """What `/cells` answers for everything together and for each level, the base first, in one answer."""
    found = opened.cube.levels(*_known(opened, query.choices))
    return _written(_of_levels(opened, query.choices, found))


@router.get("/atlases/{id}/filtered", dependencies=[allowed("view")], response_model=list[Cells])
def filtered(opened: Opened, query: Annotated[FilterQuery, Depends()]) -> Response:
    """What `/levels` answers for a value alone, and then for it by each other attribute in the atlas's order."""
    (choice,) = _known(opened, [query.choice])
    found = opened.cube.under(choice)
    others = [attribute.name for attribute in opened.cube.attributes if attribute.name != choice.attribute]
    answer = _of_levels(opened, [choice], found.get(None, {}))
    for other in others:
        answer += _of_levels(opened, [choice, Choice(other)], found.get(other, {}))
    return _written(answer)


def _of_levels(opened: OpenAtlas, choices: list[Choice], found: Mapping[int, Columns]) -> list[_Answer]:
    levels = range(EVERYTHING_LEVEL, len(opened.atlas.about["levels"]))
    return [_answer(opened, level, choices, found.get(level, NOTHING)) for level in levels]


def _written(answer: list[_Answer]) -> Response:
    """Written from the columns as they are: as lists of Python's numbers, long ones take several times as long."""
    return Response(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


def cells_of(opened: OpenAtlas, query: CellQuery) -> Cells:
    """:func:`cells`, for other routes; refuses with 404 where the atlas does not know an attribute or a level."""
    levels = opened.atlas.about["levels"]
    if query.level >= len(levels):
        raise HTTPException(404, f"This atlas has {len(levels)} levels, 0 being the base.")
    found = opened.cube.cells(query.level, *_known(opened, query.choices))
    answer = _answer(opened, query.level, query.choices, found)
    return Cells(**{name: of.tolist() if isinstance(of, np.ndarray) else of for name, of in answer.items()})


def _known(opened: OpenAtlas, choices: list[Choice]) -> list[Choice]:
    if any(opened.cube.attribute(choice.attribute) is None for choice in choices):
        names = ", ".join(attribute.name for attribute in opened.cube.attributes)
        raise HTTPException(404, f"Conversations are not counted by that attribute, but by {names or 'none'}.")
    return choices


def _answer(opened: OpenAtlas, level: int, choices: list[Choice], found: Columns) -> _Answer:
    attributes = [opened.cube.attribute(choice.attribute) for choice in choices]
    known = [attribute for attribute in attributes if attribute is not None]
    clusters, places = np.unique(found.cluster, return_inverse=True)
    return {
        "level": level,
        "note": None if len(found.cluster) else _why_nothing(opened, level, choices),
        "attributes": [attribute.name for attribute in known],
        "clusters": [opened.ids[number] for number in clusters.tolist()],
        "values": [attribute.values for attribute in known],
        "cluster": places,
        "value_1": found.value_1,
        "value_2": [] if len(choices) == 1 else found.value_2,
        "conversations": found.conversations,
        "users": found.users,
    }


def _why_nothing(opened: OpenAtlas, level: int, choices: list[Choice]) -> str:
    if len(choices) == 2:
        if opened.atlas.counted == "user":
            return "A release with noise counts by one attribute at a time: more would blur all of it."
        names = {choice.attribute for choice in choices}
        if any(set(pair) == names for pair in opened.privacy.get("pairs_not_released", [])):
            return "These two attributes are never counted together: that could give away what is withheld."
        if EVERYTHING_LEVEL < level < opened.privacy.get("pairs_released_from_level", 0):
            return "Two attributes together are counted on higher levels alone: this one could give away too much."
    return "Not released: there is nothing, or too few people are behind it."
