"""How the rules of this folder are written: a form between things that are no part of it, and a check of its digits."""

from __future__ import annotations

import re
from collections.abc import Callable

from clioscope.privacy.redaction.rule import Rule, digits_of, words

KIND = "NATIONAL_ID"

_NOT_BEFORE, _NOT_BEHIND = r"(?<![\w.,$€£+#-])(?<![0-9] )", r"(?![\w]|[.,-][0-9]|[ ][0-9]{3})"


def of_form(form: str, check: Callable[[str], bool] | None = None, *near: str) -> Rule:
    """A number of the form ``form``; ``check`` is given it as it was written."""
    pattern = re.compile(rf"{_NOT_BEFORE}(?:{form}){_NOT_BEHIND}")
    return Rule(KIND, pattern, check=check, near=words(*near) if near else None, digits="many")


def of_digits(form: str, check: Callable[[str], bool], *near: str) -> Rule:
    """A number of the form ``form``; ``check`` is given its digits alone."""
    return of_form(form, lambda text: check(digits_of(text)), *near)


def plain(text: str) -> str:
    """``text`` in capitals, without separators."""
    return "".join(character for character in text.upper() if character.isalnum())


def is_day(day: str, month: str) -> bool:
    """Whether the digits can be a day and a month."""
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12
