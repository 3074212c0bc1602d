"""The private tables of a run: their columns, and how they are written in parts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.conversation import Conversation, Message
from clioscope.vault.cipher import SealError
from clioscope.vault.files import private_folder, table_bytes, whole
from clioscope.vault.sealed_tables import Users, opened_table, sealed_table
from clioscope.vault.sealing import sealed_at

CONVERSATIONS = pa.schema(
    [
        ("id", pa.string()),
        ("user", pa.binary(16)),  # a keyed hash, null where unknown: the name itself is kept nowhere
        ("time", pa.timestamp("us", tz="UTC")),
        (
            "messages",
            pa.list_(
                pa.struct([("role", pa.string()), ("content", pa.string()), ("time", pa.timestamp("us", tz="UTC"))])
            ),
        ),
        ("metadata", pa.string()),  # a JSON object of scalars
    ]
)
"""One row a conversation, in the order in which they were read."""


class Parts:
    """A table in parts: ``part-00000.parquet``, ... A part that exists is complete."""

    def __init__(self, folder: Path, suffix: str = ".parquet") -> None:
        self.folder = private_folder(folder)
        self._suffix = suffix

    def path(self, number: int) -> Path:
        """Where part ``number`` is, or will be."""
        return self.folder / f"part-{number:05d}{self._suffix}"

    def paths(self) -> list[Path]:
        """The parts that exist, in order."""
        return sorted(self.folder.glob(f"part-*{self._suffix}"))

    def write(self, number: int, table: pa.Table, users: Users | None = None) -> bytes:
        """Write one part, whole or not at all, and return it as Parquet in the clear.

        Parameters
        ----------
        users
            Whose each row is, where the table has no column ``user``. An encrypted vault needs to know.
        """
        path, content = self.path(number), table_bytes(table)
        vault = sealed_at(path)
        kept = content
        if vault is not None:
            whose = table["user"].to_pylist() if "user" in table.column_names else users
            assert whose is not None, "an encrypted table needs to know whose its rows are"
            kept = table_bytes(sealed_table(table, whose, vault, self._place(number)))
        with whole(path) as beside:
            beside.write_bytes(kept)
        return content

    def read_part(self, number: int, columns: list[str] | None = None) -> pa.Table:
        """The table of one part, with ``columns`` alone where given."""
        path = self.path(number)
        vault = sealed_at(path)
        if vault is None:
            return pq.read_table(path, columns=columns)
        wanted = None if columns is None else [*dict.fromkeys([*columns, "user"])]
        sealed = pq.read_table(path, columns=wanted)
        try:
            table = opened_table(sealed, vault, self._place(number))
        except SealError as error:
            raise SealError(f"{path}: {error} Put it back from a copy, or delete the run's folder.") from None
        return table if columns is None else table.select(columns)

    def users(self, number: int) -> Users | None:
        """Whose each row of a part is; ``None`` where the part does not say."""
        if "user" not in pq.read_schema(self.path(number)).names:
            return None
        users: Users = pq.read_table(self.path(number), columns=["user"])["user"].to_pylist()
        return users

    def stream(self, number: int, rows: int) -> Iterator[pa.Table]:
        """The table of one part, ``rows`` at a time: its texts may be long."""
        path = self.path(number)
        if sealed_at(path) is not None:
            table = self.read_part(number)
            yield from (table.slice(start, rows) for start in range(0, table.num_rows, rows))
            return
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(rows):
                yield pa.Table.from_batches([batch])

    @staticmethod
    def number(path: Path) -> int:
        """Which part a file is."""
        return int(path.stem.rpartition("-")[2])

    def columns(self, number: int) -> list[str]:
        """The columns of a part."""
        return list(pq.read_schema(self.path(number)).names)

    @staticmethod
    def rows(path: Path) -> int:
        """How many rows a part has."""
        return int(pq.read_metadata(path).num_rows)

    def read(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """Yield the parts' tables in order, with ``columns`` alone where given."""
        for path in self.paths():
            yield self.read_part(self.number(path), columns)

    def _place(self, number: int) -> str:
        return f"{self.folder.name}/{number}"


def conversation_row(conversation: Conversation, user: bytes | None) -> dict[str, object]:
    """One row of :data:`CONVERSATIONS`."""
    return {
        "id": conversation.id,
        "user": user,
        "time": conversation.time,
        "messages": [{"role": m.role, "content": m.content, "time": m.time} for m in conversation.messages],
        "metadata": json.dumps(dict(conversation.metadata), ensure_ascii=False, sort_keys=True),
    }


def conversations_in(table: pa.Table) -> Iterator[Conversation]:
    """The conversations of one part. ``user`` is the hash in hexadecimal: the vault does not know the name."""
    for row in table.to_pylist():
        yield Conversation(
            id=row["id"],
            messages=tuple(Message(m["role"], m["content"], m["time"]) for m in row["messages"]),
            user=row["user"].hex() if row["user"] is not None else None,
            time=row["time"],
            metadata=json.loads(row["metadata"]),
        )
