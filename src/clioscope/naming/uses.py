"""The short sequences of topic words in a text: what a phrase may be made of."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from clioscope.naming.lexicon import Role, is_filler, language_of, role_of, stem_of
from clioscope.naming.words import Segment

Family = tuple[str, ...]
"""The sorted stems of a phrase's topic words: inflections and order make no difference."""

MAX_WORDS = 4
_MAX_TOPIC_WORDS = 3
_MAX_GAP = 2
"""So many joining words may stand inside a phrase."""

_REACH = 5
"""Two words that stand at most so many topic words apart are a loose use of their pair."""

_WORDS_TO_GUESS_FROM = 60
_BEFORE_A_VERB = frozenset(("to", "you", "i", "we", "please", "cannot"))


class Token(NamedTuple):
    """A word, its stem, and what it may do in a phrase."""

    stem: str
    word: str
    role: Role


class Use(NamedTuple):
    """One place where a text holds a phrase."""

    family: Family
    words: tuple[str, ...]
    """The form that would be shown: without articles, pronouns and auxiliaries."""

    leads: bool
    """Whether it stands where a verb would: "to book a flight", "can you book a flight"."""

    tight: bool
    """Whether nothing but joining words stands between its words."""


def tokens_of(segments: Sequence[Segment]) -> list[list[Token]]:
    """Look up every word of a text, in the language that the text's function words suggest."""
    language = language_of([word for segment in segments for word in segment.words][:_WORDS_TO_GUESS_FROM])
    return [
        [Token(stem_of(word, language), word, role_of(word, language)) for word in segment.words]
        for segment in segments
    ]


def uses_in(runs: Sequence[Sequence[Token]], stems: Container[str]) -> Iterator[Use]:
    """Give every use of a phrase whose stems are all among ``stems``."""
    for run in runs:
        for start, first in enumerate(run):
            if first.stem not in stems:
                continue
            if is_filler(first.word):
                yield Use((first.stem,), (first.word,), False, True)
            elif first.role >= Role.WEAK:
                leads = start == 0 or run[start - 1].word in _BEFORE_A_VERB
                yield from _tight_uses(run, start, stems, leads)
                if first.role == Role.TOPIC:
                    yield from _loose_uses(run, start, stems, leads)


def _tight_uses(run: Sequence[Token], start: int, stems: Container[str], leads: bool) -> Iterator[Use]:
    first = run[start]
    yield Use((first.stem,), (first.word,), leads, True)
    topic, shown, gap = [first.stem], [first], 0
    for token in run[start + 1 :]:
        if token.role == Role.BREAK or gap > _MAX_GAP:
            return
        if token.role < Role.WEAK:
            gap += 1
            if token.role == Role.KEEP:
                shown.append(token)
            continue
        if token.stem not in stems or token.stem in topic:
            return
        gap = 0
        topic.append(token.stem)
        shown.append(token)
        if token.role == Role.TOPIC:
            form = shown if len(shown) <= MAX_WORDS else [t for t in shown if t.role >= Role.WEAK]
            yield Use(tuple(sorted(topic)), tuple(t.word for t in form), leads, True)
        if len(topic) == _MAX_TOPIC_WORDS:
            return


def _loose_uses(run: Sequence[Token], start: int, stems: Container[str], leads: bool) -> Iterator[Use]:
    first, reach = run[start], 0
    for token in run[start + 1 :]:
        if token.role < Role.WEAK or token.stem not in stems:
            continue
        reach += 1
        if reach > _REACH:
            return
        if token.role == Role.TOPIC and token.stem != first.stem:
            yield Use(tuple(sorted((first.stem, token.stem))), (first.word, token.word), leads, False)
