"""The public lists of words, and what a word is by them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

_LISTS = ("general.txt", "synonyms.txt", "apart.txt", "acronyms.txt", "names.txt")


def sets_of(name: str) -> list[list[str]]:
    """The words of a list, line by line."""
    lines = files("clioscope.privacy.words").joinpath(name).read_text("utf-8").splitlines()
    return [line.split() for line in lines if line.strip() and not line.startswith("#")]


@cache
def _words_of(name: str) -> frozenset[str]:
    return frozenset(word for line in sets_of(name) for word in line)


def is_general(word: str) -> bool:
    """Whether a word, as it is compared, is in the public list of general words: exactly, and in no other form."""
    return word in _words_of("general.txt")


def is_acronym(word: str) -> bool:
    """Whether a word in small letters is nothing but its acronym."""
    return word in _words_of("acronyms.txt")


def is_another_with_a_capital(word: str) -> bool:
    """Whether a word in small letters is another one where it has a capital: a name, and no general word."""
    return any(word in _words_of(name) for name in ("general.txt", "synonyms.txt", "names.txt"))


def is_apart(word: str) -> bool:
    """Whether a word stands for itself and not for all of its stem."""
    return word in _words_of("apart.txt")


@cache
def version() -> str:
    """A hash of the lists: other lists make other names."""
    folder = files("clioscope.privacy.words")
    return hashlib.sha256(b"\0".join(folder.joinpath(name).read_bytes() for name in _LISTS)).hexdigest()[:16]
