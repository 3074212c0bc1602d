"""Tables of an atlas as files, each with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.csv_files import write_csv
from clioscope.errors import RunError
from clioscope.explorer.open_atlas import OpenAtlas, stamp_of
from clioscope.explorer.schemas import AtlasEntry, Cells, Cluster
from clioscope.version import __version__

What = Literal["clusters", "cube", "map", "cells", "comparison", "details", "review"]
Format = Literal["csv", "json", "parquet"]

_ROWS_AT_ONCE = 10_000
PREAMBLE = 4
"""Lines of a CSV file before its header: where it comes from."""


class Rows(NamedTuple):
    """A table that need not be in memory as a whole."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]


@dataclass(frozen=True)
class Provenance:
    """Where a file comes from, and what its figures stand on."""

    clioscope: str
    run: str
    facet: str
    digest: str
    query: str
    thresholds: dict[str, float | int | bool | str]
    guarantee: str

    def lines(self) -> list[str]:
        """As :data:`PREAMBLE` lines."""
        thresholds = ", ".join(f"{name} {value}" for name, value in self.thresholds.items())
        return [
            f"# Clioscope {self.clioscope}: run {self.run}, hierarchy by {self.facet}, atlas SHA-256 {self.digest}",
            f"# Query: {self.query}",
            f"# Thresholds: {thresholds}",
            f"# Guarantee: {self.guarantee}",
        ]


@dataclass(frozen=True)
class ListProvenance:
    """Where a file of a list comes from that is of no single atlas: what it lists, and which lines of that."""

    clioscope: str
    list: str
    query: str
    lines_of: str
    made: str

    def lines(self) -> Sequence[str]:
        """As :data:`PREAMBLE` lines."""
        return [
            f"# Clioscope {self.clioscope}: {self.list}",
            f"# Query: {self.query}",
            f"# Lines: {self.lines_of}",
            f"# Made: {self.made}",
        ]


def provenance_of(opened: OpenAtlas, query: str, thresholds: dict[str, float | int | bool | str]) -> Provenance:
    """Where what is exported of ``opened`` comes from."""
    about = opened.atlas.about
    return Provenance(
        __version__, opened.run, about["facet"], opened.digest, query, thresholds, opened.privacy["guarantee"]
    )


def rows_of(table: pa.Table) -> Rows:
    """The rows of ``table``."""
    return Rows(table.schema, table.to_batches(max_chunksize=_ROWS_AT_ONCE))


@contextmanager
def stored_rows(opened: OpenAtlas, name: str) -> Iterator[Rows]:
    """The rows of one of the atlas's files: the cube of a large atlas is larger in memory than all else.

    Raises
    ------
    RunError
        A newer release took the place of the one that is open.
    """
    try:
        file = pq.ParquetFile(opened.atlas.path / f"{name}.parquet")
        is_of_this = stamp_of(opened.atlas.path) == opened.stamp
    except OSError:
        is_of_this = False
    if not is_of_this:
        raise RunError("A newer release has just taken the place of this one: load the page again.")
    with file:
        yield Rows(file.schema_arrow, file.iter_batches(_ROWS_AT_ONCE))


def cluster_table(clusters: Sequence[Cluster]) -> pa.Table:
    """One row a cluster, as the page shows it, edits included."""
    rows = [cluster.model_dump() for cluster in clusters]
    lists = pa.list_(pa.string())
    types = {"terms": lists, "edited": lists, "members": lists, "conversations": pa.int64(), "users": pa.int64()}
    types |= {"parent_id": pa.string(), "name_confidence": pa.float64(), "fit": pa.float64(), "audit_score": pa.int64()}
    return pa.table({name: pa.array([row[name] for row in rows], types.get(name)) for name in Cluster.model_fields})


def entry_table(entries: Sequence[AtlasEntry]) -> pa.Table:
    """One row a hierarchy of a run."""
    rows = [entry.model_dump() for entry in entries]
    numbers = dict.fromkeys(("conversations", "users", "min_users", "min_conversations"), pa.int64())
    types = {**numbers, "levels": pa.list_(pa.int64()), "for_publishing": pa.bool_(), "cost": pa.float64()}
    fields = AtlasEntry.model_fields
    return pa.table({name: pa.array([row[name] for row in rows], types.get(name, pa.string())) for name in fields})


def cell_table(cells: Cells) -> pa.Table:
    """One row a cell, with ids and values in the place of their numbers."""
    columns: dict[str, Any] = {
        "level": pa.array([cells.level] * len(cells.cluster), pa.int32()),
        "cluster_id": _named(cells.clusters, cells.cluster),
        cells.attributes[0]: _named(cells.values[0], cells.value_1),
    }
    if len(cells.attributes) == 2:
        columns[cells.attributes[1]] = _named(cells.values[1], cells.value_2)
    return pa.table(
        {
            **columns,
            "conversations": pa.array(cells.conversations, pa.int64()),
            "users": pa.nulls(len(cells.cluster), pa.int64())
            if cells.users is None
            else pa.array(cells.users, pa.int64()),
        }
    )


def write(path: Path, rows: Rows, provenance: Provenance | ListProvenance, format: Format) -> None:
    """Write ``rows`` and where they come from to ``path``."""
    {"csv": _write_csv, "json": _write_json, "parquet": _write_parquet}[format](path, rows, provenance)


def _write_csv(path: Path, table: Rows, provenance: Provenance | ListProvenance) -> None:
    """Behind :data:`PREAMBLE` lines of where it comes from; none of its cells can be a spreadsheet's formula."""
    first, *lines = provenance.lines()

    def rows() -> Iterator[Sequence[object]]:
        yield from ([line] for line in lines)
        yield table.schema.names
        for row in _rows(table):
            yield ["; ".join(map(str, value)) if isinstance(value, list) else value for value in row.values()]

    write_csv(path, [first], rows())


def _write_json(path: Path, table: Rows, provenance: Provenance | ListProvenance) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"provenance": {json.dumps(asdict(provenance), ensure_ascii=False)},\n"rows": [')
        for number, row in enumerate(_rows(table)):
            file.write(f"{',' if number else ''}\n{json.dumps(row, ensure_ascii=False)}")
        file.write("\n]}\n")


def _write_parquet(path: Path, table: Rows, provenance: Provenance | ListProvenance) -> None:
    told = json.dumps(asdict(provenance), ensure_ascii=False)
    schema = table.schema.with_metadata({"clioscope": told})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in table.batches:
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))


def _named(names: Sequence[str], places: Sequence[int]) -> pa.Array:
    coded = pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), pa.array(names, pa.string()))
    return coded.dictionary_decode()


def _rows(table: Rows) -> Iterator[dict[str, Any]]:
    for batch in table.batches:
        yield from batch.to_pylist()
