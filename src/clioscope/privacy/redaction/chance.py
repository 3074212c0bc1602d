"""Whether characters are drawn by chance, as those of keys are, or written, as words and names in code are."""

from __future__ import annotations

import math
import re
from itertools import pairwise

# How rare each letter is after each: a row for what begins a word and one for each letter before, a column for each
# letter; nats in steps of 0.75. Counted by tools/redaction/letter_pairs.py over prompts with much code and one text in
# 205 languages, so that words of other languages are words as well.
_RARE = [
    "34444555465444447543555856",
    "65449656565342759333567856",
    "26882887368388389456387949",
    "39593992375598299473499965",
    "28861877288786389557477966",
    "46445657576342757234666566",
    "38873468298487289364488968",
    "34872954396575369356488968",
    "28881999398676399575497968",
    "46443557865442367433757876",
    "27752777375664377747366777",
    "28882884386566389544384978",
    "27752767397367379855478959",
    "24882889397657339767497969",
    "38433635377675479843569957",
    "65546457676442559344354877",
    "28873895498377349255498869",
    "67777777577577776676067777",
    "27642768385655378544567956",
    "38482784395667447842486966",
    "38792892298688379355496958",
    "45553657465442759333776766",
    "28771878289788379689689869",
    "27772884287795379558697958",
    "36453666366666526662566656",
    "26463768476545248644675877",
    "27662868276655378786485846",
]
_STEP = 0.75
_BEGIN = 0

# In nats, what else people do seldom: a capital or a digit within a word, and short words that nothing parts.
_HUMP, _DIGITS_BEGIN, _DIGIT, _SHORT = 2.5, 2.5, 2.3, 2.0
_FEW = 2
_SIGNS = {"+": 3.0, "=": 1.0, "~": 2.0}
"""Signs of base64 and the like, which names hold seldom. Others part words, and tell nothing."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[+=~]")
_ALPHABETS = ((re.compile(r"[a-z]"), 26), (re.compile(r"[A-Z]"), 26), (re.compile(r"[0-9]"), 10))


def by_chance(text: str) -> float:
    """How much more probable ``text`` is as characters drawn evenly than as what people write.

    Takes time in proportion to its length.

    Parameters
    ----------
    text
        ASCII.

    Returns
    -------
    float
        In nats: below 0 for nearly all words and names, above 0 for nearly all that is drawn by chance.
    """
    alphabet = sum(size for letters, size in _ALPHABETS if letters.search(text))
    if not alphabet:
        return 0.0
    drawn, told, end = math.log(alphabet), 0.0, -1
    for match in _WORD.finditer(text):
        word = match[0]
        if word in _SIGNS:
            told += _SIGNS[word]
            continue
        told += _rarity(word, parted=match.start() != end) - drawn * len(word)
        end = match.end()
    return told


def _rarity(word: str, *, parted: bool) -> float:
    """How rare a word is, or a number, in nats. ``parted``: whether a sign or the beginning is before it."""
    told = 0.0 if parted else _SHORT * (len(word) <= _FEW)
    if word.isdigit():
        return told + _DIGIT * len(word) + (0.0 if parted else _DIGITS_BEGIN)
    letters = [ord(letter) - 97 for letter in word.lower()]
    told += _STEP * int(_RARE[_BEGIN][letters[0]]) + (0.0 if parted else _HUMP)
    return told + _STEP * sum(int(_RARE[first + 1][second]) for first, second in pairwise(letters))
