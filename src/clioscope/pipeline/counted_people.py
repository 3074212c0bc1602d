"""Who was counted in each of several releases, under one numbering; and a release's record in the vault."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.privacy.counting import Codes
from clioscope.privacy.lattice import Attribute, BlockKey
from clioscope.privacy.limits import Limits
from clioscope.privacy.releases import BINS, Decided, Earlier
from clioscope.privacy.releases.members import People
from clioscope.vault import RunFolder
from clioscope.vault.run_folder import conversation_key

Hashes = Sequence[bytes | None]


class Numbering:
    """Numbers for the conversations and users of all releases, by their keyed hashes."""

    def __init__(self) -> None:
        self._conversations: dict[str, int] = {}
        self._users: dict[bytes, int] = {}
        self._user_of: list[int] = []

    def add(self, keys: Iterable[str], users: Iterable[bytes | None]) -> Codes:
        """int64: the number of each conversation."""
        found = []
        for key, user in zip(keys, users, strict=True):
            number = self._conversations.setdefault(key, len(self._conversations))
            if number == len(self._user_of):
                self._user_of.append(0 if user is None else self._users.setdefault(user, 1 + len(self._users)))
            found.append(number)
        return np.array(found, dtype=np.int64)

    def people(self, known: bool) -> People:
        """Everybody who was added."""
        return People(np.array(self._user_of, dtype=np.int64), known)


def keys_and_users(run: RunFolder) -> tuple[list[str], list[bytes | None]]:
    """The keyed hashes of all conversations of a run and of their users, in order."""
    secret = run.secret()
    keys: list[str] = []
    users: list[bytes | None] = []
    for table in run.conversations.read():
        if "id" in table.column_names:
            keys += [conversation_key(secret, identifier) for identifier in table["id"].to_pylist()]
        else:
            keys += table["key"].to_pylist()
        users += table["user"].to_pylist()
    return keys, users


def rows_of_record(
    keys: Sequence[str],
    users: Hashes,
    labels: Sequence[NDArray[np.int32]],
    attributes: Sequence[Attribute],
    bins: Codes,
) -> pa.Table:
    """One row for each that was counted: whose and which conversation it is, and where it was counted."""
    columns = {"user": pa.array(users, pa.binary(16)), "key": pa.array(keys, pa.string())}
    columns |= {f"level_{number}": pa.array(of) for number, of in enumerate(labels)}
    columns |= {f"attribute_{number}": pa.array(of.codes) for number, of in enumerate(attributes)}
    return pa.table(columns | {"bin": pa.array(bins.astype(np.int32))})


def arrays_of_record(
    decided: Mapping[BlockKey, Decided], attributes: Sequence[Attribute], limits: Limits, users_known: bool
) -> dict[str, NDArray[Any]]:
    """What became of the cells, as arrays under names."""
    about = {
        "attributes": [[one.name, list(one.values), one.open] for one in attributes],
        "limits": list(limits),
        "users_known": users_known,
        "blocks": [[key.level, list(key.attributes)] for key in decided],
    }
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(json.dumps(about).encode("utf-8"), dtype=np.uint8)}
    for number, block in enumerate(decided.values()):
        arrays |= {f"{name}_{number}": values for name, values in block._asdict().items()}
    return arrays


def earlier_of(
    name: str, rows: pa.Table, arrays: Mapping[str, NDArray[Any]], numbering: Numbering, *, erased: bool
) -> Earlier:
    """A publication as the gate needs it, from its record."""
    about = json.loads(arrays["about"].tobytes())
    levels = sum(column.startswith("level_") for column in rows.column_names)
    attributes = [
        Attribute(named, rows[f"attribute_{number}"].to_numpy().astype(np.int32), tuple(values), is_open)
        for number, (named, values, is_open) in enumerate(about["attributes"])
    ]
    blocks = {
        BlockKey(level, tuple(of)): Decided(*(arrays[f"{field}_{number}"] for field in Decided._fields))
        for number, (level, of) in enumerate(about["blocks"])
    }
    assert BINS in blocks
    return Earlier(
        name,
        [rows[f"level_{level}"].to_numpy().astype(np.int32) for level in range(levels)],
        attributes,
        numbering.add(rows["key"].to_pylist(), rows["user"].to_pylist()),
        rows["bin"].to_numpy().astype(np.int64),
        blocks,
        Limits(*about["limits"]),
        erased,
    )
