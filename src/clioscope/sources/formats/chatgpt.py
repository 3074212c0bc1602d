"""ChatGPT's export, ``conversations.json``: every conversation is a tree of nodes and the node where it ends.

What is read is what the person and the assistant said to each other, typed or spoken. Custom instructions
(``user_editable_context``), hidden messages, calls to tools, thoughts and attachments are not.
"""

from __future__ import annotations

from typing import Any

from clioscope.conversation import Conversation, Message
from clioscope.sources import columns
from clioscope.sources.base import Record
from clioscope.sources.formats.tree import longest_path, path_to
from clioscope.sources.times import read_time

_USED = ("id", "conversation_id", "create_time", "mapping", "current_node", *columns.USER)
_HIDDEN = ("is_visually_hidden_from_conversation", "is_user_system_message")


class ChatGPT:
    """``{"conversation_id", "create_time", "mapping": {NODE: {"parent", "message"}}, "current_node": NODE}``."""

    name = "ChatGPT export"
    nested = frozenset({"mapping"})

    def detect(self, record: Record) -> bool:
        """See :class:`~clioscope.sources.base.Format`."""
        return isinstance(record.get("mapping"), dict)

    def conversation(self, record: Record) -> Conversation:
        """See :class:`~clioscope.sources.base.Format`."""
        nodes = {id_: node for id_, node in record["mapping"].items() if isinstance(node, dict)}
        said = {id_: message for id_, node in nodes.items() if (message := _message(node.get("message")))}
        messages = tuple(said[id_] for id_ in _branch(nodes, said, record.get("current_node")) if id_ in said)
        user = columns.first_of(record, columns.USER)
        return Conversation(
            id=columns.as_id(record.get("conversation_id")) or columns.as_id(record.get("id")) or "",
            messages=messages,
            user=columns.as_user(record[user]) if user else None,
            time=read_time(record.get("create_time")) or next((m.time for m in messages if m.time), None),
            metadata=columns.metadata(record, _USED),
        )


def _branch(nodes: dict[str, Any], said: dict[str, Message], leaf: Any) -> list[str]:
    """The branch that ends in ``leaf``; the one with the most messages where that is missing or silent."""
    parents = {id_: parent if isinstance(parent := node.get("parent"), str) else None for id_, node in nodes.items()}
    path = path_to(leaf, parents) if isinstance(leaf, str) else []
    if any(id_ in said and said[id_].role == "user" for id_ in path):
        return path
    return longest_path(parents, dict.fromkeys(said, 1))


def _message(message: Any) -> Message | None:
    if not isinstance(message, dict) or message.get("recipient", "all") not in ("all", None):
        return None
    author, details = message.get("author"), message.get("metadata")
    role = author.get("role") if isinstance(author, dict) else None
    if role not in ("user", "assistant"):
        return None
    if isinstance(details, dict) and any(details.get(name) for name in _HIDDEN):
        return None
    text = _text(message.get("content"))
    return Message(role, text, read_time(message.get("create_time"))) if text.strip() else None


def _text(content: Any) -> str:
    if not isinstance(content, dict) or content.get("content_type") not in ("text", "multimodal_text"):
        return ""
    parts = content.get("parts")
    return "\n".join(text for part in parts if (text := _part(part))) if isinstance(parts, list) else ""


def _part(part: Any) -> str:
    if isinstance(part, dict) and part.get("content_type") == "audio_transcription":
        part = part.get("text")
    return part if isinstance(part, str) else ""
