"""Claude's export, ``conversations.json``: an array of conversations, each a list of messages that form a tree.

What is read of a message is what was written in it. Thinking, tool calls and their results are not, nor is the text of
an attachment: it is a document, often somebody else's. A message that is only an upload has no text and is left out.
"""

from __future__ import annotations

from typing import Any

from clioscope.conversation import Conversation, Message
from clioscope.sources import columns
from clioscope.sources.base import Record
from clioscope.sources.formats.tree import longest_path, path_to
from clioscope.sources.times import read_time
from clioscope.sources.turns import role_of, text_of_list

_USED = ("uuid", "created_at", "account", "chat_messages", "current_leaf_message_uuid")
_ROOT = "00000000-0000-4000-8000-000000000000"


class Claude:
    """``{"uuid", "name", "created_at", "account": {"uuid"}, "chat_messages": [{"sender", "text", "content"}]}``."""

    name = "Claude export"
    nested = frozenset({"account", "chat_messages"})

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        return isinstance(record.get("chat_messages"), list)

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        turns = [turn for turn in record["chat_messages"] if isinstance(turn, dict)]
        messages = tuple(
            Message(role_of(turn.get("sender")), text, read_time(turn.get("created_at")))
            for turn in _branch(turns, record.get("current_leaf_message_uuid"))
            if (text := _text(turn)).strip()
        )
        return Conversation(
            id=columns.as_id(record.get("uuid")) or "",
            messages=messages,
            user=columns.as_user(record.get("account")),
            time=read_time(record.get("created_at")) or next((m.time for m in messages if m.time), None),
            metadata=columns.metadata(record, _USED),
        )


def _text(turn: dict[str, Any]) -> str:
    """What was written: the text parts of the content; in older exports, which have none, ``text``."""
    text = text_of_list(turn.get("content"))
    if text.strip():
        return text
    older = turn.get("text")
    return older if isinstance(older, str) else ""


def _branch(turns: list[dict[str, Any]], leaf: Any) -> list[dict[str, Any]]:
    """The branch that ends in ``leaf``, else the one with the most text; all turns where no parents are named."""
    by_id = {turn["uuid"]: turn for turn in turns if isinstance(turn.get("uuid"), str)}
    if len(by_id) < len(turns) or not any(isinstance(turn.get("parent_message_uuid"), str) for turn in turns):
        return turns
    parents: dict[str, str | None] = {}
    previous = None
    for id_, turn in by_id.items():
        parent = turn.get("parent_message_uuid")
        # A parent that was deleted: what comes before in the file is the nearest to it that is left.
        known = isinstance(parent, str) and (parent in by_id or parent == _ROOT)
        parents[id_] = parent if known else previous
        previous = id_
    worth = {id_: int(bool(_text(turn).strip())) for id_, turn in by_id.items()}
    path = path_to(leaf, parents) if isinstance(leaf, str) else []
    if not any(worth[id_] for id_ in path):
        path = longest_path(parents, worth)
    return [by_id[id_] for id_ in path]
