"""Cells of the cube, kinds of attributes and the order of their values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from clioscope.errors import RunError
from clioscope.explorer.attributes import in_order, kind_of
from clioscope.explorer.cube import NOTHING, Choice, Columns, Cube
from clioscope.facets.bands import length_band, number_band, turns_band

LEVELS = (-1, 0, 1)


@pytest.fixture(scope="module")
def atlas() -> Path:
    with as_file(files("clioscope.sample").joinpath("recorded", "names", "atlas")) as path:
        return path


@pytest.fixture(scope="module")
def cube(atlas: Path) -> Cube:
    return Cube(atlas / "cube.parquet", clusters(atlas), ["language", "turns", "length", "month"])


def clusters(atlas: Path) -> list[tuple[str, int]]:
    rows = pq.read_table(atlas / "clusters.parquet", columns=["id", "level"]).to_pylist()
    return [*((row["id"], row["level"]) for row in rows), ("all", -1)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["2026-06", "2026-07"], "time"),
        (["2026-W01", "2026-W23"], "time"),
        (["1", "2 to 3", "4 to 7", "8 and more"], "ordered"),
        (["under 100", "100 to 499", "500 to 1,999", "2,000 and more"], "ordered"),
        (["under 10", "10 to under 100", "100 and over", "none"], "ordered"),
        (["1", "2", "3", "4", "5", "(not classified)"], "ordered"),
        (["under 1e+06", "1e+06 and over"], "ordered"),
        (["en", "de"], "category"),
        (["1", "many"], "category"),
        (["2026-06", "2026-W23", "later"], "category"),
        (["none"], "category"),
        ([], "category"),
        (["nan", "inf"], "category"),
    ],
)
def test_kinds_are_told_from_values(values: list[str], kind: str) -> None:
    assert kind_of(dict.fromkeys(values, 5)) == kind


def test_every_band_that_a_facet_can_have_is_ordered_as_it_rises() -> None:
    for band, numbers in ((turns_band, range(12)), (length_band, range(0, 5000, 50))):
        rising = list(dict.fromkeys(map(band, numbers)))
        assert in_order(dict.fromkeys(reversed(rising), 1)) == rising
    begins = [-5, 0, 0.5, 10, 1_000_000]
    rising = list(dict.fromkeys(number_band(n, begins) for n in (-9, -5, 0, 0.1, 0.7, 11, 2e6)))
    assert in_order(dict.fromkeys(reversed(rising), 1)) == rising


def test_what_says_that_there_is_no_value_comes_last() -> None:
    assert in_order({"none": 99, "5": 1, "1": 2, "(not classified)": 50})[:2] == ["1", "5"]
    assert in_order({"none": 99, "a": 1, "b": 2}) == ["b", "a", "none"]


def test_every_released_cell_is_there_and_no_other(cube: Cube, atlas: Path) -> None:
    ids = [id for id, _ in clusters(atlas)]
    names = [attribute.name for attribute in cube.attributes]
    values = {attribute.name: attribute.values for attribute in cube.attributes}
    found = set()
    for level in LEVELS:
        for one in names:
            cells = cube.cells(level, Choice(one))
            assert cells.users is not None
            for row in zip(*(column.tolist() for column in cells), strict=True):
                found.add((ids[row[0]], one, values[one][row[1]], None, None, row[3], row[4]))
            for two in names:
                cells = cube.cells(level, Choice(one), Choice(two))
                assert cells.users is not None
                for row in zip(*(column.tolist() for column in cells), strict=True):
                    if names.index(one) < names.index(two):
                        cell = (one, values[one][row[1]], two, values[two][row[2]])
                    else:
                        cell = (two, values[two][row[2]], one, values[one][row[1]])
                    found.add((ids[row[0]], *cell, row[3], row[4]))
    stored = {
        tuple(row.values())
        for row in pq.read_table(atlas / "cube.parquet").to_pylist()
        if row["attribute_1"] is not None
    }
    assert found == stored


def test_a_value_is_a_filter(cube: Cube) -> None:
    all_of = cube.cells(0, Choice("language"), Choice("month"))
    languages = cube.attributes[0].values
    for code, language in enumerate(languages):
        only = cube.cells(0, Choice("language", language), Choice("month"))
        assert len(only.cluster) == int((all_of.value_1 == code).sum())
        assert set(only.value_1.tolist()) <= {code}
    both = cube.cells(0, Choice("month", "2026-06"), Choice("language", "en"))
    assert set(both.value_1.tolist()) == {0}
    assert set(both.value_2.tolist()) == {languages.index("en")}


def test_all_levels_and_all_others_at_once_say_what_they_say_one_by_one(cube: Cube) -> None:
    for attribute in cube.attributes:
        others = [other.name for other in cube.attributes if other.name != attribute.name]
        for value in attribute.values:
            choice = Choice(attribute.name, value)
            together = cube.under(choice)
            assert set(together) <= {None, *others}
            for other in (None, *others):
                second = None if other is None else Choice(other)
                by_level = cube.levels(choice, second)
                assert set(by_level) == set(together.get(other, {}))
                for level in LEVELS:
                    alone = rows_of(cube.cells(level, choice, second))
                    assert rows_of(by_level.get(level, NOTHING)) == alone
                    assert rows_of(together.get(other, {}).get(level, NOTHING)) == alone
    assert cube.under(Choice("language", "' OR 1=1 --")) == cube.under(Choice("nope", "en")) == {}


def rows_of(cells: Columns) -> list[tuple[int, ...]]:
    assert cells.users is not None
    return list(zip(*(column.tolist() for column in cells), strict=True))


@pytest.mark.parametrize(
    "text", ["' OR 1=1 --", '"; DROP TABLE cells; --', "en' UNION SELECT 1", "\0", "$level", "nope"]
)
def test_what_is_asked_is_never_a_statement(text: str, cube: Cube) -> None:
    for choices in (
        (Choice(text),),
        (Choice("language", text),),
        (Choice("language"), Choice(text)),
        (Choice("language"), Choice("month", text)),
    ):
        assert len(cube.cells(0, *choices).cluster) == 0
    assert len(cube.cells(0, Choice("language")).cluster) > 10


def test_the_database_reads_no_file_once_it_is_open(cube: Cube, atlas: Path) -> None:
    for statement in (
        f"SELECT * FROM read_parquet('{atlas / 'cube.parquet'}')",
        f"COPY cells TO '{atlas / 'out.csv'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET threads = 8",
    ):
        with pytest.raises(duckdb.Error):
            cube._database.execute(statement)


def test_threads_ask_at_once(cube: Cube) -> None:
    names = [attribute.name for attribute in cube.attributes]
    pairs = [(one, two) for one in names for two in names if one != two] * 20

    def ask(pair: tuple[str, str]) -> int:
        return len(cube.cells(0, Choice(pair[0]), Choice(pair[1])).cluster)

    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(ask, pairs)) == [ask(pair) for pair in pairs]


def test_a_damaged_cube_is_told(tmp_path: Path) -> None:
    (tmp_path / "cube.parquet").write_bytes(b"PAR1")
    with pytest.raises(RunError, match="damaged"):
        Cube(tmp_path / "cube.parquet", [("all", -1)], [])
