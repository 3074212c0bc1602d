"""The private tables of a run: their columns, and how they are written in parts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.conversation import Conversation, Message
from clioscope.vault.files import private_folder, write_table

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

    def write(self, number: int, table: pa.Table) -> None:
        """Write one part, whole or not at all."""
        write_table(self.path(number), table)

    def read_part(self, number: int, columns: list[str] | None = None) -> pa.Table:
        """The table of one part."""
        return pq.read_table(self.path(number), columns=columns)

    @staticmethod
    def rows(path: Path) -> int:
        """How many rows a part has."""
        return int(pq.read_metadata(path).num_rows)

    def read(self, columns: list[str] | None = None) -> Iterator[pa.Table]:
        """Yield the parts' tables in order, with ``columns`` alone where given."""
        for path in self.paths():
            yield pq.read_table(path, columns=columns)


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
