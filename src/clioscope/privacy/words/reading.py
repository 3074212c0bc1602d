"""Text to words, as they are compared: whatever can be written in two ways that look alike is written in one."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from clioscope.naming.words import MARKS
from clioscope.privacy.words.cased import as_compared

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
_A_SENTENCE_BEGINS = re.compile(r"[.!?:]\W*\s")
_A_MARK = re.compile(rf"[{MARKS}]")

_SPELLED = re.compile(r"(?<![^\W_])[^\W_](?:(?: ?& ?|[\W_])[^\W_](?![^\W_]))+")
"""A word whose letters stand apart in what somebody wrote: "u.s.", "r & d", "l e u k e m i a"."""

_LOOSE = re.compile(r"[\s\-.·•_‐–—'\"]*\Z")
"""Between two runs of a script that parts no words this leaves them one: none would be written there."""

_SPACE_INSIDE = re.compile(rf"(?<=[{_UNSPACED}{MARKS}])\s+(?=[{_UNSPACED}])")

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters, marks and signs that show nothing."""


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
    seen = "".join(" " if _is_space(c) else c for c in text if _is_space(c) or _is_visible(c))
    # Letters and digits that look alike are written alike: which of them is chosen could hold a message, too.
    alike = seen if seen.isascii() else "".join(unicodedata.normalize("NFKC", c) if c.isalnum() else c for c in seen)
    return " ".join(unicodedata.normalize("NFC", alike).split())


def _is_space(character: str) -> bool:
    return unicodedata.category(character) in ("Zs", "Zl", "Zp") or character in "\t\n\r"


def _is_visible(character: str) -> bool:
    if 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:  # variation selectors
        return False
    if character in _BLANK:
        return False
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def normal(text: str) -> str:
    """``text`` in one form, with its capitals, and without what nobody sees."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", "".join(c for c in text if _is_space(c) or _is_visible(c)))


def plain(text: str) -> str:
    """``text`` as words of it are compared: one form, small letters, no possessives."""
    if text.isascii():
        return _ENDINGS.sub("", text.lower()) if "'" in text else text.lower()
    return _folded(normal(text))


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.casefold())
    return _ENDINGS.sub("", text)


def plain_words(text: str) -> list[str]:
    """The words of a text, as they are compared."""
    text = plain(text)
    if text.isascii():
        return _SIMPLE.findall(text)
    return [sys.intern(_as_latin(word)) for word in _WORD.findall(text)]


def spelled_words(plain_text: str) -> list[str]:
    """The words whose letters stand apart in a text, as :func:`plain` leaves it, joined."""
    return [_joined(_WORD.findall(run)) for run in _SPELLED.findall(plain_text)]


def _joined(letters: Iterable[str]) -> str:
    return _as_latin("".join(letters))


def without_spaces_inside(plain_text: str) -> str:
    """A text, as :func:`plain` leaves it, without spaces between two letters of a script that parts no words."""
    return _SPACE_INSIDE.sub("", plain_text)


@lru_cache(maxsize=50_000)
def _as_latin(word: str) -> str:
    """Letters that look Latin become it in a word that has Latin ones."""
    return word.translate(_LATIN) if not word.isascii() and _A_LATIN_LETTER.search(word) else word


def is_unspaced(word: str) -> bool:
    """Whether a word is a run of a script that parts no words."""
    return _UNSPACED_RUN.match(word) is not None


class _Piece(NamedTuple):
    """A word as it stands in a text, and what stands before it."""

    word: Word
    start: int
    end: int
    before: str


def words_of(text: str) -> list[Word]:
    """The words of a text that is published, in order. ``text`` is as :func:`clean` leaves it."""
    return [piece.word for piece in _pieces(_kept(text))]


def _kept(text: str) -> str:
    return _ENDINGS.sub("", unicodedata.normalize("NFKC", text))


def _pieces(kept: str) -> list[_Piece]:
    found: list[_Piece] = []
    end = 0
    for match in _WORD.finditer(kept):
        before, shown = kept[end : match.start()], match.group()
        named = shown[:1].isupper() and bool(found) and _A_SENTENCE_BEGINS.search(before) is None
        # Case folding may part what stood as one.
        parts = plain_words(shown)
        words = [Word(shown, parts[0], named)] if len(parts) == 1 else [Word(part, part, named) for part in parts]
        found += [_Piece(word, match.start(), match.end(), before) for word in words]
        end = match.end()
    return found


def read_words(text: str) -> list[Word]:
    """The words that a reader makes out in a text that is published: single letters in a row are one.

    ``l e u k e m i a`` is a word, and so is a run of a script that parts no words where a space or hyphen parts it.
    """
    kept = _kept(text)
    found: list[list[_Piece]] = []
    for piece in _pieces(kept):
        if found and _go_on(found[-1][-1], piece):
            found[-1].append(piece)
        else:
            found.append([piece])
    return [_one(kept, pieces) for pieces in found]


def _go_on(last: _Piece, piece: _Piece) -> bool:
    one, other = last.word.plain, piece.word.plain
    if _is_single(one) and _is_single(other):
        return True
    return is_unspaced(one) and is_unspaced(other) and _LOOSE.match(piece.before) is not None


def _is_single(word: str) -> bool:
    return len(word) == 1 or len(_A_MARK.sub("", word)) <= 1


def _one(kept: str, pieces: Sequence[_Piece]) -> Word:
    if len(pieces) == 1:
        word = pieces[0].word
        return word._replace(plain=as_compared(word.shown, word.plain, word.named))
    letters, plain_word = "".join(p.word.shown for p in pieces), _joined(p.word.plain for p in pieces)
    named = pieces[0].word.named
    return Word(kept[pieces[0].start : pieces[-1].end], as_compared(letters, plain_word, named), named)
