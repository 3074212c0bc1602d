"""Which words the texts of each cluster support: counted in one pass over all texts, for many clusters at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from clioscope.naming.by_language import language_name
from clioscope.naming.lexicon import Role, role_of
from clioscope.naming.votes import Votes
from clioscope.privacy.words.general import is_acronym
from clioscope.privacy.words.reading import is_unspaced, plain_words
from clioscope.privacy.words.stems import ENGLISH, Text, reader_of, stem

Place = tuple[int, int]
"""A cluster: its level, and its number there."""


class Supports:
    """Counts only the words that are asked for, so that memory grows with these and not with the texts.

    Parameters
    ----------
    wanted
        The words, as they are compared, that are asked for of each cluster.
    paths
        For each base cluster, itself and the clusters above it.
    needed
        Users that a word needs.
    """

    def __init__(self, wanted: Mapping[Place, Iterable[str]], paths: Sequence[Sequence[Place]], needed: int) -> None:
        self._votes = {place: {word: Votes(needed) for word in set(words)} for place, words in wanted.items()}
        self._bases = [_Base([self._votes.get(place, {}) for place in path]) for path in paths]

    def add(self, base: int, user: int, text: str, language: str = ENGLISH, spoken: str | None = None) -> None:
        """Let the text of one conversation vote.

        Parameters
        ----------
        base
            Its base cluster.
        user
            A number for whoever is counted.
        language
            That the text is in.
        spoken
            The language of the conversation, where it is not that of the text.
        """
        self._bases[base].add(user, text, language, language if spoken is None else spoken)

    def supported(self, place: Place) -> frozenset[str]:
        """The words of those asked for that the cluster supports."""
        return frozenset(word for word, votes in self._votes.get(place, {}).items() if votes.enough)


class _Base:
    """What is still asked for of the texts of one base cluster, by the language of the text."""

    def __init__(self, tallies: Sequence[Mapping[str, Votes]]) -> None:
        self._open = [(word, votes) for tally in tallies for word, votes in sorted(tally.items())]
        self._by_language: dict[str, _Asked] = {}

    def add(self, user: int, text: str, language: str, spoken: str) -> None:
        if not self._open:
            return
        asked = self._by_language.get(language)
        if asked is None:
            asked = self._by_language[language] = _Asked(self._open, language)
        if asked.vote(user, text, spoken):
            self._open = [(word, votes) for word, votes in self._open if not votes.enough]
            self._by_language.clear()


def _is_other(word: str, language: str) -> bool:
    """Whether an acronym is a function word in a language: "ai" in French."""
    return is_acronym(word) and language != ENGLISH and role_of(word, language) != Role.TOPIC


@cache
def _name_of(language: str) -> tuple[str, ...]:
    return tuple(plain_words(language_name(language)))


class _Asked:
    """The words asked for, by the form in which a text of one language would hold them."""

    def __init__(self, words: Sequence[tuple[str, Votes]], language: str) -> None:
        self._read: Callable[[str], Text] = reader_of(language)
        self._by_stem: dict[str, list[Votes]] = defaultdict(list)
        self._by_name: dict[str, list[Votes]] = defaultdict(list)
        self._unspaced: list[tuple[str, Votes]] = []
        for word, votes in words:
            if is_unspaced(word):
                self._unspaced.append((word, votes))
            else:
                if not _is_other(word, language):
                    self._by_stem[stem(word, language)].append(votes)
                self._by_name[word.casefold()].append(votes)
        self._stems = frozenset(self._by_stem)

    def vote(self, user: int, text: str, spoken: str) -> bool:
        """Whether a word has enough votes now that had not."""
        read = self._read(text)
        found = self._stems & read.stems
        if read.cased:
            found |= self._stems & read.cased
        held = [votes for stemmed in found for votes in self._by_stem[stemmed]]
        held += [votes for name in _name_of(spoken) for votes in self._by_name.get(name, ())]
        if read.unspaced:
            held += [votes for word, votes in self._unspaced if read.holds(word, word)]
        reached = [votes.cast(user, read.stems) for votes in held if not votes.enough]
        return any(reached)
