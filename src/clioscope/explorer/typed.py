"""What people type: cleaned, and refused where it could mislead whoever reads it."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

LONGEST_NAME, LONGEST_TEXT, LONGEST_REASON = 120, 4_000, 500
_LEAST_WORDS, _LEAST_SIGNS = 3, 6

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese."""

# Control characters but line breaks, and the marks that reorder text on screen (Unicode "bidirectional formatting").
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """``text`` in composed form, its spaces and line breaks as single spaces."""
    return " ".join(_clean(text).split())


def several_lines(text: str) -> str:
    """``text`` in composed form, without spaces around it."""
    return _clean(text.replace("\r\n", "\n").replace("\t", " ")).strip()


def reason(text: str) -> str:
    """A reason of some words; of scripts that put no spaces between words, of some signs."""
    said = one_line(text)
    words = {word.casefold() for word in re.findall(r"\w{2,}", said)}
    if len(words) < _LEAST_WORDS and len(_UNSPACED.findall(said)) < _LEAST_SIGNS:
        raise ValueError(f"say why in at least {_LEAST_WORDS} different words")
    return said


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    if found := _STEERING.search(text):
        raise ValueError(f"it holds an invisible character (U+{ord(found[0]):04X}), which is not allowed here")
    return text


def _visible(text: str) -> str:
    if not any(unicodedata.category(character)[0] in "LNPS" for character in text):
        raise ValueError("it is empty")
    return text


def _within(longest: int) -> AfterValidator:
    """Check the length again: composing can make a text longer, and what is kept is read by the same rules."""

    def check(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"it has more than {longest:,} characters")
        return text

    return AfterValidator(check)


Name = Annotated[
    str,
    StringConstraints(max_length=LONGEST_NAME),
    AfterValidator(one_line),
    AfterValidator(_visible),
    _within(LONGEST_NAME),
]
Paragraph = Annotated[
    str,
    StringConstraints(max_length=LONGEST_TEXT),
    AfterValidator(several_lines),
    AfterValidator(_visible),
    _within(LONGEST_TEXT),
]
Reason = Annotated[str, StringConstraints(max_length=LONGEST_REASON), AfterValidator(reason), _within(LONGEST_REASON)]
ClusterId = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[0-9]{1,3}-[0-9]{1,9}$")]
"""``LEVEL-NUMBER``, as an atlas numbers its clusters."""
