"""LMSYS-Chat-1M: ``conversation_id`` and ``conversation``. Neither user nor time is known.

Source: https://huggingface.co/datasets/lmsys/lmsys-chat-1m
"""

from __future__ import annotations

from clioscope.conversation import Conversation
from clioscope.sources.base import Record
from clioscope.sources.formats.messages import from_turns


class LMSYS:
    """``{"conversation_id": "ab12", "model": "m", "conversation": [{"role", "content"}], "language": "English"}``."""

    name = "LMSYS-Chat"
    nested = frozenset({"conversation"})

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        return isinstance(record.get("conversation"), list)

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        return from_turns(record, record["conversation"])
