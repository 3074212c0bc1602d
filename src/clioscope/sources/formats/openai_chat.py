"""OpenAI's chat JSONL: ``messages`` alone, or wrapped as a batch request.

Source: https://platform.openai.com/docs/guides/supervised-fine-tuning and https://platform.openai.com/docs/guides/batch
"""

from __future__ import annotations

from clioscope.conversation import Conversation
from clioscope.sources import columns
from clioscope.sources.base import Record
from clioscope.sources.formats.messages import from_turns
from clioscope.sources.turns import messages_of


class OpenAIChat:
    """``{"messages": [...]}`` or ``{"custom_id": "1", "body": {"model": "m", "messages": [...]}}``.

    Content is a text or a list of parts, of which only text is read; tool calls are not conversation text.
    """

    name = "OpenAI chat"
    nested = frozenset({"messages", "body"})

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        if isinstance(record.get("messages"), list):
            return True
        body = record.get("body")
        return isinstance(body, dict) and isinstance(body.get("messages"), list)

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        if isinstance(record.get("messages"), list):
            return from_turns(record, record["messages"])
        body = record["body"]
        return Conversation(
            id=columns.as_id(record.get("custom_id")) or "",
            messages=messages_of(body["messages"]),
            user=columns.as_user(body.get("user")),
            metadata=columns.metadata({**body, **record}, ("custom_id", "user")),
        )
