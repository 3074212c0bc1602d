"""A table with named columns: a row is one conversation, of a text or of messages kept as JSON."""

from __future__ import annotations

from clioscope.conversation import Conversation, Message
from clioscope.sources import columns
from clioscope.sources.base import Record, UnreadableError
from clioscope.sources.times import read_time
from clioscope.sources.turns import any_messages

TURNS = ("messages", "conversation", "conversations", "chat_messages")
"""Columns that hold the messages of one conversation."""

_SPEAKER = ("role", "sender", "from", "speaker", "parent_id", "parent_message_uuid")
"""Columns of a table that has one message a row. Reading its rows as conversations would count what the model said."""


class Table:
    """``id,user_id,created_at,text``. The columns may be called by any of the usual names (see ``columns.py``)."""

    name = "table"
    nested: frozenset[str] = frozenset()

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        if _turns(record) is not None:
            return True
        return _text(record) is not None and not is_one_message(record)

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        turns = _turns(record)
        words = turns or _text(record)
        if words is None:
            raise UnreadableError("no text")
        messages = any_messages(record[words]) if turns else (Message("user", record[words]),)
        id_, user, time = (columns.first_of(record, names) for names in (columns.ID, columns.USER, columns.TIME))
        return Conversation(
            id=(columns.as_id(record[id_]) or "") if id_ else "",
            messages=messages,
            user=columns.as_user(record[user]) if user else None,
            time=read_time(record[time]) if time else None,
            metadata=columns.metadata(record, (id_, user, time, words)),
        )


def is_one_message(record: Record) -> bool:
    """Whether ``record`` is one message of a conversation and not a conversation."""
    return any(name in record for name in _SPEAKER) and _text(record) is not None


def _text(record: Record) -> str | None:
    return next((name for name in columns.TEXT if isinstance(record.get(name), str)), None)


def _turns(record: Record) -> str | None:
    """The column of messages that a table without lists keeps as a JSON text."""
    for name in TURNS:
        value = record.get(name)
        if isinstance(value, str) and value.lstrip().startswith("["):
            return name
    return None
