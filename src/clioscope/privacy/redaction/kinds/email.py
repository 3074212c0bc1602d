"""E-mail addresses, in any script, and those written out with "at" and "dot"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from clioscope.privacy.redaction.rule import Digits, Rule, Span

# The local part is at most 64 characters (RFC 5321) and begins where nothing of it stands before.
_ADDRESS = Rule(
    "EMAIL",
    re.compile(
        r"(?<![\w.!#$%&'*+/=?^`{|}~-])(?:mailto:|['`{|]{1,3})?+"
        r"(?P<it>[\w.!#$%&'*+/=?^`{|}~-]{1,64}+@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}(?:[^\W\d_]{2,24}|"
        r"xn--[a-z0-9-]{2,59}))"
    ),
    needs=("@",),
)
_QUOTED = Rule(
    "EMAIL",
    re.compile(r"(?<!\w)\"[^\"\n@]{1,64}\"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}"),
    needs=('"@',),
)
_AT_NUMBER = Rule("EMAIL", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}+@\[[0-9a-fA-F.:]{3,45}\]"), needs=("@[",))
_END = (
    r"(?:com|org|net|edu|gov|io|co|de|fr|es|it|uk|us|ca|ch|at|nl|be|pl|pt|br|in|jp|cn|ru|se|no|dk|fi|eu|"
    r"info|me|app|dev)"
)
_WRITTEN_OUT = Rule(
    "EMAIL",
    re.compile(
        r"(?<![\w.+-])[\w.+-]{1,64}+ ?(?:[\[({<] ?(?:at|AT|@) ?[\])}>]| (?:AT|at) ) ?[\w-]{1,63}+"
        r"(?:(?: ?[\[({<] ?(?:dot|DOT|\.) ?[\])}>] ?| (?:dot|DOT) |\.)[\w-]{1,63}+){0,3}"
        rf"(?: ?[\[({{<] ?(?:dot|DOT|\.) ?[\])}}>] ?| (?:dot|DOT) ){_END}(?!\w)"
    ),
    needs=("dot", "DOT", "(at)", "[at]"),
)
_AT_IN_BRACKETS = Rule(
    "EMAIL",
    re.compile(
        rf"(?<![\w.+-])[\w.+-]{{1,64}}+ ?[\[({{<] ?(?:at|AT|@) ?[\])}}>] ?(?:[\w-]{{1,63}}+\.){{1,4}}{_END}(?!\w)"
    ),
    needs=("at)", "at]", "at}", "at>", "AT)", "AT]", "@)", "@]"),
)
_INSIDE_A_URL = re.compile(r"://[^\s/@]{0,200}\Z")
_NOBODY = ("git@", "hg@")


class _Emails:
    """Addresses, without what only looks like one inside a URL."""

    digits: Digits = "none"

    def find(self, text: str) -> Iterator[Span]:
        """See :class:`~clioscope.privacy.redaction.rule.Finder`."""
        for rule in (_ADDRESS, _QUOTED, _AT_NUMBER, _WRITTEN_OUT, _AT_IN_BRACKETS):
            for span in rule.find(text):
                found = text[span.start : span.end]
                if not found.startswith(_NOBODY) and not _INSIDE_A_URL.search(
                    text, max(0, span.start - 210), span.start
                ):
                    yield span


FINDERS = (_Emails(),)
