"""The cube of an atlas in DuckDB: released cells, asked for by level and by at most two attributes.

Nothing of a request becomes part of a statement: names and values are looked up here, and their numbers are bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.atlas.schema import EVERYTHING
from clioscope.errors import RunError
from clioscope.explorer.attributes import in_order, kind_of
from clioscope.explorer.schemas import Attribute

EVERYTHING_LEVEL = -1
_MEMORY, _THREADS = "192MB", 2
_NONE, _ANY = -1, -1

_SIZES = """
SELECT attribute, value, max(conversations) FILTER (alone AND everything), max(conversations)
FROM (
    SELECT attribute_1 AS attribute, value_1 AS value, conversations, attribute_2 IS NULL AS alone,
        cluster_id = $everything AS everything
    FROM source WHERE attribute_1 IS NOT NULL
    UNION ALL
    SELECT attribute_2, value_2, conversations, false, false FROM source WHERE attribute_2 IS NOT NULL
)
GROUP BY ALL
"""

_LOAD = """
CREATE TABLE cells AS
SELECT number AS cluster, level, conversations::INTEGER AS conversations, users::INTEGER AS users,
    CASE WHEN swapped THEN second ELSE first END AS attribute_1,
    CASE WHEN swapped THEN value_second ELSE value_first END AS value_1,
    coalesce(CASE WHEN swapped THEN first ELSE second END, -1)::TINYINT AS attribute_2,
    coalesce(CASE WHEN swapped THEN value_first ELSE value_second END, -1)::SMALLINT AS value_2
FROM (
    SELECT clusters.number, clusters.level, source.conversations, source.users,
        one.attribute_number AS first, one.value_number AS value_first,
        two.attribute_number AS second, two.value_number AS value_second,
        coalesce(two.attribute_number < one.attribute_number, false) AS swapped
    FROM source
    JOIN clusters ON source.cluster_id = clusters.id
    JOIN codes AS one ON source.attribute_1 = one.attribute AND source.value_1 = one.value
    LEFT JOIN codes AS two ON source.attribute_2 = two.attribute AND source.value_2 = two.value
)
"""
"""The narrowest types that hold it: a large atlas has millions of cells. Its blocks lie as the gate wrote them.

Of a pair the attribute that comes first in the atlas's order is the first.
"""

_EVERY_LEVEL = -2
_CELLS = f"""
SELECT level, cluster, value_1, value_2, conversations, users FROM cells
WHERE attribute_1 = $attribute_1 AND attribute_2 = $attribute_2 AND ($level = {_EVERY_LEVEL} OR level = $level)
    AND ($value_1 = {_ANY} OR value_1 = $value_1) AND ($value_2 = {_ANY} OR value_2 = $value_2)
