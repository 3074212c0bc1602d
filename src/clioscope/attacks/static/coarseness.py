"""Coarseness of the map: bins that hold too few, or that are not what they say they are.

A bin is a box of one base cluster. Whoever is beyond the cluster's outer box counts at its edge, so that every member
is in exactly one bin.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.attacks.finding import Finding, Rate, Trial, Verdict
from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.published import Minimums, Published, number_of
from clioscope.attacks.static.recount import Tally, tally
from clioscope.attacks.static.truth import Truth
from clioscope.progress import Progress

NAME = "coarseness"
_QUESTION = "Does a place on the map show fewer people than any other figure may?"
_EDGES = ("x0", "y0", "x1", "y1")

Flags = NDArray[np.bool_]


class _Bins(NamedTuple):
    """The published bins: int64 [b] each, ``box`` int64 [b, 4]."""

    cluster: NDArray[np.int64]
    box: NDArray[np.int64]
    conversations: NDArray[np.int64]
    users: NDArray[np.int64]


class _Wrong(NamedTuple):
    """Bins that show too few, that are for a larger part one user's than may be, that overlap another of their cluster
    or leave the map, that show another number.
    """

    too_few: Flags
    one_user: Flags
    misplaced: Flags
    other: Flags

    def trial(self, layers: str) -> Trial:
        """For the report."""
        told = [
            ("show too few", int(self.too_few.sum())),
            ("mostly one user's", int(self.one_user.sum())),
            ("overlap or leave the map", int(self.misplaced.sum())),
            ("not the rounded count", int(self.other.sum())),
        ]
        return Trial("every bin of the map", layers, Rate(self.number, len(self.other)), figures=told)

    @property
    def number(self) -> int:
        """How many have one of these faults."""
        return int((self.too_few | self.one_user | self.misplaced | self.other).sum())


def examine(evidence: Evidence, progress: Progress) -> Finding:
    """Recount the bins, beside a map of one dot a place."""
    published, truth, trials = evidence.published, evidence.truth, []
    bins = _read(published.atlas.map.to_arrow())
    if len(bins.cluster) == 0:
        return Finding(NAME, _QUESTION, "not tried", "The map shows no bins, only where the clusters are.")
    with progress.stage("Recounting the map", 2, "maps") as work:
        grid = int(published.atlas.about["map_grid"])
        if truth is not None:
            trials.append(_dots(truth, published.minimums, grid))
        work.advance(1)
        wrong = _wrong(published, bins, truth, grid)
        trials.append(wrong.trial("the gate"))
        work.advance(1)
    told = f"{wrong.number:,} of {len(bins.cluster):,} bins of the map do not hold what is promised, or are wrong."
    if not wrong.number:
        told = f"All {len(bins.cluster):,} bins of the map hold what is promised, each of one cluster."
    if truth is None:
        told += f" {evidence.missing} So nothing was recounted."
    if not published.minimums.promised:
        return Finding(NAME, _QUESTION, "reported", f"This profile promises nothing. {told}", trials)
    return Finding(NAME, _QUESTION, _verdict(evidence, wrong), told, trials)


def _verdict(evidence: Evidence, wrong: _Wrong) -> Verdict:
    if wrong.number:
        return "leaked"
    return "held" if evidence.truth is not None else evidence.unseen


def _read(table: pa.Table) -> _Bins:
    clusters = np.array([number_of(cluster) for cluster in table["cluster_id"].to_pylist()], dtype=np.int64)
    box = np.stack([table[edge].to_numpy().astype(np.int64) for edge in _EDGES], axis=1)
    users = table["users"].fill_null(-1).to_numpy().astype(np.int64)
    return _Bins(clusters, box, table["conversations"].to_numpy().astype(np.int64), users)


def _wrong(published: Published, bins: _Bins, truth: Truth | None, grid: int) -> _Wrong:
    least, known = published.minimums, published.users_known
    misplaced = (bins.box < 0).any(axis=1) | (bins.box > grid).any(axis=1)
    misplaced |= (bins.box[:, :2] >= bins.box[:, 2:]).any(axis=1) | (bins.cluster >= published.sizes[0])
    for mine in _by_cluster(bins.cluster):
        misplaced[mine] |= _overlapping(bins.box[mine])
    if truth is None:
        few = bins.conversations < _rounded(np.int64(least.conversations), least)
        if known:
            few |= bins.users < _rounded(np.int64(least.users), least)
        return _Wrong(few, np.zeros_like(few), misplaced, bins.conversations % least.rounding != 0)
    exact = _recounted(bins, truth, grid)
    few = exact.conversations < least.conversations
    one_user = exact.most > least.share * exact.conversations
    other = _rounded(exact.conversations, least) != bins.conversations
    if known:
        few |= exact.users < least.users
        other |= _rounded(exact.users, least) != bins.users
    return _Wrong(few, one_user, misplaced, other)


def _rounded(counts: NDArray[np.int64] | np.int64, least: Minimums) -> NDArray[np.int64]:
    return np.asarray((counts + least.rounding // 2) // least.rounding * least.rounding)


def _recounted(bins: _Bins, truth: Truth, grid: int) -> Tally:
    """What each bin holds in truth; of a conversation with several items in a cluster the first is on the map."""
    key = np.full(len(truth.conversations), -1, dtype=np.int64)
    cells, first = _cells(truth, grid), _first(truth)
    order = np.argsort(truth.labels[0], kind="stable")
    starts = np.searchsorted(truth.labels[0][order], np.arange(int(truth.labels[0].max(initial=0)) + 2))
    for mine in _by_cluster(bins.cluster):
        cluster = bins.cluster[mine[0]]
        if cluster + 1 >= len(starts):
            continue
        members = order[starts[cluster] : starts[cluster + 1]]
        members = members[first[members]]
        box = bins.box[mine]
        inside = np.clip(cells[members], box[:, :2].min(0), box[:, 2:].max(0) - 1)
        reached, short = inside[:, None] >= box[None, :, :2], inside[:, None] < box[None, :, 2:]
        within: Flags = np.asarray((reached & short).all(axis=2))
        key[members] = np.where(within.any(axis=1), mine[within.argmax(axis=1)], -1)
    found = tally(truth, key)
    counts = np.zeros((3, len(bins.cluster)), dtype=np.int64)
    counts[:, found.key] = found[1:]
    return Tally(np.arange(len(bins.cluster)), *counts)


def _dots(truth: Truth, least: Minimums, grid: int) -> Trial:
    """A map with a dot wherever somebody of a cluster is."""
    cells, first = _cells(truth, grid), _first(truth)
    key = np.where(first, (truth.labels[0].astype(np.int64) * grid + cells[:, 0]) * grid + cells[:, 1], -1)
    found = tally(truth, key)
    few = found.conversations < max(least.conversations, 2)
    told = [("of one conversation", int((found.conversations == 1).sum()))]
    return Trial("a dot for every place", "nothing", Rate(int(few.sum()), len(few)), figures=told, private=True)


def _cells(truth: Truth, grid: int) -> NDArray[np.int64]:
    places: NDArray[np.float32] = np.nan_to_num(truth.positions * np.float32(grid))
    return np.clip(places, 0, grid - 1).astype(np.int64)


def _first(truth: Truth) -> Flags:
    """Which items are the first of their conversation in their cluster."""
    key = truth.labels[0].astype(np.int64) * (truth.conversations.max(initial=0) + 1) + truth.conversations
    first = np.zeros(len(key), dtype=np.bool_)
    first[np.unique(key, return_index=True)[1]] = True
    return first


def _by_cluster(clusters: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """The bins of each cluster."""
    order = np.argsort(clusters, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(clusters[order])) + 1)


def _overlapping(box: NDArray[np.int64]) -> Flags:
    """Which boxes have a cell in common with another."""
    low, high = np.maximum(box[:, None, :2], box[None, :, :2]), np.minimum(box[:, None, 2:], box[None, :, 2:])
    shared: Flags = np.asarray((low < high).all(axis=2))
    np.fill_diagonal(shared, False)
    return np.asarray(shared.any(axis=1))
