"""How far clusters are the known topics, and the hierarchy their categories, without anybody having named either."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.evaluation.agreement import agreement_of, contingency
from clioscope.evaluation.evidence import Rows, about
from clioscope.evaluation.intervals import of_figures, of_mean
from clioscope.evaluation.known.aligned import Aligned
from clioscope.evaluation.measure import Line, Measure, line
from clioscope.evaluation.rules import judged

_FIGURES = ("NMI (V-measure)", "adjusted Rand index", "homogeneity", "completeness", "purity")
_TRIPLES = 20_000


def topics_found(known: Aligned, rng: np.random.Generator) -> Measure:
    """Agreement of levels with topics and with categories, topics within each language, and the hierarchy's order."""
    topics, names = known.codes(lambda of: of.topic)
    categories, of_categories = known.codes(known.category)
    languages, of_languages = known.codes(lambda of: of.language)
    at = nearest_level(known, len(names))
    lines = _agreement(known, "topics", topics, at, rng)
    lines += _agreement(known, "categories", categories, nearest_level(known, len(of_categories)), rng)
    lines.append(order_found(known, topics, categories, rng))
    if len(of_languages) > 1:
        labels = known.items.labels[0]
        (mixed,) = of_figures(
            lambda some: [agreement_of(contingency(languages[some], labels[some])).nmi],
            known.items.conversations,
            rng,
        )
        lines.append(line("base clusters with languages, NMI", mixed, of=about(len(labels), "conversations")))
        lines += _by_language(known, topics, languages, of_languages, at, rng)
    notes = [
        "NMI with languages is 0 where clusters go by topic alone. Within a language: its own conversations only.",
        (
            "Order: of three conversations of different topics, two of them of one category, how often these two meet "
            "further down the hierarchy than either meets the third; where all meet at once, a third. "
            f"{_TRIPLES:,} drawn."
        ),
    ]
    return judged("topics", lines, notes=notes)


def nearest_level(known: Aligned, groups: int) -> int:
    """The level whose number of clusters is nearest to that of the groups, by ratio."""
    return min(range(len(known.items.labels)), key=lambda level: abs(math.log(len(known.items.sums[level]) / groups)))


def order_found(known: Aligned, topics: Rows, categories: Rows, rng: np.random.Generator) -> Line:
    """How often two conversations of one category meet further down than with one of another; see the notes."""
    n = len(topics)
    one, other, third = (rng.integers(n, size=_TRIPLES) for _ in range(3))
    usable = (categories[one] == categories[other]) & (topics[one] != topics[other])
    usable &= categories[third] != categories[one]
    one, other, third = one[usable], other[usable], third[usable]
    if not len(one):
        return Line("order of topics in the hierarchy", None, of="There are no such three conversations.", share=True)
    together, apart = _meet(known, one, other), np.minimum(_meet(known, one, third), _meet(known, other, third))
    right = (together < apart) + (together == apart) / 3
    # Triples share conversations: those with the same first one go together.
    share = of_mean(right.astype(np.float64), known.items.conversations[one], rng)
    return line("order of topics in the hierarchy", share, of=f"{len(right):,} triples", chance=1 / 3, share=True)


def _meet(known: Aligned, one: Rows, other: Rows) -> NDArray[np.int64]:
    """The lowest level at which each pair is in one cluster; the number of levels where at none."""
    labels = known.items.labels
    found = np.full(len(one), len(labels), dtype=np.int64)
    for level in reversed(range(len(labels))):
        found[labels[level][one] == labels[level][other]] = level
    return found


def _agreement(known: Aligned, what: str, truth: Rows, at: int, rng: np.random.Generator) -> list[Line]:
    items, lines = known.items, []
    for level in sorted(range(len(items.labels)), key=lambda level: (level != at, level)):
        found = items.labels[level].astype(np.int64)

        def figures(some: Rows, found: Rows = found) -> Sequence[float]:
            return agreement_of(contingency(truth[some], found[some]))

        of = f"{len(items.sums[level]):,} clusters"
        lines += [
            line(f"{what}, level {level}, {name}", interval, of=of, least=-1 if "Rand" in name else 0)
            for name, interval in zip(_FIGURES, of_figures(figures, items.conversations, rng), strict=True)
        ]
    return lines


def _by_language(
    known: Aligned, topics: Rows, languages: Rows, names: list[str], at: int, rng: np.random.Generator
) -> list[Line]:
    labels, lines = known.items.labels[at].astype(np.int64), []
    for number, name in enumerate(names):
        mine = np.flatnonzero(languages == number)
        what = f"topics, within {name}, level {at}, NMI"
        if not known.evidence.enough(mine):
            lines.append(Line(what, None, of="Too few people for a figure about them."))
            continue

        def figures(some: Rows, mine: Rows = mine) -> list[float]:
            return [agreement_of(contingency(topics[mine[some]], labels[mine[some]])).nmi]

        (found,) = of_figures(figures, known.items.conversations[mine], rng)
        lines.append(line(what, found, of=about(len(mine), "conversations")))
    return lines
