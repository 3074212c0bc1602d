"""One spelling for what looks alike: full-width letters, digits of any script, dashes, spaces, invisible characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

_DASHES = frozenset("‐‑‒–—―−﹘﹣－")
_STOPS = {"。": ".", "․": ".", "﹒": ".", "∶": ":", "꞉": ":"}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff")


class Folded(NamedTuple):
    """A text in one spelling.

    Parameters
    ----------
    text
        What patterns are looked for in.
    places
        Where each character of ``text`` is in the original, and one more for its end; ``None`` where they are the same.
    """

    text: str
    places: Sequence[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` is in the original text."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


class _Spelling(dict[int, str]):
    """How each character is spelt, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = spelt = _spelt(chr(code))
        return spelt


def _spelt(character: str) -> str:
    """One character for one character, so that places stay what they are."""
    if character.isascii():
        return character
    if character in _DASHES:
        return "-"
    if character in _STOPS:
        return _STOPS[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category == "Zs":
        return " "
    if category == "No":  # 10² is not 102
        return character
    plain = unicodedata.normalize("NFKC", character)
    return plain if len(plain) == 1 and plain.isascii() else character


_SPELLING = _Spelling()


def fold(text: str) -> Folded:
    """``text`` as patterns read it. Takes time in proportion to its length."""
    if text.isascii():
        return Folded(text, None)
    folded = text.translate(_SPELLING)
    if _INVISIBLE.isdisjoint(folded):
        return Folded(folded, None)
    places = [place for place, character in enumerate(folded) if character not in _INVISIBLE]
    return Folded("".join(folded[place] for place in places), [*places, len(folded)])
