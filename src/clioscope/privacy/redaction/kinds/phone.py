"""Telephone numbers: by their form where it says enough, else by the words beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clioscope.privacy.redaction.rule import Digits, Finder, Rule, Span, digits_of, is_near, words

KIND = "PHONE"

# Letters of words that stand apart from numbers; Chinese, Japanese and Korean put no space between.
_WORD = "0-9A-Za-z_\u00aa-\u02af\u0370-\u10ff\u1200-\u1fff"
_BEGIN = rf"(?<![{_WORD}./$€£¥%+=#-])(?<![0-9][ ,:])"
_END = rf"(?: ?(?:x|ext\.?|extension|durchwahl|poste|#) ?[0-9]{{1,6}})?(?![{_WORD}%]|[.,:/][0-9]|-[0-9])"
_GAP = r"[ ./-]"

# Country code and groups, with a trunk zero in brackets as people write it.
_INTERNATIONAL = re.compile(
    rf"(?<![0-9A-Za-z_\u00aa-\u024f.+])(?:\+|00{_GAP}?|011{_GAP})(?=[1-9(])"
    rf"\(?[0-9]{{1,4}}\)?(?:{_GAP}{{0,2}}\(?[0-9]{{1,5}}\)?){{1,6}}{_END}"
)
# 3-3-4, as in North America, with or without brackets; a 1 may stand before.
_NORTH_AMERICA = re.compile(
    rf"(?<![{_WORD}.$+=-])(?<![0-9],)(?:1{_GAP}|001-|\+1{_GAP}?)?(?:\([0-9]{{3}}\) ?[0-9]{{3}}[ .-]?[0-9]{{4}}|"
    rf"[0-9]{{3}}(?P<sep>[.-])[0-9]{{3}}(?P=sep)[0-9]{{4}}|[2-9][0-9]{{2}} [2-9][0-9]{{2}}[ -][0-9]{{4}}){_END}"
)
_BRACKETS = re.compile(
    rf"(?<![{_WORD}.$+=-])(?<![0-9],)\(0?[0-9]{{1,4}}\){_GAP}?[0-9]{{2,9}}(?:{_GAP}[0-9]{{2,5}}){{0,3}}{_END}"
)
_TRUNK = re.compile(rf"{_BEGIN}0[1-9][0-9]{{0,4}}(?:{_GAP}[0-9]{{2,9}}){{1,5}}{_END}")
_TRUNK_PLAIN = re.compile(rf"{_BEGIN}0[1-9][0-9]{{8,9}}{_END}")
_MOBILE_IN_CHINA = re.compile(rf"{_BEGIN}1[3-9][0-9](?:[ -]?[0-9]{{4}}){{2}}{_END}")
_ANYTHING = re.compile(
    rf"(?<![{_WORD}./$€£¥%+=#-])(?<![0-9][,:])\+?\(?[0-9]{{1,11}}\)?(?:{_GAP}{{1,2}}\(?[0-9]{{1,7}}\)?){{0,9}}{_END}"
)

_STRONG = words(
    "phone", "telephone", "tel\\b", "tel[.:]", "telefon", "téléphone", "teléfono", "telefono", "telefone",
    "telefoon", "mobile",
    "mobil", "móvil", "cell", "celular", "cellulare", "portable", "handy", "fax", "whats ?app", "sms",
    "hotline", "landline",
    "pager", "office(?=$|[\\\\\\s,;)])", "toll[- ]free", "tlf", "puh[.:]", "電話", "电话", "手机", "전화", "телефон",
    "هاتف", "फ़ोन",
)  # fmt: skip
_WEAK = words(
    "call(?:ed|ing)? (?:me|him|her|us|them|back|at|on)?", "number(?: is|'s|:)",
    "name and number are", "text (?:me|him|her|us|them)", "dial",
    "ring (?:me|him|her)", "reach (?:me|him|her|us|them)", "contact", "nummer", "numéro", "número", "numero",
    "rufen", "anrufen",
    "llám", "appele", "chiama", "ligue", "signal", "telegram",
)  # fmt: skip
_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:1[0-9]|20)[0-9]{2}"
_DATE = re.compile(
    rf"(?:{_YEAR}[ ./-]{_MONTH}[ ./-]{_DAY}|(?:{_DAY}[ ./-]{_MONTH}|{_MONTH}[ ./-]{_DAY})[ ./-](?:{_YEAR}|[0-9]{{2}})|"
    rf"{_YEAR} ?[-/] ?{_YEAR})(?: [0-9]{{1,2}}){{0,3}}$"
)


def _is_international(text: str) -> bool:
    return 8 <= len(digits_of(text.partition("x")[0])) <= 17 and not re.match(r"00[ .-]?0", text)


def _is_trunk(text: str) -> bool:
    return 9 <= len(digits_of(text)) <= 13 and not _DATE.match(text)


def _is_bracketed(text: str) -> bool:
    return 7 <= len(digits_of(text)) <= 13 and not re.match(r"\((?:19|20)[0-9]{2}\)", text)


class _Said:
    """Rows of digits that words beside them call a telephone number."""

    digits: Digits = "many"

    def find(self, text: str) -> Iterator[Span]:
        """See :class:`~clioscope.privacy.redaction.rule.Finder`."""
        for span in Rule(KIND, _ANYTHING, digits="many").find(text):
            number = text[span.start : span.end]
            count = len(digits_of(number))
            if not 6 <= count <= 17 or _DATE.match(number) or number.endswith("0000"):
                continue
            strong = is_near(_STRONG, text, span.start, span.end, before=32)
            if strong or (count >= 7 and is_near(_WEAK, text, span.start, span.start, before=32)):
                yield span


class _Whole:
    """What another finds, without brackets of the sentence: only those of the number belong to it."""

    digits: Digits = "many"

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def find(self, text: str) -> Iterator[Span]:
        """See :class:`~clioscope.privacy.redaction.rule.Finder`."""
        for span in self._finder.find(text):
            number = text[span.start : span.end]
            start, end = span.start, span.end
            if number.endswith(")") and number.count("(") < number.count(")"):
                end -= 1
            if number.startswith("(") and number.count("(") > number.count(")"):
                start += 1
            yield Span(start, end, span.kind)


_FINDERS: tuple[Finder, ...] = (
    Rule(KIND, _INTERNATIONAL, check=_is_international, digits="many"),
    Rule(KIND, _NORTH_AMERICA, digits="many"),
    Rule(KIND, _BRACKETS, check=_is_bracketed, digits="many", needs=("(",)),
    Rule(KIND, _TRUNK, check=_is_trunk, digits="many"),
    Rule(KIND, _TRUNK_PLAIN, digits="many"),
    Rule(KIND, _MOBILE_IN_CHINA, digits="many"),
    _Said(),
)
FINDERS: tuple[Finder, ...] = tuple(map(_Whole, _FINDERS))
