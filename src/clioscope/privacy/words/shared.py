"""The words that the people of a cluster share: what a model may be told, and what is shown where it wrote too much."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from clioscope.naming.by_language import language_name
from clioscope.naming.lexicon import Role, is_filler, role_of
from clioscope.naming.votes import Votes
from clioscope.privacy.words.general import is_general
from clioscope.privacy.words.reading import is_unspaced, plain_words
from clioscope.privacy.words.stems import ENGLISH, reader_of, stem


class Voice(NamedTuple):
    """One text of a sample.

    Parameters
    ----------
    user
        A number for whoever is counted.
    language
        That the text is in.
    spoken
        The language of the conversation.
    """

    user: int
    text: str
    language: str
    spoken: str = ENGLISH


class SharedWord(NamedTuple):
    """A content word that enough users hold, in the form that most texts have; and how many users hold it."""

    word: str
    users: int


def shared_words(voices: Iterable[Voice], needed: int, most: int) -> list[SharedWord]:
    """The content words of a sample that ``needed`` users support, most shared first, at most ``most``.

    The name of a language other than English is a word of every conversation in it. Function words and greetings are
    left out, numbers, and words of scripts that part none.
    """
    votes: dict[str, Votes] = defaultdict(lambda: Votes(needed))
    holders: dict[str, set[int]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for user, text, language, spoken in voices:
        read = reader_of(language)(text)
        words = [word for word in dict.fromkeys(plain_words(text)) if _tells(word, language)]
        held = [(stem(word, language), word) for word in words]
        held += [(word, word) for word in sorted(read.cased) if word.isupper() and _tells(word.casefold(), language)]
        if spoken != ENGLISH and (name := language_name(spoken)) != spoken:
            held += [(stem(part.casefold(), ENGLISH), part) for part in name.split()]
        for key, word in held:
            votes[key].cast(user, read.stems)
            holders[key].add(user)
            forms[key][word] += 1
    enough = [key for key, mine in votes.items() if mine.enough]
    chosen = sorted(enough, key=lambda key: (-len(holders[key]), key))[:most]
    return [SharedWord(min(forms[key], key=lambda w: (-forms[key][w], w)), len(holders[key])) for key in chosen]


def _tells(word: str, language: str) -> bool:
    if is_unspaced(word) or is_general(word) or is_filler(word) or word.isdigit():
        return False
    return role_of(word, language) == Role.TOPIC
