"""The check digits that numbers carry. Each takes a string that holds what it reads, without separators."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_ENDS = (1, 0x2BC830A3)
"""What a correct string leaves: BIP 173, and BIP 350 for later addresses."""

_VERHOEFF_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1: every second digit from the right doubled, the sum of all digits a multiple of 10."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def weighted(digits: str, weights: Sequence[int], modulus: int) -> int:
    """The sum of each digit times its weight, modulo ``modulus``. Digits without a weight do not count."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % modulus


def mod_97(text: str) -> int:
    """ISO 7064 MOD 97-10: letters are 10 to 35."""
    return int("".join(str(int(character, 36)) for character in text)) % 97


def mod_11_2(digits: str) -> bool:
    """ISO 7064 MOD 11-2, whose last character may be X."""
    total = 0
    for character in digits:
        total = (total * 2 + (10 if character in "Xx" else int(character))) % 11
    return total == 1


def mod_11_10(digits: str) -> bool:
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in map(int, digits[:-1]):
        product = (((digit + product) % 10 or 10) * 2) % 11
    return (product + int(digits[-1])) % 10 == 1


def verhoeff(digits: str) -> bool:
    """Verhoeff's check in the dihedral group of ten elements."""
    check = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        for _ in range(place % 8):
            digit = _VERHOEFF_TURN[digit]
        check = _times(check, digit)
    return check == 0


def _times(a: int, b: int) -> int:
    """The product of two turns or reflections of a pentagon."""
    if a < 5:
        return (a + b) % 5 if b < 5 else 5 + (a + b) % 5
    return 5 + (a - b) % 5 if b < 5 else (a - b) % 5


def ean_13(digits: str) -> bool:
    """The check digit of GS1's 13-digit numbers."""
    return weighted(digits, (1, 3) * 7, 10) == 0


def base58_check(text: str) -> bytes | None:
    """What base58 with four bytes of double SHA-256 holds, without those; ``None`` where they do not fit."""
    number = 0
    for character in text:
        place = _BASE58.find(character)
        if place < 0:
            return None
        number = number * 58 + place
    zeros = len(text) - len(text.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, check = raw[:-4], raw[-4:]
    return body if hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check else None


def bech32(text: str) -> bool:
    """Whether the checksum of BIP 173 or BIP 350 fits; ``text`` in one case."""
    prefix, _, data = text.lower().rpartition("1")
    values = [_BECH32.find(character) for character in data]
    if not prefix or -1 in values:
        return False
    codes = list(map(ord, prefix))
    check = 1
    for value in [code >> 5 for code in codes] + [0] + [code & 31 for code in codes] + values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, part in enumerate(_BECH32_GENERATOR):
            check ^= part if top >> place & 1 else 0
    return check in _BECH32_ENDS
