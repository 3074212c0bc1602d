"""What is analysed: a conversation, and the messages in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Role = Literal["user", "assistant", "system", "tool"]

Scalar = str | int | float | bool
"""A metadata value. Nested values of a source are not metadata."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: who spoke, and what was said as plain text."""

    role: Role
    content: str
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in the order they were written, and what is known about them.

    Parameters
    ----------
    id
        Unique within a run. A source without ids gets one from the hash of the content.
    messages
        At least one, in order.
    user
        Who wrote the user turns, as the source names them; ``None`` where the source does not say.
    time
        When the conversation began, timezone-aware (UTC where the source gave no zone).
    metadata
        The source's other scalar columns. They stay in the vault unless one is asked for as a facet.
    """

    id: str
    messages: tuple[Message, ...]
    user: str | None = None
    time: datetime | None = None
    metadata: Mapping[str, Scalar] = field(default_factory=dict)
