"""Thresholds: every figure and term of an atlas counted again from the vault, and held against what is promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.schema import EVERYTHING
from clioscope.attacks.finding import Finding, Rate, Trial
from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.naive import naive_names
from clioscope.attacks.static.published import Minimums, Published, number_of
from clioscope.attacks.static.recount import Tally, packed, tally
from clioscope.attacks.static.truth import Truth
from clioscope.attacks.static.word_support import Support, published_terms, supported
from clioscope.config import counted
from clioscope.privacy.words import content_of
from clioscope.progress import Progress

NAME = "thresholds"
_QUESTION = "Does every figure and every term stand on as many people as is promised?"


class Recounted(NamedTuple):
    """Of so many ``figures``: those with too few behind them, those mostly one user's, those that are wrong."""

    figures: int
    too_few: int
    one_user: int
    other: int
    wrong: int

    def trial(self, setting: str, layers: str, *, private: bool) -> Trial:
        """For the report."""
        told = [
            ("stand on too few", self.too_few),
            ("mostly one user's", self.one_user),
            ("not the rounded count", self.other),
        ]
        rate = Rate(self.wrong, self.figures) if self.figures else None
        return Trial(setting, layers, rate, figures=told, private=private)


class _Row(NamedTuple):
    """One figure: as it is published, and the least that is promised of it."""

    cell: int
    conversations: int
    users: int


def examine(evidence: Evidence, progress: Progress) -> Finding:
    """Recount the figures of clusters and cube, and the terms; without the vault look at the figures alone."""
    published, truth = evidence.published, evidence.truth
    least = published.minimums
    if published.noisy:
        said = "With noise there is no minimum to be recounted: what is promised is in the guarantee."
        return Finding(NAME, _QUESTION, "not tried", said)
    if truth is None:
        return _at_sight(evidence)
    trials = [_without_minimums(truth, published).trial("all figures that there are", "nothing", private=True)]
    if words := _words(evidence):
        naive = {(0, i): [(w.plain,) for w in content_of(text)] for i, text in enumerate(naive_names(evidence))}
        off = supported(evidence, truth, naive, least.support, progress)
        trials.append(_words_trial("words of names that are members' texts", "nothing", off))
    figures = _published(truth, published)
    trials.append(figures.trial("every published figure", "the gate", private=False))
    on = supported(evidence, truth, published_terms(evidence), least.support, progress) if words else Support(0, 0)
    if words:
        trials.append(_words_trial("every published word and term", "the gate", on))
    told = _sentence(figures, on, published)
    if not words:
        told += " The vault holds no texts any more, so the words were not recounted."
    if not least.promised:
        return Finding(NAME, _QUESTION, "reported", f"This profile promises nothing. {told}", trials)
    return Finding(NAME, _QUESTION, "leaked" if figures.wrong or on.unshared else "held", told, trials)


def _sentence(figures: Recounted, terms: Support, published: Published) -> str:
    least, whose = published.minimums, "users" if published.users_known else "conversations"
    asked = counted(least.conversations, "conversation")
    if published.users_known:
        asked = f"{counted(least.users, 'user')} and {asked}"
    if figures.wrong or terms.unshared:
        return (
            f"{figures.wrong:,} of {figures.figures:,} figures do not keep to {asked}, the share of one user or the "
            f"rounding, and {terms.unshared:,} of {terms.terms:,} words and terms are shared by fewer than "
            f"{least.support} {whose} of their cluster."
        )
    words = f" and all {terms.terms:,} words and terms on {least.support} {whose}" if terms.terms else ""
    return f"All {figures.figures:,} figures stand on {asked}{words}, counted again."


def _words(evidence: Evidence) -> bool:
    return not {"texts", "facets"} & evidence.gone


def _words_trial(setting: str, layers: str, support: Support) -> Trial:
    rate = Rate(support.unshared, support.terms) if support.terms else None
    return Trial(setting, layers, rate, figures=[("words and terms", support.terms)], private=layers == "nothing")


def _at_sight(evidence: Evidence) -> Finding:
    """What the figures themselves tell."""
    published, least = evidence.published, evidence.published.minimums
    rows = [*published.clusters, *published.atlas.cube, *published.atlas.map]
    wrong = 0
    for row in rows:
        users = row["users"] if row["users"] is not None else _rounded(least.users, least)
        small = row["conversations"] < _rounded(least.conversations, least) or users < _rounded(least.users, least)
        wrong += small or row["conversations"] % least.rounding != 0 or users % least.rounding != 0
    trials = [Trial("every published figure, by itself", "the gate", Rate(wrong, len(rows)) if rows else None)]
    if not least.promised:
        return Finding(NAME, _QUESTION, "reported", f"This profile promises nothing. {evidence.missing}", trials)
    told = f"{wrong:,} of {len(rows):,} figures are below the minimums or not rounded. {evidence.missing}"
    return Finding(NAME, _QUESTION, "leaked" if wrong else evidence.unseen, f"{told} So nothing was recounted.", trials)