"""
_IN_ORDER = f"{_CELLS} ORDER BY level, cluster, value_1, value_2"
_SWAPPED = f"{_CELLS} ORDER BY level, cluster, value_2, value_1"

_UNDER = """
SELECT level, cluster, attribute_1, value_1, attribute_2, value_2, conversations, users FROM cells
WHERE (attribute_1 = $attribute AND value_1 = $value) OR (attribute_2 = $attribute AND value_2 = $value)
"""


class Choice(NamedTuple):
    """An attribute, and one of its values or all of them."""

    attribute: str
    value: str | None = None


class Columns(NamedTuple):
    """Cells, as columns of one length.

    ``cluster`` is the place in the list that the cube was opened with, ``value_1`` and ``value_2`` are places in the
    values of the attributes that were asked for; ``value_2`` is -1 where one was. ``users``: ``None`` where unknown.
    """

    cluster: NDArray[np.int32]
    value_1: NDArray[np.int16]
    value_2: NDArray[np.int16]
    conversations: NDArray[np.int32]
    users: NDArray[np.int32] | None


def _nothing() -> Columns:
    some, more = np.empty(0, np.int32), np.empty(0, np.int16)
    return Columns(some, more, more, some, some)


NOTHING = _nothing()
"""No cell."""


class Cube:
    """The released cells of one atlas. Threads may ask at once.

    Parameters
    ----------
    path
        The atlas's ``cube.parquet``.
    clusters
        Of each cluster its id and level. Everything together is ``("all", -1)``, and one of them.
    attributes
        The atlas's own order of attributes.
    """

    def __init__(self, path: Path, clusters: Sequence[tuple[str, int]], attributes: Sequence[str]) -> None:
        settings: dict[str, Any] = {
            "memory_limit": _MEMORY,
            "temp_directory": "",
            "threads": _THREADS,
            "autoinstall_known_extensions": False,
            "python_enable_replacements": False,
        }
        self._database = duckdb.connect(":memory:", config=settings)
        try:
            self.attributes = self._load(path, clusters, attributes)
        except (duckdb.Error, pa.ArrowInvalid, OverflowError) as error:
            self._database.close()
            raise RunError(f"{path} is damaged ({error}). Run the same command again.") from None
        self.size = self._count()
        self._numbers = {attribute.name: number for number, attribute in enumerate(self.attributes)}
        self._codes = [{value: code for code, value in enumerate(found.values)} for found in self.attributes]

    def attribute(self, name: str) -> Attribute | None:
        """The attribute called ``name``, where the atlas has released a cell of it."""
        number = self._numbers.get(name)
        return None if number is None else self.attributes[number]

    def cells(self, level: int, first: Choice, second: Choice | None = None) -> Columns:
        """The released cells of ``level``, by cluster. Attributes that the cube does not know have none."""
        found = self._cells(level, first, second)
        return _columns(found, slice(None))

    def levels(self, first: Choice, second: Choice | None = None) -> Mapping[int, Columns]:
        """What :meth:`cells` finds, of each level that has any, everything together too: in one question."""
        return _by_level(self._cells(_EVERY_LEVEL, first, second))

    def under(self, filter: Choice) -> Mapping[str | None, Mapping[int, Columns]]:
        """What :meth:`levels` finds for one value of an attribute alone (``None``) and by each other: in one question.

        Raises
        ------
        ValueError
            ``filter`` has no value.
        """
        if filter.value is None:
            raise ValueError(f"the filter by {filter.attribute} has no value")
        chosen = self._chosen(filter)
        if chosen is None:
            return {}
        number, value = chosen
        with self._database.cursor() as cursor:
            found = cursor.execute(_UNDER, {"attribute": number, "value": value}).fetchnumpy()
        first = found["attribute_1"] == number
        others = np.where(first, found["attribute_2"], found["attribute_1"])
        beside = np.where(first, found["value_2"], found["value_1"])
        order = np.lexsort((beside, found["cluster"], found["level"], others))
        held = np.full(len(order), value, found["value_1"].dtype)
        found = {**found, "value_1": held, "value_2": beside}
        parts = {}
        for other, rows in _runs(others[order]):
            name = None if other == _NONE else self.attributes[other].name
            parts[name] = _by_level({column: values[order[rows]] for column, values in found.items()})
        return parts

    def close(self) -> None:
        """Free the memory."""
        self._database.close()

    def _load(self, path: Path, clusters: Sequence[tuple[str, int]], names: Sequence[str]) -> list[Attribute]:
        database = self._database
        database.read_parquet(str(path)).create_view("source")
        attributes = self._attributes(names)
        database.register("clusters", _cluster_table(clusters))
        database.register("codes", _code_table(attributes))
        database.execute(_LOAD)
        for view in ("clusters", "codes"):
            database.unregister(view)
        database.execute("DROP VIEW source")
        # From here on it reads no file and loads no extension, and nobody can allow it to.
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        return attributes

    def _count(self) -> int:
        (row,) = self._database.execute("SELECT count(*) FROM cells").fetchall()
        return int(row[0])

    def _attributes(self, names: Sequence[str]) -> list[Attribute]:
        sizes: dict[str, dict[str, int]] = {name: {} for name in names}
        for name, value, total, most in self._database.execute(_SIZES, {"everything": EVERYTHING}).fetchall():
            if name is not None and value is not None:
                sizes.setdefault(name, {})[value] = most if total is None else total
        return [Attribute(name=name, kind=kind_of(values), values=in_order(values)) for name, values in sizes.items()]

    def _cells(self, level: int, first: Choice, second: Choice | None) -> Mapping[str, Any]:
        chosen = [self._chosen(choice) for choice in (first, second) if choice is not None]
        if None in chosen:
            chosen = []
        one, two = [*(each for each in chosen if each is not None), (_NONE, _ANY), (_NONE, _ANY)][:2]
        swapped = _NONE < two[0] < one[0]
        if swapped:
            one, two = two, one
        bound = {"level": level, "attribute_1": one[0], "value_1": one[1], "attribute_2": two[0], "value_2": two[1]}
        with self._database.cursor() as cursor:
            found = cursor.execute(_SWAPPED if swapped else _IN_ORDER, bound).fetchnumpy()
        return {**found, "value_1": found["value_2"], "value_2": found["value_1"]} if swapped else found

    def _chosen(self, choice: Choice) -> tuple[int, int] | None:
        """The numbers of an attribute and a value. None: the cube does not know one of them."""
        number = self._numbers.get(choice.attribute)
        if number is None:
            return None
        if choice.value is None:
            return number, _ANY
        code = self._codes[number].get(choice.value)
        return None if code is None else (number, code)


def _by_level(found: Mapping[str, Any]) -> Mapping[int, Columns]:
    return {level: _columns(found, rows) for level, rows in _runs(found["level"])}


def _runs(ordered: NDArray[Any]) -> list[tuple[int, slice]]:
    """Each number of a column that is in order, and where it stands."""
    numbers, begins = np.unique(ordered, return_index=True)
    ends = np.append(begins, len(ordered))[1:]
    return [(n, slice(a, z)) for n, a, z in zip(numbers.tolist(), begins.tolist(), ends.tolist(), strict=True)]


def _columns(found: Mapping[str, Any], rows: slice) -> Columns:
    users = found["users"][rows]
    if isinstance(users, np.ma.MaskedArray):
        users = None if users.mask.any() else users.data
    columns = (found[name][rows] for name in ("cluster", "value_1", "value_2", "conversations"))
    cluster, value_1, value_2, conversations = columns
    return Columns(cluster, value_1, value_2, conversations, users)


def _cluster_table(clusters: Sequence[tuple[str, int]]) -> pa.Table:
    return pa.table(
        {
            "id": pa.array([id for id, _ in clusters], pa.string()),
            "level": pa.array([level for _, level in clusters], pa.int8()),
            "number": pa.array(range(len(clusters)), pa.int32()),
        }
    )


def _code_table(attributes: Sequence[Attribute]) -> pa.Table:
    rows = [
        (attribute.name, number, value, code)
        for number, attribute in enumerate(attributes)
        for code, value in enumerate(attribute.values)
    ]
    return pa.table(
        {
            "attribute": pa.array([row[0] for row in rows], pa.string()),
            "attribute_number": pa.array([row[1] for row in rows], pa.int8()),
            "value": pa.array([row[2] for row in rows], pa.string()),
            "value_number": pa.array([row[3] for row in rows], pa.int16()),
        }
    )
