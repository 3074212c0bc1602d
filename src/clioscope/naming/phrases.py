"""Phrases that several people of a cluster share, counted by family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from clioscope.naming.base import Member
from clioscope.naming.lexicon import Role, is_filler, role_of
from clioscope.naming.looks import Looks, looks_of
from clioscope.naming.support import Crowd, Support, supports, users_of
from clioscope.naming.unspaced import complete_grams, grams_of, pairs_of
from clioscope.naming.uses import MAX_WORDS, Family, Token, Use, tokens_of, uses_in
from clioscope.naming.words import LONGEST, Reading, read

_TIGHT_VOTES = 3
"""A tight use says as much about the form that is shown as so many loose ones."""

_CHARACTERS, _SHORTEST_READ = 50_000, 250
"""Bounds the work for one cluster; and where there are many texts, so much of each is read all the same."""

_SHORT = 2
"""Two words may be somebody's whole message, where enough people wrote them side by side."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A family of phrases, with the form that is shown."""

    family: Family
    words: tuple[str, ...]
    support: Support
    crowd: int
    """The cluster's users, of whom ``support.users`` hold it."""

    breadth: float = 1.0
    """The number of the cluster's parts that hold it, as if they held it alike."""

    leads: float = 0.0
    """Share of its uses that stand where a verb would."""

    tight: float = 1.0
    """Share of its uses with nothing but joining words inside."""

    bland: bool = False
    """A single word that says little by itself ("make", "thanks")."""

    @property
    def share(self) -> float:
        """Share of the cluster's users who hold it."""
        return self.support.users / self.crowd

    @property
    def text(self) -> str:
        """The phrase as it is shown."""
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class ClusterPhrases:
    """What one cluster offers for its name. Its size is bounded, whatever the cluster's.

    Parameters
    ----------
    members
        Distinct users and conversations of the sample.
    phrases
        Families that enough users share, with a form that may be shown; most shared first.
    shares
        Families that half as many share too, with their share of the users: for contrast with other clusters.
    looks
        How each shared word is written that sometimes looks like a name.
    """

    members: Support
    phrases: tuple[Phrase, ...]
    shares: Mapping[Family, float]
    looks: Mapping[str, Looks]


