"""Conversations that come from Python pass the same checks as those from files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC

from clioscope.conversation import Conversation
from clioscope.sources.base import Limits, SetAside, UnreadableError
from clioscope.sources.checks import Identities, check

_LABEL = "Python"


def from_memory(
    conversations: Iterable[Conversation], limits: Limits | None = None
) -> Iterator[Conversation | SetAside]:
    """Yield each conversation, or why it is set aside. A time without a zone is taken for UTC."""
    limits, identities = limits or Limits(), Identities()
    for number, conversation in enumerate(conversations, start=1):
        try:
            check(conversation, limits)
            yield _in_a_zone(identities.identify(conversation))
        except UnreadableError as error:
            yield SetAside(_LABEL, None, error.reason, number)


def _in_a_zone(conversation: Conversation) -> Conversation:
    if conversation.time is None or conversation.time.tzinfo is not None:
        return conversation
    return replace(conversation, time=conversation.time.replace(tzinfo=UTC))
