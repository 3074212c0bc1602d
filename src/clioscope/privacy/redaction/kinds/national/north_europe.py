"""Sweden, Norway, Denmark, Finland, Iceland.

Sources: Skatteverket, Skatteetaten, CPR-kontoret, the Finnish Digital and Population Data Services Agency, Þjóðskrá.
"""

from __future__ import annotations

from clioscope.privacy.redaction.checksums import luhn, weighted
from clioscope.privacy.redaction.kinds.national.form import is_day, of_digits, of_form, plain

_HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def _swedish(digits: str) -> bool:
    short = digits[-10:]
    # Coordination numbers have 60 added to the day.
    return is_day(str(int(short[4:6]) % 60), short[2:4]) and luhn(short)


def _norwegian(digits: str) -> bool:
    first = weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), 11)
    second = weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), 11)
    return first == 0 and second == 0 and is_day(str(int(digits[:2]) % 40), str(int(digits[2:4]) % 40))


def _danish(digits: str) -> bool:
    return is_day(digits[:2], digits[2:4])  # numbers given since 2007 have no check digit


def _hetu(text: str) -> bool:
    number = plain(text.replace("+", "-"))
    digits = text[:6] + text[7:10]
    return is_day(text[:2], text[2:4]) and _HETU[int(digits) % 31] == number[-1]


def _icelandic(digits: str) -> bool:
    return is_day(digits[:2], digits[2:4]) and weighted(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1), 11) == 0


FINDERS = (
    of_digits("(?:19|20)?[0-9]{6}[-+][0-9]{4}", _swedish),
    of_digits("(?:19|20)?[0-9]{10}", _swedish, "personnummer", "personal number", "samordningsnummer"),
    of_digits("[0-9]{6} ?[0-9]{5}", _norwegian),
    of_digits("[0-9]{6}-[0-9]{4}", _danish, "cpr", "personnummer", "danish", "dansk"),
    of_digits("[0-9]{10}", _danish, "cpr"),
    of_form("[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]", _hetu),
    of_digits("[0-9]{6}-?[0-9]{4}", _icelandic, "kennitala"),
)
