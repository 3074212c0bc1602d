"""United Kingdom, Ireland, France, Germany, Austria, Switzerland, the Netherlands, Belgium.

Sources: the NHS data dictionary, HMRC's manual NIM39110, INSEE, the Bundeszentralamt für Steuern, ZAS, the Belgian
register.
"""

from __future__ import annotations

from clioscope.privacy.redaction.checksums import ean_13, mod_11_10, weighted
from clioscope.privacy.redaction.kinds.national.form import is_day, of_digits, of_form, plain

_PPS = "WABCDEFGHIJKLMNOPQRSTUV"


def _nhs(digits: str) -> bool:
    check = 11 - weighted(digits[:9], range(10, 1, -1), 11)
    return (0 if check == 11 else check) == int(digits[9])


def _pps(text: str) -> bool:
    number = plain(text)
    further = "WABCDEFGHI".find(number[8]) if len(number) > 8 else 0
    return further >= 0 and _PPS[(weighted(number[:7], range(8, 1, -1), 23) + further * 9) % 23] == number[7]


def _nir(text: str) -> bool:
    number = plain(text)
    department = {"2A": "19", "2B": "18"}.get(number[5:7], number[5:7])
    body = number[:5] + department + number[7:13]
    return body.isdigit() and 97 - int(body) % 97 == int(number[13:])


def _steuer_id(digits: str) -> bool:
    return digits[0] != "0" and len(set(digits[:10])) in (8, 9) and mod_11_10(digits)


def _austrian(digits: str) -> bool:
    return weighted(digits, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6), 11) == int(digits[3]) and is_day(digits[4:6], digits[6:8])


def _bsn(digits: str) -> bool:
    total = sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    return total % 11 == 0 and len(set(digits)) > 1


def _belgian(digits: str) -> bool:
    return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))


def _british_driver(text: str) -> bool:
    return is_day(text[8:10], str(int(text[6:8]) % 50))


def _german_pension(text: str) -> bool:
    return is_day(plain(text)[2:4], plain(text)[4:6])


_GAP = "[ .]?"
_NIR = _GAP.join(
    ("[1-478]", "[0-9]{2}", "(?:0[1-9]|1[0-2]|[2-9][0-9])", "(?:[0-9]{2}|2[AB])", "[0-9]{3}", "[0-9]{3}", "[0-9]{2}")
)
_PENSION = ("sozialversicherung", "rentenversicherung", "svnr", "sv-nummer")

FINDERS = (
    of_digits("[0-9]{3}([ -])[0-9]{3}\\1[0-9]{4}|[0-9]{10}", _nhs, "nhs", "health", "patient", "chi\\b"),
    of_form("(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"),
    of_form("[A-Z9]{5}[0-9]{6}[A-Z9]{2}[0-9A-Z][A-Z]{2}(?: ?[0-9]{2})?", _british_driver),
    of_form("[0-9]{7}[A-W][A-IW]?", _pps),
    of_form(_NIR, _nir),
    of_digits("[0-9]{2}[ /][0-9]{3}[ /][0-9]{3}[ /][0-9]{3}", _steuer_id),
    of_digits("[0-9]{11}", _steuer_id, "steuer", "idnr", "tax", "tin\\b"),
    of_form("[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}", _german_pension, *_PENSION),
    of_form("[CFGHJK][CFGHJKLMNPRTVWXYZ0-9]{7,8}[0-9]", None, "ausweis", "reisepass", "personalausweis"),
    of_digits("[0-9]{4} [0-9]{6}|[0-9]{10}", _austrian, "svnr", "sv-", "sozialversicherung", "versicherungsnummer"),
    of_digits(r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}", ean_13),
    of_digits("[0-9]{9}|[0-9]{4}[. ][0-9]{2}[. ][0-9]{3}", _bsn, "bsn", "burgerservice", "sofi"),
    of_digits(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", _belgian),
    of_digits("[0-9]{11}|[0-9]{6}-[0-9]{3}-[0-9]{2}", _belgian, "rijksregister", "registre national", "niss", "insz"),
)  # fmt: skip
