"""Raw text in, text without what identifies out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from clioscope.privacy.redaction.folding import Folded, fold
from clioscope.privacy.redaction.kinds import FINDERS
from clioscope.privacy.redaction.own import own_rules
from clioscope.privacy.redaction.rule import Digits, Finder, Span, digits_in

VERSION = 3
"""Raised with every change of what is found, so that stages that stand on redacted text are made again."""

_REMEMBERED = 4
"""Texts: what a conversation says is often what is kept of it."""


class Redacted(NamedTuple):
    """A text with what was found replaced, and how often each kind was found."""

    text: str
    found: Counter[str]


class Redactor:
    """Replaces what identifies a person by its kind in brackets, such as ``[EMAIL]``.

    Works by patterns, check digits and the words around a number; all of it takes time in proportion to the text. Names
    and places that nothing announces are not found: see ``use_presidio``.

    Parameters
    ----------
    patterns
        Regular expressions of the user's own, by name. They win over all others.
    use_presidio
        Also ask Presidio's recognisers.

    Raises
    ------
    ConfigError
        A pattern cannot be used, or Presidio is not installed.

    Examples
    --------
    >>> Redactor().redact("Write to ana@example.org, or call +44 20 7946 0958.").text
    'Write to [EMAIL], or call [PHONE].'
    """

    def __init__(self, patterns: Mapping[str, str] = {}, use_presidio: bool = False) -> None:
        finders: list[Finder] = [*own_rules(patterns), *FINDERS]
        self.name = f"redaction/{VERSION} {sorted(patterns.items())}"
        if use_presidio:
            from clioscope.privacy.redaction.presidio import PresidioFinder

            presidio = PresidioFinder()
            finders.append(presidio)
            self.name += f" presidio {presidio.name}"
        self._found = lru_cache(maxsize=_REMEMBERED)(self._find)
        ranked = list(enumerate(finders))
        self._by_digits: dict[Digits, list[tuple[int, Finder]]] = {
            "none": [(rank, finder) for rank, finder in ranked if finder.digits == "none"],
            "some": [(rank, finder) for rank, finder in ranked if finder.digits != "many"],
            "many": ranked,
        }

    def redact(self, text: str) -> Redacted:
        """``text`` with what was found replaced. What was not found stays as it was, character by character."""
        spans = self.spans(text)
        kept, end = [], 0
        for span in spans:
            kept += [text[end : span.start], f"[{span.kind}]"]
            end = span.end
        return Redacted("".join([*kept, text[end:]]), Counter(span.kind for span in spans))

    def spans(self, text: str) -> list[Span]:
        """What is found, in the order of ``text``, none over another."""
        return list(self._found(text))

    def _find(self, text: str) -> tuple[Span, ...]:
        folded = fold(text)
        finders = self._by_digits[digits_in(folded.text)]
        ranked = [(rank, span) for rank, finder in finders for span in finder.find(folded.text)]
        return tuple(_in_place(folded, _merged(ranked)))


def _merged(ranked: Iterable[tuple[int, Span]]) -> list[Span]:
    """Spans that overlap become one, of the kind that comes first."""
    merged: list[tuple[int, Span]] = []
    for rank, span in sorted(ranked, key=lambda pair: (pair[1].start, pair[0])):
        if merged and span.start < merged[-1][1].end:
            first, last = merged[-1]
            kind = last.kind if first <= rank else span.kind
            merged[-1] = (min(first, rank), Span(last.start, max(last.end, span.end), kind))
        else:
            merged.append((rank, span))
    return [span for _, span in merged]


def _in_place(folded: Folded, spans: Iterable[Span]) -> list[Span]:
    return [Span(*folded.original(span.start, span.end), span.kind) for span in spans]
