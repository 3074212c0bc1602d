"""Text to words, as they are compared: whatever can be written in two ways that look alike is written in one."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from clioscope.naming.words import MARKS

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff66-\uff9f"
"""Thai, Lao, Burmese, Khmer, kana and Han: scripts without a space between words."""

_QUIET = r"\s!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~¡¿«»‘’“”„‚‹›–—…·•،؛؟।"
"""What stands between words and says nothing. Any other sign is a word, since it may be a message."""

_SIMPLE = re.compile(r"[a-z0-9]+")
_WORD = re.compile(
    rf"[{_UNSPACED}][{_UNSPACED}{MARKS}]*|(?:[^\W_{_UNSPACED}][{MARKS}]*)+|[^\w{_QUIET}{MARKS}][{MARKS}]*|[{MARKS}]+"
)
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]")
_ENDINGS = re.compile(r"(?<=[^\W\d_])['’ʼ＇](?:s|t|re|ve|ll|d|m)(?![^\W_])", re.IGNORECASE)
"""Possessives, and what is left of "not", "are", "have", "will", "had" and "am"."""

_LOOK_LATIN = (
    "аa вb еe іi јj кk ӏl мm нh оo рp сc тt уy хx һh ѕs ԁd ԛq ԝw αa βb γy εe ηn ιi κk νv οo ρp τt υu χx ɑa ɡg ıi"
)
"""Small letters of other scripts that look like Latin ones: our own list of the commonest."""

_LATIN = {ord(pair[0]): pair[1] for pair in _LOOK_LATIN.split()}

_A_LATIN_LETTER = re.compile(r"[a-z]")
_SENTENCE_END = re.compile(r"[.!?:]\W*\Z")


class Word(NamedTuple):
    """One word of a text that is published.

    Parameters
    ----------
    shown
        As it stands in the text.
    plain
        As it is compared.
    named
        Whether it has a capital inside a sentence, as a name has.
    """

    shown: str
    plain: str
    named: bool


def clean(text: str) -> str:
    """``text`` without what nobody sees: invisible, private and unassigned characters, and runs of spaces.

    What cannot be seen cannot be read either before it is published, and can hold any message.
    """
    seen = (" " if _is_space(c) else c for c in text if _is_space(c) or _is_visible(c))
    return " ".join("".join(seen).split())


def _is_space(character: str) -> bool:
    return unicodedata.category(character) in ("Zs", "Zl", "Zp") or character in "\t\n\r"


def _is_visible(character: str) -> bool:
    if 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:  # variation selectors
        return False
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def plain(text: str) -> str:
    """``text`` as words of it are compared: one form, small letters, no possessives."""
    if text.isascii():
        return _ENDINGS.sub("", text.lower()) if "'" in text else text.lower()
    return _folded("".join(c for c in unicodedata.normalize("NFKC", text) if _is_space(c) or _is_visible(c)))


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.casefold())
    return _ENDINGS.sub("", text)


def plain_words(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    text = plain(text)
    if text.isascii():
        return _SIMPLE.findall(text)
    return [sys.intern(_as_latin(word)) for word in _WORD.findall(text)]


@lru_cache(maxsize=50_000)
def _as_latin(word: str) -> str:
    """Letters that look Latin become it in a word that has Latin ones."""
    return word.translate(_LATIN) if not word.isascii() and _A_LATIN_LETTER.search(word) else word


def is_unspaced(word: str) -> bool:
    """Whether a word is a run of a script that parts no words."""
    return _UNSPACED_RUN.match(word) is not None


def words_of(text: str) -> list[Word]:
    """The words of a text that is published, in order. ``text`` is as :func:`clean` leaves it."""
    found = []
    begins = True
    for chunk in text.split(" "):
        for number, (shown, compared) in enumerate(_pieces(chunk)):
            found.append(Word(shown, compared, shown[:1].isupper() and (number > 0 or not begins)))
        begins = _SENTENCE_END.search(chunk) is not None
    return found


def _pieces(chunk: str) -> list[tuple[str, str]]:
    """The words of a chunk between two spaces, as shown and as compared."""
    kept = _ENDINGS.sub("", unicodedata.normalize("NFKC", chunk))
    shown = _WORD.findall(kept)
    compared = plain_words(chunk)
    if len(shown) != len(compared):  # case folding may part or join what stood as one
        return [(word, word) for word in compared]
    return list(zip(shown, compared, strict=True))
