"""Which column holds what, where the user says so: ``--field id=case,text=body.question``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from clioscope.conversation import Conversation, Message
from clioscope.errors import SourceError
from clioscope.sources.base import Record, UnreadableError
from clioscope.sources.columns import as_id, as_user, metadata
from clioscope.sources.times import read_time
from clioscope.sources.turns import any_messages, text_of

_MISSING = object()

_LONGEST_METADATA = 200
"""Characters. Of a record that is no conversation, longer columns are texts and no metadata."""


@dataclass(frozen=True, slots=True)
class Fields:
    """Columns by name. A dot leads into a nested record; a number after it into a list.

    ``text`` is one text, or a list of texts, of the person; ``messages`` a list of turns. At most one of the two.
    Columns that are not named are found as the format has them. ``record`` are the columns of a record that is no
    conversation: its messages are their values, in this order, empty where there is none.
    """

    id: str | None = None
    user: str | None = None
    time: str | None = None
    text: str | None = None
    messages: str | None = None
    record: tuple[str, ...] = ()

    @classmethod
    def parse(cls, options: Sequence[str]) -> Fields:
        """Read ``["id=case,user=who", "text=body.question"]``.

        Raises
        ------
        SourceError
            Where an option names no field, names one twice, or names both the text and the messages.
        """
        known = [field.name for field in fields(cls) if field.name != "record"]
        found: dict[str, str] = {}
        for part in (part.strip() for option in options for part in option.split(",")):
            name, equals, column = (piece.strip() for piece in part.partition("="))
            if not part:
                continue
            if not equals or not column or name not in known:
                raise SourceError(f"--field {part} is not one of {', '.join(f'{name}=COLUMN' for name in known)}.")
            if name in found:
                raise SourceError(f"--field names {name} twice: {found[name]} and {column}.")
            found[name] = column
        if "text" in found and "messages" in found:
            raise SourceError("--field takes text=COLUMN or messages=COLUMN, not both.")
        return cls(
            id=found.get("id"),
            user=found.get("user"),
            time=found.get("time"),
            text=found.get("text"),
            messages=found.get("messages"),
        )

    @property
    def says_what_was_said(self) -> bool:
        """Whether the words themselves are named, so that any record can be read."""
        return bool(self.words)

    @property
    def words(self) -> tuple[str, ...]:
        """The columns that hold what was said."""
        return self.record or tuple(column for column in (self.text, self.messages) if column)

    def named(self) -> dict[str, str]:
        """The columns that are set, by the option that sets each."""
        columns = {
            f"--field {field.name}={column}": column
            for field in fields(self)
            if field.name != "record" and (column := getattr(self, field.name))
        }
        return columns | {f"--summary-prompt with {{{{ {column} }}}}": column for column in self.record}


def look_up(record: Record, path: str) -> Any:
    """What ``path`` leads to in ``record``; ``None`` where it leads nowhere."""
    found = _find(record, path)
    return None if found is _MISSING else found


def has(record: Record, path: str) -> bool:
    """Whether ``path`` leads to something in ``record``, be it null."""
    return _find(record, path) is not _MISSING


def _find(record: Record, path: str) -> Any:
    return record[path] if path in record else _follow(record, path.split("."))


def _follow(value: Any, steps: list[str]) -> Any:
    if not steps:
        return value
    if isinstance(value, list):
        is_place = steps[0].isascii() and steps[0].isdecimal() and len(steps[0]) < 10 and int(steps[0]) < len(value)
        return _follow(value[int(steps[0])], steps[1:]) if is_place else _MISSING
    if not isinstance(value, dict):
        return _MISSING
    for count in range(1, len(steps) + 1):  # a column's own name may have dots
        name = ".".join(steps[:count])
        if name in value and (found := _follow(value[name], steps[count:])) is not _MISSING:
            return found
    return _MISSING


def apply(fields: Fields, record: Record, conversation: Conversation) -> Conversation:
    """``conversation`` with the id, user and time that ``fields`` name."""
    used = set(fields.named().values()) - set(fields.record)
    return Conversation(
        id=(as_id(look_up(record, fields.id)) or "") if fields.id else conversation.id,
        messages=conversation.messages,
        user=as_user(look_up(record, fields.user)) if fields.user else conversation.user,
        time=read_time(look_up(record, fields.time)) if fields.time else conversation.time,
        metadata={name: value for name, value in conversation.metadata.items() if name not in used},
    )


def read_words(fields: Fields, record: Record) -> Conversation:
    """The conversation whose words ``fields`` name, without id, user and time.

    Raises
    ------
    UnreadableError
        Where the record has not that column, or it holds no text.
    """
    if fields.record:
        return _read_record(fields.record, record)
    path = fields.text or fields.messages or ""
    value = _find(record, path)
    if value is _MISSING or value is None:
        raise UnreadableError("the column that --field names is missing")
    if fields.messages:
        messages = any_messages(value)
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        messages = tuple(Message("user", part) for part in value if part.strip())
    else:
        text = str(value) if isinstance(value, int | float) else text_of(value)
        messages = (Message("user", text),)
    return Conversation("", messages, metadata=metadata(record, {path.partition(".")[0], path}))


def _read_record(columns: tuple[str, ...], record: Record) -> Conversation:
    values = [_plain(look_up(record, column)) for column in columns]
    short = {name: value for name, value in metadata(record, ()).items() if len(str(value)) <= _LONGEST_METADATA}
    return Conversation("", tuple(Message("user", value) for value in values), metadata=short)


def _plain(value: Any) -> str:
    """``value`` as text: as it is, or, where it is nested, as JSON."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return orjson.dumps(value, default=str).decode()
    return value if isinstance(value, str) else str(value)
