"""Words that nobody uses: what is planted must not be what somebody said."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator

from clioscope.privacy.words import is_general
from clioscope.privacy.words.reading import plain_words
from clioscope.privacy.words.stems import ENGLISH, stem


def listed(text: str) -> tuple[str, ...]:
    """What stands between the bars of ``text``."""
    return tuple(text.split("|"))


_BEGIN = listed("b|br|c|cl|d|dr|f|fl|g|gr|h|k|kr|l|m|n|p|pl|r|s|sk|st|t|tr|v|vel|z")
_VOWEL = listed("a|e|i|o|u|au|ei|ou")
_MIDDLE = listed("b|d|dr|g|l|lm|ld|m|n|nd|nt|p|r|rb|rd|rm|rt|s|sk|t|v|x|z")
_END = listed("algia|emia|oma|osis|itis|ella|ova|ane|une|ight|orne|essa|iel|uth|yx")


def invented(number: int, rng: random.Random, avoid: Collection[str]) -> list[str]:
    """Invent words whose stems differ from each other.

    Parameters
    ----------
    number
        How many.
    avoid
        Stems that are taken.
    """
    words = _fresh(rng, set(avoid))
    return [next(words) for _ in range(number)]


def _fresh(rng: random.Random, taken: set[str]) -> Iterator[str]:
    while True:
        word = "".join(rng.choice(part) for part in (_BEGIN, _VOWEL, _MIDDLE, _VOWEL, _MIDDLE, _END))
        root = stem(word, ENGLISH)
        if root not in taken and not is_general(word):
            taken.add(root)
            yield word


def stems_in(texts: Iterator[str]) -> set[str]:
    """The stems of all words of ``texts``, read as English."""
    words = {word for text in texts for word in plain_words(text)}
    return {stem(word, ENGLISH) for word in words}
