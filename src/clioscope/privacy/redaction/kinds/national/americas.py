"""United States, Canada, Mexico, Brazil, Argentina, Chile.

Sources: the Social Security Administration and IRS on what numbers are never given; the tax offices on check digits.
"""

from __future__ import annotations

from clioscope.privacy.redaction.checksums import luhn, weighted
from clioscope.privacy.redaction.kinds.national.form import is_day, of_digits, of_form, plain

_CURP = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"


def _cpf(digits: str) -> bool:
    first = weighted(digits[:9], range(10, 1, -1), 11)
    second = weighted(digits[:10], range(11, 1, -1), 11)
    wanted = "".join(str(11 - rest if rest > 1 else 0) for rest in (first, second))
    return len(set(digits)) > 1 and digits[9:] == wanted


def _cuit(digits: str) -> bool:
    return weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), 11) == 0


def _rut(text: str) -> bool:
    number = plain(text)
    rest = weighted(number[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3), 11)
    return "0K987654321"[rest] == number[-1] if rest < 11 else False


def _curp(text: str) -> bool:
    total = sum(_CURP.index(character) * (18 - place) for place, character in enumerate(text[:17]))
    return is_day(text[8:10], text[6:8]) and str(-total % 10) == text[17]


_SSN = r"(?!000|666|9)[0-9]{3}([ -])(?!00)[0-9]{2}\1(?!0000)[0-9]{4}"
_ITIN = r"9[0-9]{2}([ -])(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]|9[0-24-9])\1[0-9]{4}"

FINDERS = (
    of_form(_SSN),
    of_form(_ITIN),
    of_form("[0-9]{9}", None, "ssn", "social security", "itin", "taxpayer"),
    of_digits("[0-9]{3}([ -])[0-9]{3}\\1[0-9]{3}", luhn, "sin\\b", "social insurance", "canad", "nas\\b"),
    of_digits("[0-9]{9}", luhn, "sin\\b", "social insurance"),
    of_form("[A-Z][AEIOUX][A-Z]{2}[0-9]{6}[HMX][A-Z]{5}[A-Z0-9][0-9]", _curp),
    of_form("[A-ZÑ&]{4}[0-9]{6}[A-Z0-9]{3}", lambda text: is_day(text[8:10], text[6:8]), "rfc"),
    of_digits(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", _cpf),
    of_digits("[0-9]{11}|[0-9]{9}-[0-9]{2}", _cpf, "cpf"),
    of_digits("(?:20|2[347]|30)-[0-9]{8}-[0-9]", _cuit),
    of_digits("2[0347][0-9]{9}", _cuit, "cui[tl]"),
    of_form(r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9kK]", _rut),
    of_form("[0-9]{7,8}-[0-9kK]", _rut, "ru[tn]\\b"),
)
