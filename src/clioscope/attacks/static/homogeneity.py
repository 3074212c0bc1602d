"""Homogeneity: groups whose members nearly all share a value, so that whoever knows that somebody is in it knows it.

No minimum of users prevents this, and no profile promises it: a group of a thousand may have one value.

References
----------
Machanavajjhala et al. (2007), "l-Diversity: Privacy Beyond k-Anonymity" (the homogeneity attack). Li, Li and
Venkatasubramanian (2007), "t-Closeness", for why the share among everybody is what to compare with.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np

from clioscope.atlas.schema import EVERYTHING
from clioscope.attacks.finding import Finding, Rate, Trial
from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.published import Published
from clioscope.attacks.static.recount import Codes, packed, tally
from clioscope.attacks.static.truth import Truth
from clioscope.progress import Progress

NAME = "homogeneity"
_QUESTION = "Does being in a group tell a value of its members, which nobody else would guess?"
_SOURCE = "Machanavajjhala et al. (2007), l-Diversity: Privacy Beyond k-Anonymity"
_NEARLY_ALL = 0.95
_SURPRISING = 0.5
"""A value that fewer of everybody have is news to whoever learns it."""


class Homogeneous(NamedTuple):
    """Of ``groups`` by attribute: where one value has nearly all, and where that value is otherwise rare."""

    groups: int
    nearly_all: int
    surprising: int

    def trial(self, setting: str, layers: str) -> Trial:
        """For the report."""
        rate = Rate(self.surprising, self.groups) if self.groups else None
        return Trial(
            setting, layers, rate, figures=[("nearly all share a value", self.nearly_all)], private=layers == "nothing"
        )


def examine(evidence: Evidence, progress: Progress) -> Finding:
    """Count such groups among those that are published, and among all that there are."""
    published, trials = evidence.published, []
    if not published.atlas.attributes:
        return Finding(NAME, _QUESTION, "not tried", "The atlas counts by no attribute.")
    with progress.stage("Comparing values", 2, "tables") as work:
        if evidence.truth is not None:
            off = Homogeneous._make(sum(column) for column in zip(*_of_all(evidence.truth), strict=True))
            trials.append(off.trial("all groups that hold somebody", "nothing"))
        work.advance(1)
        on = _of_published(published)
        trials.append(on.trial("published groups", "the noise" if published.noisy else "the gate"))
        work.advance(1)
    told = (
        f"In {on.nearly_all:,} of {on.groups:,} published groups {_NEARLY_ALL:.0%} or more of the members share a "
        f"value, in {on.surprising:,} one that fewer than half of everybody have. No profile promises otherwise."
    )
    return Finding(NAME, _QUESTION, "reported", told, trials, _SOURCE)


def _of_published(published: Published) -> Homogeneous:
    """A group is a cluster, or a value within one; its shares are those of another attribute."""
    sizes: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    for row in published.atlas.cube:
        named = [(row[f"attribute_{i}"], row[f"value_{i}"]) for i in (1, 2) if row[f"attribute_{i}"] is not None]
        sizes[row["cluster_id"], tuple(named)] = row["conversations"]
    whole = max(sizes.get((EVERYTHING, ()), 0), 1)
    largest: dict[tuple[str, tuple[tuple[str, str], ...], str], tuple[float, float]] = {}
    for (cluster, pairs), size in sizes.items():
        for name, value in pairs:
            rest = tuple(pair for pair in pairs if pair[0] != name)
            group = sizes.get((cluster, rest), 0)
            if cluster != EVERYTHING and group:
                usual = sizes.get((EVERYTHING, ((name, value),)), 0) / whole
                found = (min(1.0, size / group), usual)
                largest[cluster, rest, name] = max(found, largest.get((cluster, rest, name), (0.0, 1.0)))
    nearly = [usual for share, usual in largest.values() if share >= _NEARLY_ALL]
    return Homogeneous(len(largest), len(nearly), sum(usual < _SURPRISING for usual in nearly))


def _of_all(truth: Truth) -> Iterator[Homogeneous]:
    """The same of every group that holds somebody, of any size, from exact counts."""
    places = range(len(truth.attributes))
    chosen = [(a,) for a in places] + list(combinations(places, 2))
    for labels in truth.labels:
        for by in chosen:
            sizes = [int(labels.max(initial=0)) + 1, *(len(truth.attributes[a].values) for a in by)]
            codes = [labels, *(truth.attributes[a].codes for a in by)]
            cells = tally(truth, packed(codes, sizes))
            place = np.unravel_index(cells.key, sizes)
            for number, attribute in enumerate(by, 1):
                others = [i for i in range(len(sizes)) if i != number]
                group = np.ravel_multi_index([place[i] for i in others], [sizes[i] for i in others])
                yield _homogeneous(truth, attribute, group, place[number], cells.conversations)


def _homogeneous(
    truth: Truth,
    attribute: int,
    group: Codes,
    value: Codes,
    size: Codes,
) -> Homogeneous:
    codes = truth.attributes[attribute].codes
    usual = np.bincount(codes[codes >= 0], minlength=len(truth.attributes[attribute].values)) / max(len(codes), 1)
    _, number = np.unique(group, return_inverse=True)
    whole = np.bincount(number, weights=size)
    nearly = size >= _NEARLY_ALL * whole[number]
    return Homogeneous(len(whole), int(nearly.sum()), int((nearly & (usual[value] < _SURPRISING)).sum()))