def extract(
    members: Sequence[Member], min_support: int, *, parts: Sequence[int] | None = None, most: int = 150
) -> ClusterPhrases:
    """Find the phrases that at least ``min_support`` distinct users share, near-duplicates of texts set aside.

    Parameters
    ----------
    members
        The sample of one cluster. A member without a user counts as a user of its own.
    min_support
        Distinct users that a family needs, and every word of the form that is shown (or a longer inflection of it).
    parts
        For a parent: which of its children each member is from.
    most
        At most so many phrases are kept.
    """
    users = users_of(members)
    people = len(set(users))
    longest = max(_SHORTEST_READ, min(LONGEST, _CHARACTERS // max(1, len(members))))
    readings = [read(member.text, longest) for member in members]
    texts = [tokens_of(reading.segments) for reading in readings]
    floor = max(2, min_support // 2)
    stems = supports(({t.stem for run in runs for t in run} for runs in texts), users, floor)
    by_stem = _inflections(texts)
    beginnings = _beginnings(by_stem)
    held_words = [{w for word in {t.word for run in runs for t in run} for w in beginnings[word]} for runs in texts]
    crowd = Crowd(users, [_compared(*both) for both in zip(texts, readings, strict=True)], min_support)
    found_words = supports(held_words, users, min_support)
    words = {word: found_words[word] for word in crowd.behind(held_words, found_words)}
    messages = {line for reading in readings for line in reading.lines}

    uses = [list(uses_in(runs, stems)) for runs in texts]
    shared = supports(([use.family for use in mine] for mine in uses), users, floor)
    wanted = crowd.behind(([use.family for use in mine] for mine in uses), shared)
    pairs = [[u.words for u in mine if u.tight and len(u.words) == _SHORT] for mine in uses]
    shared_pairs = crowd.behind(pairs, supports(pairs, users, min_support))
    allowed = _Allowed(words, messages, shared_pairs, _usual(by_stem, words))
    phrases = []
    for family, tally in _tallies(uses, parts or [0] * len(members), wanted).items():
        form = _safe_form(tally.forms, allowed)
        if form:
            bland = len(form) == 1 and (is_filler(form[0]) or role_of(form[0], "en") != Role.TOPIC)
            leads, tight = tally.leads / tally.uses, tally.tight / tally.uses
            phrases.append(Phrase(family, form, shared[family], people, tally.breadth(), leads, tight, bland))

    held = [{gram for run in reading.runs for gram in grams_of(run)} for reading in readings]
    grams = complete_grams(supports(held, users, floor), floor)
    safe_grams = crowd.behind(held, grams)
    for gram, support in grams.items():
        shared[(gram,)] = support
        if gram in safe_grams and not (len(gram) > MAX_WORDS and gram in messages):
            phrases.append(Phrase((gram,), (gram,), support, people))

    phrases.sort(key=lambda p: (-p.support.users, -len(p.words), p.words))
    kept = sorted(shared, key=lambda family: (-shared[family].users, family))[: 2 * most]
    return ClusterPhrases(
        members=Support(people, len(users)),
        phrases=tuple(phrases[:most]),
        shares={family: shared[family].users / people for family in kept},
        looks=looks_of(readings, words),
    )


@dataclass(slots=True)
class _Tally:
    """How a family is used in a cluster."""

    forms: Counter[tuple[str, ...]] = field(default_factory=Counter)
    parts: Counter[int] = field(default_factory=Counter)
    uses: int = 0
    leads: int = 0
    tight: int = 0

    def breadth(self) -> float:
        """Effective number of parts (inverse Simpson index)."""
        return self.uses**2 / sum(n * n for n in self.parts.values())


def _tallies(uses: Iterable[Sequence[Use]], parts: Sequence[int], wanted: Container[Family]) -> dict[Family, _Tally]:
    tallies: dict[Family, _Tally] = {}
    for mine, part in zip(uses, parts, strict=True):
        for use in mine:
            if use.family in wanted:
                tally = tallies.setdefault(use.family, _Tally())
                tally.forms[use.words] += _TIGHT_VOTES if use.tight else 1
                tally.parts[part] += 1
                tally.uses += 1
                tally.leads += use.leads
                tally.tight += use.tight
    return tallies


def _compared(runs: Sequence[Sequence[Token]], reading: Reading) -> frozenset[str]:
    """What a text is compared with others by: stems, no numbers, and pairs of characters of unspaced script."""
    return frozenset(t.stem for run in runs for t in run).union(*map(pairs_of, reading.runs))


def _inflections(texts: Iterable[Sequence[Sequence[Token]]]) -> dict[str, list[str]]:
    """Group the words of a cluster by stem."""
    by_stem: dict[str, list[str]] = {}
    for token in dict.fromkeys(token for runs in texts for run in runs for token in run):
        by_stem.setdefault(token.stem, []).append(token.word)
    return by_stem


def _beginnings(by_stem: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give for each word those of the same stem that it begins with: who writes "cleaning" writes "clean" too."""
    return {word: [other for other in alike if word.startswith(other)] for alike in by_stem.values() for word in alike}


def _usual(by_stem: Mapping[str, Sequence[str]], words: Mapping[str, Support]) -> dict[str, str]:
    """Give for each word the most shared word of the same stem."""
    usual: dict[str, str] = {}
    for alike in by_stem.values():
        best = min((word for word in alike if word in words), key=lambda w: (-words[w].users, w), default=None)
        if best:
            usual.update(dict.fromkeys(alike, best))
    return usual


class _Allowed(NamedTuple):
    """What a shown form is checked against."""

    words: Container[str]
    """Words that enough users share."""
    messages: Container[str]
    """Whole messages, as they must not be shown."""
    pairs: Container[tuple[str, ...]]
    """Pairs of words that enough users wrote side by side."""
    usual: Mapping[str, str]
    """The most shared inflection of each word."""


def _safe_form(forms: Counter[tuple[str, ...]], allowed: _Allowed) -> tuple[str, ...] | None:
    """Choose the commonest form whose every word is shared and that repeats nobody's whole message.

    One word may be somebody's whole message ("goodbye"): as many people write it, it is nobody's. Two words may be
    one where many wrote just these two side by side; three and more are a sentence and may not.
    """
    ranked = sorted(forms, key=lambda form: (-forms[form], form))
    respelt = [tuple(allowed.usual.get(word, word) for word in form) for form in ranked]
    for form in ranked + respelt:
        repeats = len(form) > 1 and form not in allowed.pairs and " ".join(form) in allowed.messages
        if not repeats and all(word in allowed.words for word in form):
            return form
    return None
