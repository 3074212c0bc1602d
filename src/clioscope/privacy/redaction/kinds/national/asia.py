"""India, Singapore, China, Hong Kong, Taiwan, Japan, Korea, Thailand, Malaysia, Indonesia, Israel.

Sources: UIDAI and the Income Tax Department, ICA, GB 11643-1999, the Immigration Department of Hong Kong, MIC
ordinance 85 (2014), DOPA.
"""

from __future__ import annotations

from clioscope.privacy.redaction.checksums import luhn, mod_11_2, verhoeff, weighted
from clioscope.privacy.redaction.kinds.national.form import is_day, of_digits, of_form, plain

_TAIWAN = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_NRIC = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}


def _nric(text: str) -> bool:
    added = {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    return _NRIC[text[0]][(weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2), 11) + added) % 11] == text[8]


def _hkid(text: str) -> bool:
    number = plain(text)
    letters = [ord(c) - 55 for c in number[:-1] if c.isalpha()]
    values = ([36] if len(letters) == 1 else []) + letters + [int(c) for c in number[:-1] if c.isdigit()]
    check = 10 if number[-1] == "A" else int(number[-1])
    return (sum(v * w for v, w in zip(values, range(9, 1, -1), strict=True)) + check) % 11 == 0


def _taiwanese(text: str) -> bool:
    code = _TAIWAN.index(text[0]) + 10
    return (code // 10 + code % 10 * 9 + weighted(text[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1), 10)) % 10 == 0


def _chinese(text: str) -> bool:
    return is_day(text[12:14], text[10:12]) and text[6:8] in ("19", "20") and mod_11_2(text)


def _my_number(digits: str) -> bool:
    rest = weighted(digits[:11], (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), 11)
    return (0 if rest <= 1 else 11 - rest) == int(digits[11])


def _korean(digits: str) -> bool:
    return is_day(digits[4:6], digits[2:4])  # numbers given since 2020 have no check digit


def _thai(digits: str) -> bool:
    return (11 - weighted(digits[:12], range(13, 1, -1), 11)) % 10 == int(digits[12])


FINDERS = (
    of_digits("[2-9][0-9]{3}([ -])[0-9]{4}\\1[0-9]{4}", verhoeff),
    of_digits("[2-9][0-9]{11}", verhoeff, "aadha?ar", "uid(?:ai)?\\b", "आधार"),
    of_form("[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]"),
    of_form("[A-Z]{3}[0-9]{7}", None, "voter", "epic\\b"),
    of_form("[STFGM][0-9]{7}[A-Z]", _nric),
    of_form("[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx]", _chinese),
    of_form("[A-Z]{1,2}[0-9]{6} ?\\([0-9A]\\)", _hkid),
    of_form("[A-Z]{1,2}[0-9]{6}[0-9A]", _hkid, "hkid", "hong kong", "身份證", "identity card"),
    of_form("[A-Z][12][0-9]{8}", _taiwanese),
    of_digits("[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}", _my_number, "my ?number", "マイナンバー", "個人番号"),
    of_digits("[0-9]{6}-[1-8][0-9]{6}", _korean),
    of_digits("[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", _thai),
    of_digits("[1-8][0-9]{12}", _thai, "thai", "บัตรประชาชน", "เลขประจำตัว"),
    of_digits("[0-9]{6}-[0-9]{2}-[0-9]{4}", lambda digits: is_day(digits[4:6], digits[2:4])),
    of_digits("[0-9]{16}", lambda digits: is_day(str(int(digits[6:8]) % 40), digits[8:10]), "nik\\b", "ktp"),
    of_digits("[0-9]{9}", luhn, "teudat", "israeli id", "תעודת זהות", "ת\\.ז", 'ת"ז'),
    of_form("[0-9]{5}-[0-9]{7}-[0-9]"),
)
