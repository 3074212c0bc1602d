"""Whether the shares of known categories can be read off the clusters, as Clio was checked.

References
----------
Tamkin et al. (2024), arXiv 2412.13678: on 19,476 made-up conversations with a known distribution, where the top level
was given and clusters were put into it, 94% of the conversations were put where they belong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas import Cluster
from clioscope.embeddings import Embedder
from clioscope.evaluation.evidence import Evidence, about, is_named, unit
from clioscope.evaluation.intervals import of_figures, of_mean
from clioscope.evaluation.judged.plan import Plan
from clioscope.evaluation.judged.questions import Answers, Begin, JudgeOf, Key
from clioscope.evaluation.known.aligned import Aligned
from clioscope.evaluation.measure import Line, Measure, line
from clioscope.evaluation.rules import judged
from clioscope.synth.topics import Category

Placed = Mapping[str, str | None]
"""By the id of a base cluster, the key of its category; ``None`` where nobody can tell."""

_NOWHERE = -1


def reconstruction(known: Aligned, placed: Placed | None, embedder: Embedder, rng: np.random.Generator) -> Measure:
    """How many conversations are in a cluster whose category is theirs, by language too, and how far shares are right.

    The categories are given, with names and descriptions; clusters are put into them by what is published of them.
    """
    keys = list(known.truth.categories)
    by_embedding = placed is None
    where = by_name(known.evidence, known.truth.categories, embedder) if placed is None else placed
    at = np.array([_place(keys, where.get(of)) for of in _ids(known)], dtype=np.int64)
    found = at[known.items.labels[0]]
    true = np.array([keys.index(known.category(of)) for of in known.known], dtype=np.int64)
    languages, names = known.codes(lambda of: of.language)
    conversations = known.items.conversations

    def figures(some: NDArray[np.int64]) -> list[float]:
        right = found[some] == true[some]
        return [float(right.mean()), _shares_right(true[some], found[some], len(keys))]

    overall, shares = of_figures(figures, conversations, rng)
    of = about(len(found), "conversations")
    lines = [line("right", overall, of=of, share=True)]
    by_language = _by_language(known, found == true, languages, names, rng)
    told = [row for row in by_language if row.value is not None]
    if len(told) > 1:
        worst = min(told, key=lambda row: row.value or 0.0)
        lines.append(worst._replace(what=f"worst language ({worst.what})"))
    lines.append(line("shares of the categories", shares, of=of, share=True))
    lines += by_language if len(names) > 1 else []
    how = "by the embedding of what is published of both" if by_embedding else "by the judge"
    notes = [
        (
            f"The {len(keys)} categories are given, and each base cluster is put into one {how}. Conversations in "
            "clusters without a name count as wrong."
        ),
        "Shares of the categories: 1 minus half the sum of the differences between true and found shares.",
    ]
    return judged("reconstruction", lines, notes=notes)


def ask_where(plan: Plan, known: Aligned, judge: JudgeOf, embedder: Embedder, rng: np.random.Generator) -> None:
    """Have a judge say which category each base cluster is about, and conclude from that."""
    categories = {key: {"name": of.name, "description": of.description} for key, of in known.truth.categories.items()}
    named = [cluster for cluster in known.evidence.levels[0].values() if is_named(cluster)]
    questions: dict[Key, Begin] = {
        ("category", cluster.id): partial(judge.category, cluster, categories) for cluster in named
    }

    def conclude(answers: Answers) -> Measure:
        placed = {cluster.id: answers["category", cluster.id] for cluster in named}
        return reconstruction(known, placed, embedder, rng)

    plan.add(questions, conclude)


def by_name(evidence: Evidence, categories: Mapping[str, Category], embedder: Embedder) -> dict[str, str | None]:
    """The category whose name and description lie nearest to those of each base cluster; ``None`` without a name."""
    named = [cluster for cluster in evidence.levels[0].values() if is_named(cluster)]
    if not named:
        return {}
    keys = list(categories)
    ours = unit(embedder.embed([_told(cluster.name, cluster.description) for cluster in named]))
    theirs = unit(embedder.embed([_told(of.name, of.description) for of in categories.values()]))
    nearest = (ours @ theirs.T).argmax(axis=1)
    return {cluster.id: keys[int(place)] for cluster, place in zip(named, nearest, strict=True)}


def _told(name: str, description: str) -> str:
    return f"{name}. {description}"


def _ids(known: Aligned) -> list[str]:
    """The id of each base cluster by its number; empty where it was not released."""
    clusters: dict[int, Cluster] = known.evidence.levels[0]
    return [clusters[i].id if i in clusters else "" for i in range(len(known.items.sums[0]))]


def _place(keys: list[str], key: str | None) -> int:
    return _NOWHERE if key is None else keys.index(key)


def _shares_right(true: NDArray[np.int64], found: NDArray[np.int64], count: int) -> float:
    """1 minus the total variation distance; what is nowhere counts as a share of its own."""
    shares = [np.bincount(of - _NOWHERE, minlength=count + 1) / len(of) for of in (true, found)]
    return float(1 - np.abs(shares[0] - shares[1]).sum() / 2)


def _by_language(
    known: Aligned,
    right: NDArray[np.bool_],
    languages: NDArray[np.int64],
    names: list[str],
    rng: np.random.Generator,
) -> list[Line]:
    lines = []
    for number, name in enumerate(names):
        mine = np.flatnonzero(languages == number)
        if not known.evidence.enough(mine):
            lines.append(Line(name, None, of="Too few people for a figure about them.", share=True))
            continue
        found = of_mean(right[mine].astype(np.float64), known.items.conversations[mine], rng)
        lines.append(line(name, found, of=about(len(mine), "conversations"), share=True))
    return lines
