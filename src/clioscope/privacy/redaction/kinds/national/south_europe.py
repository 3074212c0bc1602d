"""Spain, Italy, Portugal, Greece.

Sources: the Ministerio del Interior, the Agenzia delle Entrate (DM 23/12/1976), the Portuguese and Greek tax offices.
"""

from __future__ import annotations

from clioscope.privacy.redaction.checksums import luhn, weighted
from clioscope.privacy.redaction.kinds.national.form import is_day, of_digits, of_form, plain

_DNI = "TRWAGMYFPDXBNJZSQVHLCKE"
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18,
         20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def _dni(text: str) -> bool:
    number = plain(text)
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _DNI[int(digits) % 23] == number[-1]


def _codice_fiscale(text: str) -> bool:
    code = plain(text)
    total = sum(
        _ODD[c] if place % 2 == 0 else int(c, 36) % 10 if c.isdigit() else ord(c) - 65
        for place, c in enumerate(code[:15])
    )
    return chr(65 + total % 26) == code[15]


def _nif(digits: str) -> bool:
    check = 11 - weighted(digits[:8], range(9, 1, -1), 11)
    return (check if check < 10 else 0) == int(digits[8])


def _afm(digits: str) -> bool:
    return weighted(digits[:8], (256, 128, 64, 32, 16, 8, 4, 2), 11) % 10 == int(digits[8])


def _amka(digits: str) -> bool:
    return is_day(digits[:2], digits[2:4]) and luhn(digits)


FINDERS = (
    of_form(
        "[0-9]{8}[ -]?[A-HJ-NP-TV-Z]|[0-9]{2}\\.[0-9]{3}\\.[0-9]{3}-?[A-HJ-NP-TV-Z]|"
        "[XYZ][ -]?[0-9]{7}[ -]?[A-HJ-NP-TV-Z]",
        _dni,
    ),
    of_form(
        "[A-Z]{3} ?[A-Z]{3} ?[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2} ?[A-Z][0-9LMNP-V]{3}[A-Z]", _codice_fiscale
    ),
    of_digits("[1-3][0-9]{8}|[1-3][0-9]{2} [0-9]{3} [0-9]{3}", _nif, "nif", "contribuinte", "número fiscal"),
    of_digits("[0-9]{9}", _afm, "αφμ", "α\\.φ\\.μ", "afm"),
    of_digits("[0-9]{11}", _amka, "αμκα", "amka"),
)
