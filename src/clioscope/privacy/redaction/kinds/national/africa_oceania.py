"""Australia, New Zealand, South Africa, Nigeria.

Sources: the ATO, Services Australia, the IRD, the South African Department of Home Affairs, NIMC.
"""

from __future__ import annotations

from clioscope.privacy.redaction.checksums import luhn, weighted
from clioscope.privacy.redaction.kinds.national.form import is_day, of_digits


def _tfn(digits: str) -> bool:
    return weighted(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10), 11) == 0


def _medicare(digits: str) -> bool:
    return digits[0] in "23456" and weighted(digits[:8], (1, 3, 7, 9, 1, 3, 7, 9), 10) == int(digits[8])


def _ird(digits: str) -> bool:
    body, check = digits[:-1].zfill(8), int(digits[-1])
    for weights in ((3, 2, 7, 6, 5, 4, 3, 2), (7, 4, 3, 2, 5, 2, 7, 6)):
        rest = weighted(body, weights, 11)
        if rest != 1:
            return (11 - rest) % 11 == check
    return False


def _south_african(digits: str) -> bool:
    return is_day(digits[4:6], digits[2:4]) and luhn(digits)


FINDERS = (
    of_digits("[0-9]{3} ?[0-9]{3} ?[0-9]{3}", _tfn, "tfn", "tax file", "austral"),
    of_digits("[2-6][0-9]{3} [0-9]{5} [0-9](?:[ /-]?[0-9])?", _medicare),
    of_digits("[2-6][0-9]{9,10}", _medicare, "medicare"),
    of_digits("[0-9]{2,3}[ -]?[0-9]{3}[ -]?[0-9]{3}", _ird, "ird\\b"),
    of_digits("[0-9]{6} ?[0-9]{4} ?[01][89] ?[0-9]", _south_african),
    of_digits("[0-9]{11}", lambda _: True, "nin\\b", "bvn\\b"),
)
