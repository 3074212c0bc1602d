"""Released cells: clusters of a level by one or two attributes."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import Depends, HTTPException, Query, Response
from pydantic import TypeAdapter

from clioscope.explorer.cube import EVERYTHING_LEVEL, Choice
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.routes.asking import Opened, allowed, api_router
from clioscope.explorer.schemas import Cells

_LONGEST = 500

_ANSWER = TypeAdapter(list[Cells])

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
        self.first = Choice(attribute, value)
        self.second = None if by is None else Choice(by, by_value)
        if by is None and by_value is not None:
            raise HTTPException(400, "by_value is a value of the attribute by: give both.")
        if by == attribute:
            raise HTTPException(400, "attribute and by are the same: leave by out.")


class LevelsQuery:
    """As :class:`CellQuery`, of everything together and of every level."""

    def __init__(
        self,
        attribute: Annotated[str, Query(max_length=_LONGEST)],
        value: Annotated[str | None, Query(max_length=_LONGEST)] = None,
        by: Annotated[str | None, Query(max_length=_LONGEST)] = None,
        by_value: Annotated[str | None, Query(max_length=_LONGEST)] = None,
    ) -> None:
        self._asked = (attribute, value, by, by_value)

    def at(self, level: int) -> CellQuery:
        """That of one level."""
        return CellQuery(level, *self._asked)


@router.get("/atlases/{id}/cells", dependencies=[allowed("view")])
def cells(opened: Opened, query: Annotated[CellQuery, Depends()]) -> Cells:
    """The released cells of a level by one or two attributes. What is missing is not released."""
    return cells_of(opened, query)


@router.get("/atlases/{id}/levels", dependencies=[allowed("view")], response_model=list[Cells])
def levels(opened: Opened, query: Annotated[LevelsQuery, Depends()]) -> Response:
    """What `/cells` answers for everything together and for each level, the base first, in one answer."""
    levels = range(EVERYTHING_LEVEL, len(opened.atlas.about["levels"]))
    found = [cells_of(opened, query.at(level)) for level in levels]
    # Written here: it is long, and would else be checked once more and taken apart into objects of Python.
    return Response(_ANSWER.dump_json(found), media_type="application/json")


def cells_of(opened: OpenAtlas, query: CellQuery) -> Cells:
    """:func:`cells`, for other routes; refuses with 404 where the atlas does not know an attribute or a level."""
    level, first, second = query.level, query.first, query.second
    if level >= len(opened.atlas.about["levels"]):
        raise HTTPException(404, f"This atlas has {len(opened.atlas.about['levels'])} levels, 0 being the base.")
    choices = [first] if second is None else [first, second]
    attributes = [opened.cube.attribute(choice.attribute) for choice in choices]
    known = [attribute for attribute in attributes if attribute is not None]
    if len(known) < len(choices):
        names = ", ".join(attribute.name for attribute in opened.cube.attributes)
        raise HTTPException(404, f"Conversations are not counted by that attribute, but by {names or 'none'}.")
    found = opened.cube.cells(level, first, second)
    clusters, places = np.unique(found.cluster, return_inverse=True)
    return Cells(
        level=level,
        note=None if len(found.cluster) else _why_nothing(opened, level, choices),
        attributes=[attribute.name for attribute in known],
        clusters=[opened.ids[number] for number in clusters.tolist()],
        values=[attribute.values for attribute in known],
        cluster=places.tolist(),
        value_1=found.value_1.tolist(),
        value_2=[] if second is None else found.value_2.tolist(),
        conversations=found.conversations.tolist(),
        users=None if found.users is None else found.users.tolist(),
    )


def _why_nothing(opened: OpenAtlas, level: int, choices: list[Choice]) -> str:
    if len(choices) == 2:
        names = {choice.attribute for choice in choices}
        if any(set(pair) == names for pair in opened.privacy.get("pairs_not_released", [])):
            return "These two attributes are never counted together: that could give away what is withheld."
        if EVERYTHING_LEVEL < level < opened.privacy.get("pairs_released_from_level", 0):
            return "Two attributes together are counted on higher levels alone: this one could give away too much."
    return "Not released: there is nothing, or too few people are behind it."
