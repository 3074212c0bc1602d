"""The words that the people of a cluster share: what a model may be told, and what is shown where it wrote too much."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from clioscope.naming.lexicon import Role, is_filler, role_of
from clioscope.privacy.words.general import is_general
from clioscope.privacy.words.reading import is_unspaced, plain_words
from clioscope.privacy.words.stems import reader_of, stem
from clioscope.privacy.words.votes import Votes


class Voice(NamedTuple):
    """One text of a sample: who is counted for it, what it says, and in which language."""

    user: int
    text: str
    language: str


class SharedWord(NamedTuple):
    """A content word that enough users hold, in the form that most texts have; and how many users hold it."""

    word: str
    users: int


def shared_words(voices: Iterable[Voice], needed: int, most: int) -> list[SharedWord]:
    """The content words of a sample that ``needed`` users support, most shared first, at most ``most``.

    Function words and greetings are left out, and words of scripts that part none.
    """
    votes: dict[str, Votes] = defaultdict(lambda: Votes(needed))
    holders: dict[str, set[int]] = defaultdict(set)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for user, text, language in voices:
        stems = reader_of(language)(text).stems
        for word in dict.fromkeys(plain_words(text)):
            if is_unspaced(word) or is_general(word) or role_of(word, language) != Role.TOPIC or is_filler(word):
                continue
            key = stem(word, language)
            votes[key].cast(user, stems)
            holders[key].add(user)
            forms[key][word] += 1
    enough = [key for key, mine in votes.items() if mine.enough]
    chosen = sorted(enough, key=lambda key: (-len(holders[key]), key))[:most]
    return [SharedWord(min(forms[key], key=lambda w: (-forms[key][w], w)), len(holders[key])) for key in chosen]
