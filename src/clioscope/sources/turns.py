"""Messages as most formats write them: a role and a content, under a few names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from clioscope.conversation import Message, Role
from clioscope.sources.base import UnreadableError
from clioscope.sources.times import read_time

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("user", "human", "prompter", "customer", "person"), "user"),
    **dict.fromkeys(("assistant", "gpt", "chatgpt", "bard", "bing", "claude", "model", "ai", "bot"), "assistant"),
    **dict.fromkeys(("system", "developer"), "system"),
}

_TEXT_PARTS = (None, "text", "input_text", "output_text")


def role_of(value: object) -> Role:
    """Who speaks. Whoever is neither the person nor the assistant nor the system is a tool, and not lost."""
    if not isinstance(value, str):
        return "tool"
    role = _ROLES.get(value)
    return role or _ROLES.get(value.strip().lower(), "tool")


def text_of(content: Any) -> str:
    """The text of a message's content: a text, a list of parts, or a record that holds either.

    Images, calls and whatever else is not text are skipped.
    """
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(text for part in content if (text := _part_text(part)))
    if isinstance(content, dict):
        return _part_text(content) or text_of_list(content.get("parts"))
    return ""


def text_of_list(parts: Any) -> str:
    """The texts in a list of parts, joined by newlines."""
    return text_of(parts) if isinstance(parts, list) else ""


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and part.get("type") in _TEXT_PARTS:
        text = part.get("text")
        return text if isinstance(text, str) else ""
    return ""


def messages_of(turns: Iterable[Any], role: str = "role", content: str = "content") -> tuple[Message, ...]:
    """Read a list of turns; ``role`` and ``content`` are what the two are called. Turns without text are left out."""
    messages = []
    for turn in turns:
        if not isinstance(turn, dict):
            continue
        text = text_of(turn.get(content))
        if not text or text.isspace():
            continue
        time = turn.get("created_at") or turn.get("timestamp")
        messages.append(Message(role_of(turn.get(role)), text, None if time is None else read_time(time)))
    return tuple(messages)


def any_messages(turns: Any) -> tuple[Message, ...]:
    """Read turns in whichever of the usual spellings they are: role and content, from and value, sender and text.

    A text is read as JSON, since tables keep lists so.

    Raises
    ------
    UnreadableError
        Where it is no list of turns.
    """
    if isinstance(turns, str):
        try:
            turns = orjson.loads(turns)
        except orjson.JSONDecodeError:
            raise UnreadableError("the messages are neither a list nor a JSON text of one") from None
    if not isinstance(turns, list):
        raise UnreadableError("the messages are not a list")
    if all(isinstance(turn, str) for turn in turns):
        return tuple(Message("user", turn) for turn in turns if turn.strip())
    first = next((turn for turn in turns if isinstance(turn, dict)), {})
    role = next((name for name in ("role", "from", "sender", "author", "speaker") if name in first), "role")
    content = next((name for name in ("content", "value", "text", "message") if name in first), "content")
    return messages_of(turns, role, content)
