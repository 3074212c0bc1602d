"""What is to be made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from clioscope.errors import ConfigError
from clioscope.synth.grammar import LANGUAGES

_GROUP_FROM = 500
"""Fewer conversations have no room for groups: theirs would be most of what there is."""


@dataclass(frozen=True)
class Recipe:
    """How many conversations, and what is in them.

    Parameters
    ----------
    conversations, users
        How many; without ``users``, one for four conversations.
    languages
        Codes of :data:`~clioscope.synth.grammar.LANGUAGES`, the most common first.
    first_language
        The share of people who write in the first of these.
    exponent
        How uneven topics are: the r-th largest is ``r ** -exponent`` as large as the largest, and likewise languages.
    misuse
        The share of conversations that are about misuse, groups aside.
    personal
        The share of conversations in which somebody gives away who they are.
    groups
        Groups of people who ask for nearly the same within three days.
    trends
        Topics that grow over all the time, and as many that shrink.
    start, months
        When conversations begin, and over how long.
    """

    conversations: int = 5_000
    users: int | None = None
    languages: Sequence[str] = LANGUAGES
    first_language: float = 0.5
    exponent: float = 0.8
    misuse: float = 0.06
    personal: float = 0.05
    groups: int = 3
    trends: int = 4
    start: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    months: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be made up."""
        unknown = [code for code in self.languages if code not in LANGUAGES]
        if unknown or not self.languages:
            raise ConfigError(
                f"--language {unknown[0] if unknown else ''}: there is no such language to write in. "
                f"There are: {', '.join(LANGUAGES)}."
            )
        if len(set(self.languages)) < len(self.languages):
            raise ConfigError("--language: each language once.")
        if self.groups and self.conversations < _GROUP_FROM:
            raise ConfigError(
                f"--groups {self.groups}: {self.conversations} conversations have no room for groups of people. "
                f"Make {_GROUP_FROM} or more, or give --groups 0."
            )

    @property
    def people(self) -> int:
        """How many users there are, those in groups aside."""
        return max(1, self.conversations // 4) if self.users is None else self.users
