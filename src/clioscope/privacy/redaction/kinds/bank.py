"""Payment cards (Luhn) and IBANs (mod 97)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clioscope.privacy.redaction.checksums import luhn, mod_97
from clioscope.privacy.redaction.rule import Digits, Rule, Span, digits_of, lines_with_digits, words

_RUN = re.compile(r"(?<![\w.,$€£+-])[0-9](?:[ .-]{0,2}[0-9]){11,40}+(?![\w]|[.,][0-9])")
_LENGTHS = range(19, 11, -1)
# First digits and lengths of the networks (ISO/IEC 7812, their own tables): Visa; Mastercard, Mir; American Express;
# Diners; Discover, UnionPay, RuPay, Maestro; JCB; Maestro, Elo; UATP.
_NETWORK = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|(?:5[1-5]|2[2-7])[0-9]{14}|3[47][0-9]{13}|3(?:0[0-5]|[689][0-9])[0-9]{11}|"
    r"(?:6[0-9]|81)[0-9]{14,17}|35[0-9]{14}|(?:50|5[6-9]|6[0379])[0-9]{10,17}|1[0-9]{14}"
)


class _Cards:
    """Card numbers, also at the beginning of a longer row of digits, such as one with a date behind it."""

    digits: Digits = "many"

    def find(self, text: str) -> Iterator[Span]:
        """See :class:`~clioscope.privacy.redaction.rule.Finder`."""
        for start, end in lines_with_digits(text):
            for match in _RUN.finditer(text, start, end):
                length = _card_in(match[0])
                if length:
                    yield Span(match.start(), match.start() + length, "CARD")


def _card_in(run: str) -> int:
    """How many characters at the beginning of ``run`` are a card number; 0 where none is."""
    places = [place for place, character in enumerate(run) if character.isdigit()]
    digits = digits_of(run)
    for length in _LENGTHS:
        ends = length <= len(places) and (length == len(places) or not run[places[length - 1] + 1].isdigit())
        if ends and is_card(digits[:length]):
            return places[length - 1] + 1
    return 0


def is_card(digits: str) -> bool:
    """Whether ``digits`` begin as those of a card network, are as long as its numbers, and pass Luhn's check."""
    return bool(_NETWORK.fullmatch(digits)) and len(set(digits)) > 1 and luhn(digits)


# Lengths by country: SWIFT's IBAN registry.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}  # fmt: skip
_IBAN = re.compile(r"(?<![^\W_])(?P<it>[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}+)")


class _Ibans:
    """IBANs, in one piece or in groups; what follows in the same line does not hide them."""

    digits: Digits = "many"

    def find(self, text: str) -> Iterator[Span]:
        """See :class:`~clioscope.privacy.redaction.rule.Finder`."""
        for start, end in lines_with_digits(text):
            place = start
            while match := _IBAN.search(text, place, end):
                length = _iban_in(match[0])
                place = match.start() + (length or 4)
                if length:
                    yield Span(match.start(), place, "IBAN")


def _iban_in(run: str) -> int:
    """How many characters at the beginning of ``run`` are an IBAN; 0 where none is."""
    wanted = _IBAN_LENGTHS.get(run[:2].upper())
    places = [place for place, character in enumerate(run) if character.isalnum()]
    if wanted is None or wanted > len(places):
        return 0
    length = places[wanted - 1] + 1
    if run[length : length + 1].isalnum():
        return 0
    plain = "".join(run[place] for place in places[:wanted]).upper()
    return length if mod_97(plain[4:] + plain[:4]) == 1 else 0


_ACCOUNT_WORDS = words(
    "account (?:number|no|nr|#)", "acct", "a/c", "bank account", "routing", "sort code", "aba ",
    "kontonummer", "konto-?nr",
    "número de cuenta", "numéro de compte", "numero di conto", "swift", "bic\\b", "blz", "clabe", "ifsc",
)  # fmt: skip
_ACCOUNT = Rule(
    "BANK_ACCOUNT",
    re.compile(
        r"(?<![\w.,$€£-])(?:[0-9](?:[ -]?[0-9]){5,17}|[A-Z]{4}0[A-Z0-9]{6}|"
        r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![\w]|[.,][0-9])"
    ),
    near=_ACCOUNT_WORDS,
    digits="some",
)

FINDERS = (_Cards(), _Ibans(), _ACCOUNT)
