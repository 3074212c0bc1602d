"""Patterns of the user's own, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from clioscope.errors import ConfigError
from clioscope.privacy.redaction.rule import Rule

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
# The parser has no public name, and only this one reads a pattern as it will be compiled.
_PARSER: Any = re._parser  # type: ignore[attr-defined]
_LIMITLESS = 100
"""A repeat that may go on for longer counts as one without a limit."""


def own_rules(patterns: Mapping[str, str]) -> tuple[Rule, ...]:
    """A rule for each of ``patterns``: what matches becomes the name in capitals, in brackets.

    Raises
    ------
    ConfigError
        A name or a pattern cannot be used, with what to do about it.
    """
    return tuple(Rule(name.upper(), _compiled(name, pattern)) for name, pattern in patterns.items())


def _compiled(name: str, pattern: str) -> re.Pattern[str]:
    where = f"--redact-pattern {name}={pattern}"
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"{where}: a name has letters, digits and underscores, and begins with a letter, such as ORDER=[0-9]{{8}}."
        )
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ConfigError(
            f"{where} is no regular expression ({error}). Mind that the shell takes away backslashes outside quotes."
        ) from None
    if compiled.match("") or _may_be_empty(pattern):
        raise ConfigError(
            f"{where} also matches no text at all, so that nothing would be left: say what has to be there."
        )
    if _repeats_a_repeat(_PARSER.parse(pattern)):
        raise ConfigError(
            f"{where} repeats without a limit what repeats without a limit, which can take for ever on some texts. "
            "Give one of them a limit, such as {1,50} in the place of +, or write ++ for the inner one."
        )
    return compiled


def _may_be_empty(pattern: str) -> bool:
    return bool(_PARSER.parse(pattern).getwidth()[0] == 0)


def _repeats_a_repeat(parsed: Any, inside: bool = False) -> bool:
    """Whether a repeat that gives back what it took stands inside another."""
    for operation, argument in parsed:
        name = str(operation)
        repeats = name in ("MAX_REPEAT", "MIN_REPEAT") and int(argument[1]) > _LIMITLESS
        if repeats and inside:
            return True
        keeps = name in ("ATOMIC_GROUP", "POSSESSIVE_REPEAT")
        inside_of_it = not keeps and (inside or repeats)
        if any(_repeats_a_repeat(part, inside_of_it) for part in _parts(argument)):
            return True
    return False


def _parts(argument: Any) -> list[Any]:
    """The patterns inside an operation, however it holds them."""
    if isinstance(argument, _PARSER.SubPattern):
        return [argument]
    if isinstance(argument, list | tuple):
        return [part for item in argument for part in _parts(item)]
    return []