def _rounded(number: int, least: Minimums) -> int:
    return (number + least.rounding // 2) // least.rounding * least.rounding


def _published(truth: Truth, published: Published) -> Recounted:
    """Recount all rows of the clusters and the cube."""
    attributes = {attribute.name: attribute for attribute in truth.attributes}
    places = {name: {v: i for i, v in enumerate(a.values)} for name, a in attributes.items()}
    level_of = {row["id"]: row["level"] for row in published.clusters} | {EVERYTHING: len(published.sizes)}
    rows: dict[tuple[int, tuple[str, ...]], list[_Row]] = defaultdict(list)
    for row in published.clusters:
        rows[row["level"], ()].append(_Row(number_of(row["id"]), row["conversations"], row["users"] or 0))
    for row in published.atlas.cube:
        names = tuple(row[f"attribute_{i}"] for i in (1, 2) if row[f"attribute_{i}"] is not None)
        cell = 0 if row["cluster_id"] == EVERYTHING else number_of(row["cluster_id"])
        for name, place in zip(names, ("value_1", "value_2"), strict=False):
            size, code = len(places.get(name, ())), places.get(name, {}).get(row[place], -1)
            cell = cell * size + code if cell >= 0 and code >= 0 else -1
        rows[level_of[row["cluster_id"]], names].append(_Row(cell, row["conversations"], row["users"] or 0))
    return _together([_held(truth, published, level, names, mine) for (level, names), mine in rows.items()])


def _together(parts: Sequence[Recounted]) -> Recounted:
    return Recounted._make(map(sum, zip(*parts, strict=True)))


def _held(truth: Truth, published: Published, level: int, names: tuple[str, ...], rows: list[_Row]) -> Recounted:
    """Recount some rows of one level by the same attributes."""
    known = {attribute.name for attribute in truth.attributes}
    if not known.issuperset(names):
        return Recounted(len(rows), len(rows), 0, len(rows), len(rows))
    cells, conversations, users = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    exact = _of(_counted(truth, level, names), cells)
    least = published.minimums
    is_cluster = not names and level < len(published.sizes)
    few, one = _lacking(exact, least, truth.users is not None, clusters=is_cluster)
    seen = published.minimums.rounding
    other = (exact.conversations + seen // 2) // seen * seen != conversations
    if truth.users is not None:
        other |= (exact.users + seen // 2) // seen * seen != users
    wrong = few | one | other
    return Recounted(len(rows), int(few.sum()), int(one.sum()), int(other.sum()), int(wrong.sum()))


def _without_minimums(truth: Truth, published: Published) -> Recounted:
    """The same of every cell that holds somebody, as if all were shown."""
    names = [attribute.name for attribute in truth.attributes]
    chosen = [(), *((name,) for name in names), *((a, b) for i, a in enumerate(names) for b in names[i + 1 :])]
    found = []
    for level in range(len(truth.labels) + 1):
        for by in chosen:
            exact = _counted(truth, level, by)
            few, one = _lacking(exact, published.minimums, truth.users is not None, clusters=False)
            found.append(Recounted(len(exact.key), int(few.sum()), int(one.sum()), 0, int((few | one).sum())))
    return _together(found)


def _counted(truth: Truth, level: int, names: tuple[str, ...]) -> Tally:
    attributes = {attribute.name: attribute for attribute in truth.attributes}
    inside = truth.labels[level] if level < len(truth.labels) else np.zeros(len(truth.conversations), np.int32)
    chosen = [attributes[name] for name in names]
    sizes = [int(inside.max(initial=0)) + 1, *(len(attribute.values) for attribute in chosen)]
    return tally(truth, packed([inside, *(attribute.codes for attribute in chosen)], sizes))


def _of(counts: Tally, cells: NDArray[np.int64]) -> Tally:
    """The counts of some cells; 0 of one that holds nobody."""
    place = np.searchsorted(counts.key, cells)
    there = np.append(counts.key, -1)[place] == cells
    there &= cells >= 0
    return Tally(cells, *(np.where(there, np.append(values, 0)[place], 0) for values in counts[1:]))


def _lacking(
    exact: Tally, least: Minimums, users_known: bool, *, clusters: bool
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cells have too few behind them, and which are for a larger part one user's than may be."""
    few = exact.conversations < (least.cluster_conversations if clusters else least.conversations)
    if not users_known:
        return few, np.zeros(len(few), np.bool_)
    few |= exact.users < (least.cluster_users if clusters else least.users)
    return few, exact.most > least.share * exact.conversations
