"""The facets that need no model."""

from __future__ import annotations

from collections.abc import Iterable

from clioscope.config import Config
from clioscope.conversation import Conversation
from clioscope.facets.bands import length_band, period_of, turns_band
from clioscope.facets.base import FacetNames, Facets
from clioscope.facets.language import language
from clioscope.facets.questions import DEFAULTS
from clioscope.facets.request import request

BUILT_IN = ("language", "turns", "length")
"""The category facets asked of every conversation. The period (``month`` or ``week``) is a fourth."""


def published_name(column: str) -> str:
    """What the metadata column ``column`` is called as a facet, where its own name is taken."""
    taken = (*BUILT_IN, "month", "week", "area", *(question.name for question in DEFAULTS))
    return f"source_{column}" if column in taken else column


class LocalExtractor:
    """Language, turns, length, period and the metadata columns that were asked for; no model, no network.

    Parameters
    ----------
    config
        ``facets``, ``period``, ``request_tokens`` and whether there is a ``summary_prompt`` matter here: a record that
        is no conversation has no turns to count.
    with_language
        Whether the language is told from the text; a model may do it instead.
    """

    def __init__(self, config: Config, *, with_language: bool = True) -> None:
        self._with_language = with_language
        self._columns = {published_name(column): column for column in config.facets}
        self._period = config.period
        self._tokens = config.request_tokens
        self.name = f"local/1 {config.period} {config.request_tokens} {','.join(config.facets)}"
        self._counted = tuple(name for name in BUILT_IN if name != "turns" or not config.summary_prompt)
        self.names = FacetNames(("request",), (), (), (*self._counted, config.period, *self._columns))

    def extract(self, conversations: Iterable[Conversation]) -> list[Facets]:
        """See :class:`~clioscope.facets.base.FacetExtractor`."""
        return [self._one(conversation) for conversation in conversations]

    def _one(self, conversation: Conversation) -> Facets:
        turns = [m.content for m in conversation.messages if m.role == "user" and m.content.strip()]
        characters = sum(map(len, turns))
        categories: dict[str, str | None] = {
            "language": language("\n".join(turns)) if self._with_language else None,
            "turns": turns_band(len(turns)),
            "length": length_band(characters),
        }
        categories = {name: categories[name] for name in self._counted}
        categories[self._period] = period_of(conversation.time, self._period)
        for name, column in self._columns.items():
            value = conversation.metadata.get(column)
            categories[name] = None if value is None else str(value)
        return Facets({"request": request(turns, self._tokens)}, categories, len(turns), characters)
