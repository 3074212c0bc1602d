"""Poland, Czechia and Slovakia, Romania, Bulgaria, Hungary, Croatia, the Baltic states, Ukraine, Russia, Turkey.

Sources: the registers' own descriptions of PESEL, rodné číslo, CNP, EGN, OIB, isikukood, SNILS, INN and T.C. kimlik no.
"""

from __future__ import annotations

from clioscope.privacy.redaction.checksums import mod_11_10, weighted
from clioscope.privacy.redaction.kinds.national.form import is_day, of_digits


def _pesel(digits: str) -> bool:
    return weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10) == 0 and is_day(
        digits[4:6], str(int(digits[2:4]) % 20)
    )


def _rodne_cislo(digits: str) -> bool:
    fits = int(digits) % 11 == 0 or (int(digits[:9]) % 11 == 10 and digits[9] == "0")
    month = int(digits[2:4]) % 50
    return fits and is_day(digits[4:6], str(month - 20 if month > 12 else month))


def _cnp(digits: str) -> bool:
    rest = weighted(digits[:12], (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), 11)
    return is_day(digits[5:7], digits[3:5]) and (1 if rest == 10 else rest) == int(digits[12])


def _egn(digits: str) -> bool:
    fits = weighted(digits[:9], (2, 4, 8, 5, 10, 9, 7, 3, 6), 11) % 10 == int(digits[9])
    return fits and is_day(digits[4:6], str(int(digits[2:4]) % 20))


def _baltic(digits: str) -> bool:
    check = weighted(digits[:10], (1, 2, 3, 4, 5, 6, 7, 8, 9, 1), 11)
    if check == 10:
        check = weighted(digits[:10], (3, 4, 5, 6, 7, 8, 9, 1, 2, 3), 11) % 10
    return check == int(digits[10]) and is_day(digits[5:7], digits[3:5])


def _snils(digits: str) -> bool:
    return weighted(digits[:9], range(9, 0, -1), 101) % 100 == int(digits[9:])


def _inn(digits: str) -> bool:
    first = weighted(digits, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8), 11) % 10
    second = weighted(digits, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8), 11) % 10
    return digits[10:] == f"{first}{second}"


def _kimlik(digits: str) -> bool:
    tenth = (sum(map(int, digits[0:9:2])) * 7 - sum(map(int, digits[1:8:2]))) % 10
    return tenth == int(digits[9]) and sum(map(int, digits[:10])) % 10 == int(digits[10])


FINDERS = (
    of_digits("[0-9]{11}", _pesel, "pesel", "polish", "polsk"),
    of_digits("[0-9]{6}/[0-9]{4}", _rodne_cislo),
    of_digits("[0-9]{10}", _rodne_cislo, "rodné", "rodne"),
    of_digits("[1-9][0-9]{12}", _cnp, "cnp", "cod numeric"),
    of_digits("[0-9]{10}", _egn, "егн", "egn"),
    of_digits("8[0-9]{9}", lambda digits: weighted(digits, range(1, 10), 11) == int(digits[9]), "adóazonosító", "tax"),
    of_digits("[0-9]{3} [0-9]{3} [0-9]{3}", lambda _: True, "taj\\b"),
    of_digits("[0-9]{11}", mod_11_10, "oib"),
    of_digits("[1-6][0-9]{10}", _baltic, "isikukood", "asmens kodas", "personal code"),
    of_digits("[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}", _snils),
    of_digits("[0-9]{11}", _snils, "снилс", "snils"),
    of_digits("[0-9]{12}", _inn, "инн", "inn\\b"),
    of_digits("[0-9]{4} ?[0-9]{6}|[0-9]{2} [0-9]{2} [0-9]{6}", lambda _: True, "паспорт", "passport"),
    of_digits("[0-9]{10}", lambda _: True, "іпн", "рнокпп"),
    of_digits("[1-9][0-9]{10}", _kimlik, "kimlik", "tckn", "t\\.?c\\.? ", "turkish"),
)
