"""Positions: exact sizes from the places of clusters on the map, and from the order of the rows.

Where a cluster lies in the mean of those below it, weighted with exact sizes, every axis of the map is an equation of
these sizes. Rounding leaves a few values to each, and mostly one combination of them fits. And where rows with equal
figures are in the order of exact sizes, their order says which is larger.

The attacker does not know how the atlas was made, and tries it: where one value alone fits, it is taken for the size.
Where places come from other figures something may fit by chance, so that only hits beyond guessing count as a leak.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.attacks.finding import Finding, Rate, Trial
from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.published import Minimums, Published, number_of
from clioscope.attacks.static.recount import tally
from clioscope.attacks.static.truth import Truth
from clioscope.privacy.counting import some
from clioscope.progress import Progress
from clioscope.vault.files import read_array

NAME = "positions"
_QUESTION = "Do the places of clusters on the map, or the order of the rows, tell how large clusters are exactly?"

_BY_CHANCE = 1e-3
"""What guessing does less often than this is no guessing."""

_COMBINATIONS = 1 << 18
"""Of half of the clusters under one: more are not tried."""

_PAIRS = 1 << 22
"""Combinations of both halves that are looked at. Where so many did not settle anything, nothing is settled."""

_SHUFFLES = 9_999

Sizes = NDArray[np.int64]
Places = NDArray[np.float64]


class Map(NamedTuple):
    """What an attacker sees of one level: float64 [k, 2] places, and how far each may be from where it should be."""

    places: Places
    off: float


class Solved(NamedTuple):
    """How many sizes are not told by their figure, for how many a single one fits, how many of those are right.

    ``guess``: the share that guessing within the rounding would get right of those for which one fits.
    """

    unknown: int
    settled: int
    right: int
    guess: float

    @property
    def told(self) -> bool:
        """Whether it is more than guessing."""
        return bool(self.settled) and Rate(self.right, self.settled).by_chance(min(self.guess, 1.0)) < _BY_CHANCE

    def trial(self, layers: str) -> Trial:
        """For the report."""
        rate = Rate(self.right, self.unknown) if self.unknown else None
        return Trial(
            "exact sizes from places",
            layers,
            rate,
            figures=[("sizes for which one value fits", self.settled)],
            private=True,
        )


class Ordered(NamedTuple):
    """Pairs of clusters with one figure and different sizes, and those of which the larger one stands first.

    ``chance``: how often an order that was drawn at random has as many.
    """

    pairs: int
    right: int
    chance: float

    @property
    def told(self) -> bool:
        """Whether it is more than chance."""
        return self.chance < _BY_CHANCE

    def trial(self, layers: str) -> Trial:
        """For the report."""
        rate = Rate(self.right, self.pairs) if self.pairs else None
        return Trial("the larger of two, from their order", layers, rate, guess=0.5, private=True)


def examine(evidence: Evidence, progress: Progress) -> Finding:
    """Solve for the sizes and compare the order, on places and an order from exact sizes, and on the published ones."""
    published, truth = evidence.published, evidence.truth
    if truth is None:
        return Finding(NAME, _QUESTION, "not tried", evidence.missing)
    exact = _exact(truth, published)
    with progress.stage("Solving for sizes", 2, "maps") as work:
        solved, ordered = _without_protection(evidence, exact)
        trials = [solved.trial("nothing"), ordered.trial("nothing")]
        work.advance(1)
        solved, ordered = _solved(published, _seen(published), exact), _ordered(published, exact)
        trials += [solved.trial("the gate"), ordered.trial("the gate")]
        work.advance(1)
    told = _sentence(solved, ordered)
    if not published.minimums.promised:
        return Finding(NAME, _QUESTION, "reported", f"This profile promises nothing. {told}", trials)
    return Finding(NAME, _QUESTION, "leaked" if solved.told or ordered.told else "held", told, trials)


def _sentence(solved: Solved, ordered: Ordered) -> str:
    order = (
        f"of about {some(ordered.pairs):,} pairs with equal figures the larger one stands first in "
        f"{some(ordered.right):,}"
    )
    beyond = "more than" if ordered.told else "as by"
    if solved.told:
        places = (
            f"The exact sizes of {some(solved.right):,} of {solved.unknown:,} clusters can be solved for from their "
            "places"
        )
    else:
        places = f"Of {solved.unknown:,} rounded sizes the places of clusters tell none"
    return f"{places}; {order}, {beyond} chance."


def _exact(truth: Truth, published: Published) -> list[Sizes]:
    """int64 [k] a level: the conversations of each cluster."""
    found = []
    for labels, k in zip(truth.labels, published.sizes, strict=True):
        counts = tally(truth, labels.astype(np.int64))
        sizes = np.zeros(max(k, int(labels.max(initial=0)) + 1), dtype=np.int64)
        sizes[counts.key] = counts.conversations
        found.append(sizes[:k])
    return found


def _seen(published: Published) -> list[Map]:
    """The published places. What lies on the grid may come from anywhere in its cell."""
    found, grid = [], int(published.atlas.about["map_grid"])
    for level, k in enumerate(published.sizes):
        places = np.zeros((k, 2))
        for row in published.clusters:
            if row["level"] == level:
                places[number_of(row["id"])] = row["x"], row["y"]
        on_grid = bool((places * grid % 1 == 0.5).all())
        found.append(Map(places, 0.5 / grid if on_grid else _single(places)))
    return found


def _single(places: Places) -> float:
    """How far a number may be from itself as it is written, with 24 bits."""
    return float(np.abs(places).max(initial=0)) * 2.0**-23


def _without_protection(evidence: Evidence, exact: Sequence[Sizes]) -> tuple[Solved, Ordered]:
    """Places as means by exact sizes, and an order by exact sizes."""
    published = evidence.published
    places = read_array(evidence.home.assignments / "centres.npy").astype(np.float64)
    maps = [Map(places, _single(places))]
    for sizes, parents in zip(exact, published.parents[:-1], strict=False):
        below = maps[-1].places
        whole = np.bincount(parents, weights=sizes)
        means = np.stack([np.bincount(parents, weights=sizes * below[:, axis]) / whole for axis in (0, 1)], axis=1)
        maps.append(Map(means.astype(np.float32).astype(np.float64), _single(means)))
    runs = [-np.sort(-sizes[same]) for _, same, sizes in _alike(published, exact)]
    return _solved(published, maps, exact), compared(runs)


def _solved(published: Published, maps: Sequence[Map], exact: Sequence[Sizes]) -> Solved:
    """Every family of a cluster and those below it by itself."""
    spans = _spans(published)
    unknown = settled = right = 0
    guess = 0.0
    for level, parents in enumerate(published.parents[:-1]):
        low, high = spans[level]
        for parent in range(published.sizes[level + 1]):
            below = np.flatnonzero(parents == parent)
            whole = spans[level + 1]
            only = _only(
                (low[below], high[below]),
                (int(whole[0][parent]), int(whole[1][parent])),
                maps[level].places[below] - maps[level + 1].places[parent],
                maps[level].off + maps[level + 1].off,
            )
            open_ = high[below] > low[below]
            unknown += int(open_.sum())
            found = open_ & (only >= 0)
            settled += int(found.sum())
            right += int((found & (only == exact[level][below])).sum())
            guess += float((1 / (high - low + 1)[below][found]).sum())
    return Solved(unknown, settled, right, guess / max(settled, 1))


def _spans(published: Published) -> list[tuple[Sizes, Sizes]]:
    """What the figures of each level leave open."""
    least: Minimums = published.minimums
    found = []
    for level, k in enumerate(published.sizes):
        figures = np.zeros(k, dtype=np.int64)
        for row in published.clusters:
            if row["level"] == level:
                figures[number_of(row["id"])] = row["conversations"]
        span = published.span(figures, least.cluster_conversations)
        found.append((span.low, span.high))
    return found


def _only(each: tuple[Sizes, Sizes], whole: tuple[int, int], apart: Places, off: float) -> Sizes:
    """int64 [n]: the one size of each cluster that fits, -1 where several or none do.

    All combinations of both halves are made, and those looked up that meet in the first axis.

    Parameters
    ----------
    each, whole
        The least and the most of the clusters, and of all together.
    apart
        float64 [n, 2]: from the cluster above to each; times the sizes they come to 0.
    off
        How far each of ``apart`` may be from what it should be.
    """
    none = np.full(len(apart), -1, dtype=np.int64)
    half = _half(each)
    if len(apart) < 2 or half is None:
        return none
    one, other = (_combinations(each[0][part], each[1][part]) for part in (slice(half), slice(half, None)))
    ones, others = one @ apart[:half], other @ apart[half:]
    order = np.argsort(others[:, 0])
    other, others = other[order], others[order]
    slack = off * whole[1]
    first = np.searchsorted(others[:, 0], -ones[:, 0] - slack)
    last = np.searchsorted(others[:, 0], -ones[:, 0] + slack, side="right")
    low, high = np.full(len(apart), np.iinfo(np.int64).max), none.copy()
    looked = 0
    for row in np.flatnonzero(last > first).tolist():
        near = slice(first[row], last[row])
        total = one[row].sum() + other[near].sum(axis=1)
        fits = (np.abs(ones[row, 1] + others[near, 1]) <= slack) & (total >= whole[0]) & (total <= whole[1])
        looked += last[row] - first[row]
        if fits.any():
            mine = other[near][fits]
            low = np.minimum(low, np.concatenate([one[row], mine.min(axis=0)]))
            high = np.maximum(high, np.concatenate([one[row], mine.max(axis=0)]))
            if (low < high)[each[1] > each[0]].all():
                return none
        if looked > _PAIRS:
            return none
    return np.where(low == high, low, none)


def _half(each: tuple[Sizes, Sizes]) -> int | None:
    """Where to part the clusters so that either half has few combinations; ``None`` where both cannot."""
    many = np.log2(each[1] - each[0] + 1)
    largest = [max(many[:i].sum(), many[i:].sum()) for i in range(len(many) + 1)]
    half = int(np.argmin(largest))
    return half if largest[half] <= np.log2(_COMBINATIONS) else None


def _combinations(low: Sizes, high: Sizes) -> Sizes:
    """int64 [combinations, n]: every value of each with every value of the others."""
    if not len(low):
        return np.zeros((1, 0), dtype=np.int64)
    values = [np.arange(least, most + 1) for least, most in zip(low.tolist(), high.tolist(), strict=True)]
    return np.stack([axis.ravel() for axis in np.meshgrid(*values, indexing="ij")], axis=1)


def _alike(published: Published, exact: Sequence[Sizes]) -> Iterator[tuple[int, Sizes, Sizes]]:
    """Clusters of a level with one figure, in the order of their rows; with the sizes of the level."""
    for level, sizes in enumerate(exact):
        rows = [row for row in published.clusters if row["level"] == level]
        for figure in sorted({row["conversations"] for row in rows}):
            same = [number_of(row["id"]) for row in rows if row["conversations"] == figure]
            yield level, np.array(same, dtype=np.int64), sizes


def _ordered(published: Published, exact: Sequence[Sizes]) -> Ordered:
    return compared([sizes[same] for _, same, sizes in _alike(published, exact)])


def compared(runs: Sequence[Sizes]) -> Ordered:
    """How many pairs are in order, and how often that is so by chance.

    Parameters
    ----------
    runs
        The exact sizes of clusters with one figure, in the order in which they stand.
    """
    runs = [run for run in runs if len(np.unique(run)) > 1]
    found = [_in_order(run[None]) for run in runs]
    pairs, right = sum(differ for differ, _ in found), sum(int(first[0]) for _, first in found)
    rng = np.random.default_rng(0)
    drawn = np.zeros(_SHUFFLES, dtype=np.int64)
    for run in runs:
        drawn += _in_order(rng.permuted(np.tile(run, (_SHUFFLES, 1)), axis=1))[1]
    return Ordered(pairs, right, float((1 + (drawn >= right).sum()) / (1 + _SHUFFLES)))


def _in_order(runs: Sizes) -> tuple[int, Sizes]:
    """Of rows of sizes the pairs that differ, and of each row those of which the larger one is first."""
    right = np.zeros(len(runs), dtype=np.int64)
    differ = 0
    for place in range(runs.shape[1] - 1):
        right += (runs[:, place, None] > runs[:, place + 1 :]).sum(axis=1)
        differ += int((runs[0, place] != runs[0, place + 1 :]).sum())
    return differ, right
