"""``{id, messages}``: one conversation a record, under the usual column names. Kura's ``chat_id`` is one of them."""

from __future__ import annotations

from typing import Any

from clioscope.conversation import Conversation
from clioscope.sources import columns
from clioscope.sources.base import Record
from clioscope.sources.times import read_time
from clioscope.sources.turns import messages_of


class Messages:
    """``{"id": "1", "user_id": "u", "created_at": "2026-06-01T10:00:00Z", "messages": [{"role", "content"}]}``."""

    name = "messages"
    nested = frozenset({"messages", "user"})

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        return isinstance(record.get("messages"), list) and columns.first_of(record, columns.ID) is not None

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        return from_turns(record, record["messages"])


def from_turns(record: Record, turns: list[Any]) -> Conversation:
    """Read a record of the usual column names whose messages are ``turns`` of role and content."""
    id_, user, time = (columns.first_of(record, names) for names in (columns.ID, columns.USER, columns.TIME))
    messages = messages_of(turns)
    began = read_time(record[time]) if time else None
    return Conversation(
        id=(columns.as_id(record[id_]) or "") if id_ else "",
        messages=messages,
        user=columns.as_user(record[user]) if user else None,
        time=began or next((message.time for message in messages if message.time), None),
        metadata=columns.metadata(record, (id_, user, time)),
    )
