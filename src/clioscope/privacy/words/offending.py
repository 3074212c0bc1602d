"""Which words of a text would have to be supported, and which are not."""

from __future__ import annotations

from collections.abc import Container

from clioscope.privacy.words.general import is_general
from clioscope.privacy.words.reading import Word, read_words


def content_of(text: str) -> list[Word]:
    """The content words of a text, as :func:`~clioscope.privacy.words.clean` leaves it, in order, each once."""
    found = (word for word in read_words(text) if word.named or not is_general(word.plain))
    return list({word.plain: word for word in reversed(list(found))}.values())[::-1]


def offending(text: str, supported: Container[str]) -> list[str]:
    """The content words of ``text``, as shown, that are not among those ``supported``, as compared."""
    return [word.shown for word in content_of(text) if word.plain not in supported]
