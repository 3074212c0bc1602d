"""WildChat: ``conversation_hash``, ``conversation`` and the hashed address of the person.

A shared address is one "user" here: the count of users is an approximation.
Source: https://huggingface.co/datasets/allenai/WildChat-1M
"""

from __future__ import annotations

from dataclasses import replace

from clioscope.conversation import Conversation
from clioscope.sources import columns
from clioscope.sources.base import Record
from clioscope.sources.formats.messages import from_turns

_OWN = ("conversation_hash", "hashed_ip", "detoxify_moderation")


class WildChat:
    """``{"conversation_hash", "model", "timestamp", "conversation": [{"role", "content", ...}], "hashed_ip", ...}``."""

    name = "WildChat"
    nested = frozenset({"conversation"})

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        turns = record.get("conversation")
        if not isinstance(turns, list):
            return False
        if any(name in record for name in _OWN):
            return True
        return any(isinstance(turn, dict) and "toxic" in turn for turn in turns[:1])  # the first release

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        conversation = from_turns(record, record["conversation"])
        if conversation.user is None:
            turns = (turn for turn in record["conversation"] if isinstance(turn, dict))
            user = next((found for turn in turns if (found := columns.as_id(turn.get("hashed_ip")))), None)
            return replace(conversation, user=user)
        return conversation
