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
SELECT clusters.number AS cluster, clusters.level, one.attribute_number AS attribute_1, one.value_number AS value_1,
    coalesce(two.attribute_number, -1)::TINYINT AS attribute_2, coalesce(two.value_number, -1)::SMALLINT AS value_2,
    source.conversations::INTEGER AS conversations, source.users::INTEGER AS users
FROM source
JOIN clusters ON source.cluster_id = clusters.id
JOIN codes AS one ON source.attribute_1 = one.attribute AND source.value_1 = one.value
LEFT JOIN codes AS two ON source.attribute_2 = two.attribute AND source.value_2 = two.value
"""
"""The narrowest types that hold it: a large atlas has millions of cells. Its blocks lie as the gate wrote them."""

_CELLS = """
SELECT cluster, value_1, value_2, conversations, users FROM cells
WHERE level = $level AND attribute_1 = $attribute_1 AND attribute_2 = $attribute_2
    AND ($value_1 = -1 OR value_1 = $value_1) AND ($value_2 = -1 OR value_2 = $value_2)
ORDER BY cluster, value_1, value_2
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
        choices = [first] if second is None else [first, second]
        numbers = [self._numbers.get(choice.attribute) for choice in choices]
        codes = [_ANY if c.value is None else self._code(c) for c in choices]
        if None in numbers or None in codes:
            return _columns(self._cells(level, (_NONE, _NONE), (_ANY, _ANY)), swapped=False)
        known = [number for number in numbers if number is not None] + [_NONE] * (2 - len(choices))
        wanted = [code for code in codes if code is not None] + [_ANY] * (2 - len(choices))
        found = self._cells(level, (known[0], known[1]), (wanted[0], wanted[1]))
        if second is None or len(found["cluster"]):
            return _columns(found, swapped=False)
        return _columns(self._cells(level, (known[1], known[0]), (wanted[1], wanted[0])), swapped=True)

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

    def _code(self, choice: Choice) -> int | None:
        number = self._numbers.get(choice.attribute)
        return None if number is None or choice.value is None else self._codes[number].get(choice.value)

    def _cells(self, level: int, attributes: tuple[int, int], values: tuple[int, int]) -> Mapping[str, Any]:
        bound = {
            "level": level,
            "attribute_1": attributes[0],
            "attribute_2": attributes[1],
            "value_1": values[0],
            "value_2": values[1],
        }
        with self._database.cursor() as cursor:
            return cursor.execute(_CELLS, bound).fetchnumpy()


def _columns(found: Mapping[str, Any], *, swapped: bool) -> Columns:
    users = found["users"]
    if isinstance(users, np.ma.MaskedArray):
        users = None if users.mask.any() else users.data
    one, two = ("value_2", "value_1") if swapped else ("value_1", "value_2")
    return Columns(found["cluster"], found[one], found[two], found["conversations"], users)


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
