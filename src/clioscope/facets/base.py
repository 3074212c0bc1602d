"""The facet seam: a conversation in, its answers out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from clioscope.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Facets:
    """What was asked of one conversation. Stays in the vault.

    Parameters
    ----------
    texts
        What each text facet is answered with, by name; ``request`` is always one of them. ``None`` where nothing
        applies or there is no answer.
    categories
        One value for each category facet, by name; ``None`` where there is no answer. These may be counted.
    turns
        The number of user messages.
    characters
        Characters the user wrote.
    lists
        The values of each list facet, by name.
    numbers
        The value of each number facet, by name.
    failed
        Why the conversation could not be asked, where it could not; it is then in no cluster and in no count. In
        nobody's words.
    failed_detail
        The same in the provider's words, unless these quote the conversation.
    unanswered
        The facets that are not clustered and have no usable answer, where each is asked on its own: the reason and the
        detail, by name. They are not classified, which is not "none".
    cut
        Whether the model was shown less than the whole conversation.
    """

    texts: dict[str, str | None]
    categories: dict[str, str | None]
    turns: int
    characters: int
    lists: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, float | None] = field(default_factory=dict)
    failed: str | None = None
    failed_detail: str | None = None
    unanswered: dict[str, tuple[str, str]] = field(default_factory=dict)
    cut: bool = False


class FacetNames(NamedTuple):
    """The facets that are asked, by kind, in the order in which they are shown."""

    texts: tuple[str, ...]
    lists: tuple[str, ...]
    numbers: tuple[str, ...]
    categories: tuple[str, ...]


class FacetExtractor(Protocol):
    """Asks every conversation the same questions."""

    @property
    def name(self) -> str:
        """Identifies the questions and their version. A changed name means that they must be asked again."""

    @property
    def names(self) -> FacetNames:
        """The facets that it asks."""

    def extract(self, conversations: Iterable[Conversation]) -> list[Facets]:
        """The facets of each conversation, in order."""
