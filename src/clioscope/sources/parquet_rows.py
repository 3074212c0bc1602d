"""Rows of Parquet, a few hundred at a time, of the columns that can matter."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.sources.base import Entry, UnreadableError
from clioscope.sources.streams import Meter

_ROWS = 256
DAMAGED = "the Parquet file is damaged"


def read_parquet(file: IO[bytes], nested: Set[str], meter: Meter) -> Iterator[Entry]:
    """The rows of ``file`` as records: all plain columns, and of the nested ones those named in ``nested``.

    Raises
    ------
    UnreadableError
        Where the file is no Parquet that can be read.
    """
    try:
        parquet = pq.ParquetFile(file, pre_buffer=False, buffer_size=1 << 20)
        schema = parquet.schema_arrow
        rows = parquet.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError):
        raise UnreadableError(DAMAGED) from None
    columns = [
        field.name
        for field in schema
        if not field.name.startswith("__index_level_") and (field.name in nested or not pa.types.is_nested(field.type))
    ]
    size = file.seek(0, 2)
    before = 0
    for group in range(parquet.num_row_groups):
        number = before
        batches = parquet.iter_batches(_ROWS, row_groups=[group], columns=columns, use_threads=False)
        while True:
            try:
                batch = next(batches, None)
            except (pa.ArrowException, OSError, ValueError):
                yield Entry(None, None, number + 1, DAMAGED)  # the next row group may be whole
                break
            if batch is None:
                break
            yield from _entries(batch, number)
            number += batch.num_rows
            meter.add(size * batch.num_rows // max(1, rows))
        before += parquet.metadata.row_group(group).num_rows


def _entries(batch: pa.RecordBatch, number: int) -> Iterator[Entry]:
    try:
        rows = _rows(batch)
    except (pa.ArrowException, ValueError, OverflowError, KeyError):
        if batch.num_rows == 1:
            yield Entry(None, None, number + 1, "a value that cannot be read")
            return
        for index in range(batch.num_rows):
            yield from _entries(batch.slice(index, 1), number + index)
        return
    for index, row in enumerate(rows, number + 1):
        yield Entry(row, None, index)


def _rows(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    columns = [column.cast(_plain(column.type), safe=False) if _has_times(column.type) else column for column in batch]
    rows: list[dict[str, Any]] = pa.RecordBatch.from_arrays(columns, names=batch.schema.names).to_pylist()
    return rows


def _has_times(kind: pa.DataType) -> bool:
    if pa.types.is_timestamp(kind):
        return True
    return any(_has_times(kind.field(index).type) for index in range(kind.num_fields))


def _plain(kind: pa.DataType) -> pa.DataType:
    """``kind`` with its times in microseconds, which is what Python can hold, and in UTC."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(field.name, _plain(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_large_list(kind):
        return pa.large_list(_plain(kind.value_type))
    return kind
