"""Names and descriptions that a language model writes from words that enough people share."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.models.judge import Work
from clioscope.naming.judged import Again, Title, Titled, titled
from clioscope.prompting import Prompts, Unanswered, ask
from clioscope.prompting.asking import Question

MOST_SHARED = 60
"""Shared words and phrases that a model is told of a cluster."""

OTHERS, MOST_OF_OTHERS = 5, 20
"""Nearest clusters, and shared words of each."""


class WordsNamer:
    """Asks a model to write from shared words alone, and to write again what holds others.

    Parameters
    ----------
    prompts
        Of the run.
    """

    NAMES, REWORDS = ("words", "repair"), ("reword", "repair")
    _WORDS = Question("name", "words", 400, 0.5)
    _REWORD = Question("name", "reword", 400, 0.2)

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    def name(self, shared: Sequence[str], others: Sequence[Sequence[str]]) -> Work[Titled | Unanswered]:
        """Name a cluster from its shared words, and from those of the clusters nearest to it."""
        near = [list(words[:MOST_OF_OTHERS]) for words in others[:OTHERS]]
        found = yield from ask(self._prompts, self._WORDS, Title, shared=list(shared[:MOST_SHARED]), others=near)
        return titled(found)

    def reword(self, title: Titled, unshared: Sequence[str], shared: Sequence[str]) -> Work[Titled | Unanswered]:
        """Write a name and description again without the words ``unshared``."""
        found = yield from ask(
            self._prompts,
            self._REWORD,
            Title if title.description else Again,
            title=title._asdict(),
            unshared=list(unshared),
            shared=list(shared[:MOST_SHARED]),
        )
        return titled(found)
