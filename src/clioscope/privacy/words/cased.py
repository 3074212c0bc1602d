"""Words that a capital makes another: acronyms, and names that are ordinary words in small letters.

"AIDS" is no "aid", "US" no "us", "Polish" no "polish". Such a word is compared with its capitals, and only a text that
has them stands behind it. Every other word is compared in small letters, since people write "python" and "sql".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clioscope.privacy.words.general import is_acronym, is_another_with_a_capital, is_apart

_FEWEST = 2
"""Capitals of an acronym."""

_ACRONYM = re.compile(r"(?<![^\W_])(?=[^\W\d_a-z])[^\W_a-z]{2,}s?(?![^\W_])")
_MAYBE_ACRONYM = re.compile(r"[A-Z][A-Z\d]|[A-Z][^A-Za-z\d]+[A-Z](?![a-z])|[^\x00-\x7f]")
_SPELLED = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]+[^\W\d_](?![^\W_]))+")
_INSIDE = re.compile(r"(?<=[\w,;)][ ])[^\W\d_a-z][^\W_]+(?![^\W_])")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def as_compared(shown: str, plain: str, named: bool) -> str:
    """A word of what is published, as it is compared: with capitals where they make it another word.

    Parameters
    ----------
    shown
        As it stands there.
    plain
        In small letters, and without look-alikes.
    named
        Whether it has a capital inside a sentence.
    """
    capitals = sum(character.isupper() for character in shown)
    if capitals >= _FEWEST:
        if all(not c.islower() for c in shown[:-1]) and (shown[-1] == "s" or not shown[-1].islower()):
            return _acronym(plain[:-1] if shown[-1] == "s" else plain)
        return plain.upper() if is_another_with_a_capital(plain) or is_apart(plain) else plain
    if named and len(plain) > 1 and is_another_with_a_capital(plain):
        return plain.capitalize()
    return plain


def _acronym(plain: str) -> str:
    """An acronym that is no word in small letters is compared in these."""
    return plain if is_acronym(plain) or not plain.isalpha() else plain.upper()


def cased_of(text: str) -> frozenset[str]:
    """The words of a text, normalised but for its capitals, that are others with capitals; as they are compared.

    In a text that is mostly capitals, or mostly words that begin with one, capitals tell nothing.
    """
    acronyms = _acronyms_of(text) if _MAYBE_ACRONYM.search(text) else []
    inside = _INSIDE.findall(text)
    if not acronyms and not inside:
        return frozenset()
    words = _LETTERS.findall(text)
    found: list[str] = []
    if _are_few(acronyms, words):
        found += [key for word in acronyms if (key := _acronym(word.casefold())).isupper()]
    if _are_few(inside, words):
        found += [word for word in inside if word[1:].islower() and is_another_with_a_capital(word.casefold())]
    return frozenset(found)


def _acronyms_of(text: str) -> list[str]:
    spelled = ["".join(c for c in run if c.isalpha()) for run in _SPELLED.findall(text)]
    found = [word[:-1] if word.endswith("s") else word for word in _ACRONYM.findall(text)]
    return [word for word in found + spelled if word.isupper() and len(word) >= _FEWEST]


def _are_few(some: Sequence[str], words: Sequence[str]) -> bool:
    return 2 * len(some) <= len(words)
