"""HH-RLHF: a conversation as one text with ``Human:`` and ``Assistant:`` before every turn.

Source: https://github.com/anthropics/hh-rlhf
"""

from __future__ import annotations

import re

from clioscope.conversation import Conversation, Message
from clioscope.sources import columns
from clioscope.sources.base import Record
from clioscope.sources.turns import role_of

_SPEAKER = re.compile(r"(?:^|\n\n)(Human|Assistant): ?")
_COLUMNS = ("chosen", "transcript")


class HHRLHF:
    r"""``{"chosen": "\n\nHuman: ...\n\nAssistant: ...", "rejected": ...}``; the chosen one is read.

    The red-team attempts, whose column is ``transcript``, are written the same way.
    """

    name = "HH-RLHF"
    nested: frozenset[str] = frozenset()

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        return any(isinstance(text := record.get(name), str) and _SPEAKER.match(text) for name in _COLUMNS)

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        name = next(name for name in _COLUMNS if isinstance(record.get(name), str) and _SPEAKER.match(record[name]))
        pieces = _SPEAKER.split(record[name])
        id_ = columns.first_of(record, columns.ID)
        user = columns.first_of(record, ("red_team_member_id", *columns.USER))
        return Conversation(
            id=(columns.as_id(record[id_]) or "") if id_ else "",
            messages=tuple(
                Message(role_of(speaker), said.strip())
                for speaker, said in zip(pieces[1::2], pieces[2::2], strict=True)
                if said.strip()
            ),
            user=columns.as_user(record[user]) if user else None,
            metadata=columns.metadata(record, (id_, user, name, "rejected")),
        )
