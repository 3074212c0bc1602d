"""Numbers of things that lead to who has them: network cards, phones, cars."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.checksums import luhn
from clioscope.privacy.redaction.rule import Rule, digits_of, words

_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}(?P<sep>[:-])(?:[0-9A-Fa-f]{2}(?P=sep)){4}[0-9A-Fa-f]{2}|"
    r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})(?![\w:-])"
)
_IMEI = re.compile(r"(?<![\w.-])[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9](?![\w-])")
_VIN = re.compile(r"(?<![\w-])[A-HJ-NPR-Z0-9]{17}(?![\w-])")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)
_PLATE = re.compile(
    r"(?<![\w-])(?=[A-ZÄÖÜ0-9 -]{0,8}[0-9])(?=[A-ZÄÖÜ0-9 -]{0,8}[A-ZÄÖÜ])"
    r"[A-ZÄÖÜ0-9]{1,4}(?:[ -]?[A-ZÄÖÜ0-9]{1,4}){1,2}(?![\w-])"
)


def is_vin(text: str) -> bool:
    """ISO 3779 with the check digit of 49 CFR 565, which numbers from North America and China carry."""
    if text.isdigit() or text.isalpha():
        return False
    total = sum(w * (int(c) if c.isdigit() else _VIN_VALUES[c]) for c, w in zip(text, _VIN_WEIGHTS, strict=True))
    return text[8] == "0123456789X"[total % 11]


FINDERS = (
    Rule("MAC_ADDRESS", _MAC, check=lambda text: len(set(text)) > 2, digits="some"),
    Rule("DEVICE_ID", _IMEI, check=lambda text: luhn(digits_of(text)), near=words("imei", "meid"), digits="many"),
    Rule("VEHICLE_ID", _VIN, check=is_vin, digits="many"),
    Rule("VEHICLE_ID", _VIN, near=words("vin\\b", "chassis", "fahrgestell"), digits="many"),
    Rule(
        "VEHICLE_ID",
        _PLATE,
        near=words(
            "(?:licen[cs]e|number|registration) plate",
            "plate (?:number|no|is|was)",
            "kennzeichen",
            "plaque",
            "matrícula",
            "targa",
        ),
        digits="some",
    ),
)
