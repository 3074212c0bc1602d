"""Whether a conversation that was read can go on: something was said, all of it is text, none of it without end."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from clioscope.conversation import Conversation
from clioscope.sources.base import Limits, UnreadableError
from clioscope.sources.seen import Seen

EMPTY = "nothing was said by the user"
DUPLICATE = "an id that came before"


def check(conversation: Conversation, limits: Limits) -> None:
    """Refuse ``conversation`` where nothing later could use it.

    Raises
    ------
    UnreadableError
        With the reason.
    """
    said = False
    for message in conversation.messages:
        if len(message.content) > limits.message:
            raise UnreadableError("a message longer than the limit")
        _check_text(message.content)
        said = said or (message.role == "user" and not message.content.isspace() and bool(message.content))
    if not said:
        raise UnreadableError(EMPTY)
    _check_text(conversation.id)
    _check_text(conversation.user or "")
    for name, value in conversation.metadata.items():
        _check_text(name)
        if isinstance(value, str):
            _check_text(value)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise UnreadableError("NUL bytes")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            # Python's way of keeping a byte that was not UTF-8 is a surrogate of this range.
            escaped = "\udc80" <= text[error.start] <= "\udcff"
            raise UnreadableError("not valid UTF-8" if escaped else "half of a surrogate pair") from None


class Identities:
    """Gives every conversation an id of its own, and finds the second of two that say they are the same."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._repeats: dict[str, int] = {}

    def identify(self, conversation: Conversation) -> Conversation:
        """``conversation`` with an id.

        Without one, the id is a hash of what was said, by whom and when. People do say the same thing: a second
        conversation of the same hash is another one, and is counted, so that the ids do not depend on the order.

        Raises
        ------
        UnreadableError
            Where its id was seen before.
        """
        if conversation.id:
            if not self._seen.add(conversation.id):
                raise UnreadableError(DUPLICATE)
            return conversation
        base = content_id(conversation)
        id_, count = base, self._repeats.get(base, 1)
        while not self._seen.add(id_):
            count += 1
            id_ = f"{base}-{count}"
        if count > 1:
            self._repeats[base] = count
        return replace(conversation, id=id_)


def content_id(conversation: Conversation) -> str:
    """A hash of what was said, by whom and when: 20 hexadecimal digits."""
    digest = blake2b(digest_size=10)
    for part in (conversation.user or "", conversation.time.isoformat() if conversation.time else ""):
        digest.update(part.encode() + b"\0")
    for message in conversation.messages:
        digest.update(f"{message.role}\0{message.content}\0".encode())
    return digest.hexdigest()
