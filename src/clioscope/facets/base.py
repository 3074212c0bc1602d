"""The facet seam: a conversation in, its answers out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from clioscope.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Facets:
    """What was asked of one conversation. Stays in the vault.

    Parameters
    ----------
    request
        What the user asked for, as text.
    categories
        One value for each category facet, by name; ``None`` where there is no answer. These may be counted.
    turns
        The number of user messages.
    characters
        Characters the user wrote.
    """

    request: str
    categories: dict[str, str | None]
    turns: int
    characters: int


class FacetExtractor(Protocol):
    """Asks every conversation the same questions."""

    @property
    def name(self) -> str:
        """Identifies the questions and their version. A changed name means that they must be asked again."""

    @property
    def categories(self) -> Sequence[str]:
        """The names of the category facets, in the order in which they are shown."""

    def extract(self, conversations: Iterable[Conversation]) -> list[Facets]:
        """The facets of each conversation, in order."""
