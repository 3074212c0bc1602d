"""Addresses of machines on the internet, versions 4 and 6. Those that every machine has stay."""

from __future__ import annotations

import ipaddress
import re

from clioscope.privacy.redaction.rule import Rule

_KEPT = frozenset({"0.0.0.0", "127.0.0.1", "255.255.255.255", "255.255.255.0", "255.255.0.0", "255.0.0.0", "::1", "::"})
"""They are the same for everybody."""

_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_V4 = re.compile(rf"(?<![\w.])(?:{_BYTE}(?:\.|\[\.\])){{3}}{_BYTE}(?![\w]|\.[0-9])")
_V6 = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,8}(?:[0-9a-fA-F]{0,4}|[0-9.]{7,15})(?:%\w{1,20})?(?![\w:])")
_LOOKS_GIVEN = re.compile(r"(?:[^:]{0,4}:){3}|(?:fe[89ab]|f[cd]|2[0-9a-f]{3})[0-9a-f]{0,2}::?", re.IGNORECASE)
"""Two colons and a number beside them are more often a slice in code."""

_VERSION = re.compile(
    r"(?<![^\W\d_])(?:version|v\.?|ver\.?|release|section|chapter|build|firmware|driver|§)[ :=]{0,3}\Z", re.IGNORECASE
)


def _is_v4(text: str) -> bool:
    """Whether it names a machine, and not what every machine has."""
    return text not in _KEPT


def _is_v6(text: str) -> bool:
    """Whether ``text`` is an address, and no time or part of code."""
    if text in _KEPT or not any(c.isdigit() for c in text) or not _LOOKS_GIVEN.match(text):
        return False
    try:
        return ipaddress.ip_address(text.partition("%")[0]).version == 6
    except ValueError:
        return False


class _V4Rule(Rule):
    """Four numbers that no word before them calls a version."""

    def _holds(self, text: str, start: int, end: int) -> bool:
        return super()._holds(text, start, end) and not _VERSION.search(text, max(0, start - 12), start)


FINDERS = (
    _V4Rule("IP", _V4, check=_is_v4, needs=(".",), digits="many"),
    Rule("IP", _V6, check=_is_v6, needs=(":",)),
)
