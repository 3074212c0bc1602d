"""ShareGPT: ``conversations`` of ``from`` and ``value``. Slices of a long thread, ``ID_0`` and on, are read each."""

from __future__ import annotations

from clioscope.conversation import Conversation
from clioscope.sources import columns
from clioscope.sources.base import Record
from clioscope.sources.times import read_time
from clioscope.sources.turns import messages_of


class ShareGPT:
    """``{"id": "AbCdEfG_0", "conversations": [{"from": "human", "value"}, {"from": "gpt", "value"}]}``."""

    name = "ShareGPT"
    nested = frozenset({"conversations"})

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        turns = record.get("conversations")
        return isinstance(turns, list) and all(isinstance(turn, dict) and "from" in turn for turn in turns[:3])

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        id_, user, time = (columns.first_of(record, names) for names in (columns.ID, columns.USER, columns.TIME))
        return Conversation(
            id=(columns.as_id(record[id_]) or "") if id_ else "",
            messages=messages_of(record["conversations"], "from", "value"),
            user=columns.as_user(record[user]) if user else None,
            time=read_time(record[time]) if time else None,
            metadata=columns.metadata(record, (id_, user, time)),
        )
