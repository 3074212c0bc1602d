"""Tables whose every cell is sealed under the key of the user whose row it is in.

A sealed part is Parquet, too: as many rows, the same columns, each a ``binary`` of sealed cells. The column ``user``
alone is in the clear, a keyed hash, since it says which key opens a row; a table that has none gets one. A cell holds
its value as JSON, filled up with spaces so that its length does not tell one short value from another, and compressed
where it is long. It is bound to its run, table, part, row and column and to how many rows the part has: moved, it does
not open.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
import zstandard

from clioscope.vault.cipher import SealError
from clioscope.vault.sealing import Sealed

_SCHEMA = b"clioscope.schema"
_USER = "user"
_EQUAL, _LONG = 64, 512
"""Bytes: cells are filled up to a multiple of the one, and compressed from the other on."""

_PLAIN, _COMPRESSED = b"\x00", b"\x01"

Users = Sequence[bytes | None]


def sealed_table(table: pa.Table, users: Users, vault: Sealed, place: str) -> pa.Table:
    """``table`` with sealed cells.

    Parameters
    ----------
    users
        Whose each row is.
    place
        Which part of which table it is.
    """
    vault.keys.ensure(user for user in users if user is not None)
    columns = {_USER: pa.array(users, pa.binary(16))}
    for name in table.column_names:
        if name == _USER:
            continue
        where = [place, table.num_rows, name]
        cells = [
            vault.seal_value(user, _encoded(value), [*where, row])
            for row, (user, value) in enumerate(zip(users, table[name].to_pylist(), strict=True))
        ]
        columns[name] = pa.array(cells, pa.binary())
    schema = base64.b64encode(table.schema.remove_metadata().serialize().to_pybytes())
    return pa.table(columns).replace_schema_metadata({**(table.schema.metadata or {}), _SCHEMA: schema})


def opened_table(sealed: pa.Table, vault: Sealed, place: str) -> pa.Table:
    """The table that :func:`sealed_table` was given, or those of its columns that ``sealed`` has beside ``user``.

    Raises
    ------
    SealError, NoKeyError
        A cell was changed or moved; the key of a user was destroyed.
    """
    kept = dict(sealed.schema.metadata or {})
    if _SCHEMA not in kept:
        raise SealError("It is not sealed, and everything private in an encrypted vault is.")
    schema = pa.ipc.read_schema(pa.py_buffer(base64.b64decode(kept.pop(_SCHEMA))))
    users = sealed[_USER].to_pylist()
    columns = {}
    for name in (field.name for field in schema if field.name in sealed.column_names):
        if name == _USER:
            columns[name] = sealed[name]
            continue
        kind, where = schema.field(name).type, [place, sealed.num_rows, name]
        values = [
            _typed(_decoded(vault.open_value(user, cell, [*where, row])), kind)
            for row, (user, cell) in enumerate(zip(users, sealed[name].to_pylist(), strict=True))
        ]
        columns[name] = pa.array(values, kind)
    fields = [schema.field(name) for name in columns]
    return pa.table(columns, schema=pa.schema(fields)).replace_schema_metadata(kept or None)


def _encoded(value: Any) -> bytes:
    text = orjson.dumps(value)
    if len(text) >= _LONG:
        return _COMPRESSED + zstandard.compress(text)
    return _PLAIN + text.ljust(-(-len(text) // _EQUAL) * _EQUAL)


def _decoded(cell: bytes) -> Any:
    text = zstandard.decompress(cell[1:]) if cell[:1] == _COMPRESSED else cell[1:]
    return orjson.loads(text)


def _typed(value: Any, kind: pa.DataType) -> Any:
    """A value as JSON has it, as a column of ``kind`` takes it."""
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(value)
    if pa.types.is_list(kind):
        return [_typed(inner, kind.value_type) for inner in value]
    if pa.types.is_struct(kind):
        return {field.name: _typed(value.get(field.name), field.type) for field in kind}
    return value
