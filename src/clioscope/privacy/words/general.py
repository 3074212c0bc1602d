"""Words that tell nothing about anybody."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files


def is_general(word: str) -> bool:
    """Whether a word, as it is compared, is in the public list of general words: exactly, and in no other form."""
    return word in _general()


@cache
def _general() -> frozenset[str]:
    text = files("clioscope.privacy.words").joinpath("general.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def version() -> str:
    """A hash of the lists: other lists make other names."""
    folder = files("clioscope.privacy.words")
    lists = [folder.joinpath(name).read_bytes() for name in ("general.txt", "synonyms.txt")]
    return hashlib.sha256(b"\0".join(lists)).hexdigest()[:16]
