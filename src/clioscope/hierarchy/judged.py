"""A level of the hierarchy that a language model builds, as in Clio (arXiv 2412.13678, appendix G)."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy.answers import Choice, Names, choice_model, names_model
from clioscope.models.judge import Work
from clioscope.prompting import Prompts, Unanswered, ask
from clioscope.prompting.asking import Question
from clioscope.ward import Labels, ward

T = TypeVar("T")

Vectors = NDArray[np.float32]

_NEIGHBOURHOOD, _SMALLEST, _LARGEST = 40, 10, 60
"""Clusters that are shown together: about so many, as in Clio, and so many at least and at most."""

_NEAR_BY = 10
_TOKENS_A_NAME = 40
_LOWEST, _HIGHEST = 0.5, 1.5
"""A count may lie so far from its target, as in Clio."""


class Described(NamedTuple):
    """A cluster of the level below."""

    name: str
    description: str


class Arranged(NamedTuple):
    """One level above another.

    ``parents`` int32 [n]: the group of each cluster; every group has one. ``names``: what each group was called when it
    was proposed, the best that there is until it is named from what it got. ``fell_back``: decisions that the model
    gave no usable answer to and that were taken by embedding instead.
    """

    parents: Labels
    names: list[str]
    fell_back: int


class Asking(Protocol):
    """Runs works and gives their results, in order."""

    def __call__(self, works: Callable[[], Iterable[Work[T]]]) -> Iterator[T]:
        """See :class:`clioscope.models.judge.Judge`."""


class JudgedArranger:
    """Proposes groups for each neighbourhood of clusters, makes one list of them, and sorts the clusters one by one.

    Parameters
    ----------
    embed
        Texts to unit vectors, float32 [n, d].
    seed
        Of the shuffles.
    """

    PROMPTS = ("propose", "merge", "assign", "repair")
    _PROPOSE = Question("arrange", "propose", 300, 0.7)
    _MERGE = Question("arrange", "merge", 300, 0.5)
    _ASSIGN = Question("arrange", "assign", 160, 0.2)

    def __init__(self, prompts: Prompts, embed: Callable[[Sequence[str]], Vectors], seed: int) -> None:
        self._prompts, self._embed, self._seed = prompts, embed, seed

    def level(
        self, clusters: Sequence[Described], sizes: NDArray[np.int64], wanted: int, exactly: bool, asking: Asking
    ) -> Arranged:
        """Arrange ``clusters`` into about ``wanted`` groups.

        Parameters
        ----------
        sizes
            int64 [n]: conversations in each cluster.
        exactly
            Whether there must be ``wanted`` groups and no other number.
        """
        if wanted <= 1:
            return Arranged(np.zeros(len(clusters), dtype=np.int32), [clusters[int(sizes.argmax())].name], 0)
        vectors = self._embed([f"{c.name}. {c.description}" for c in clusters])
        names, fell_back = self._names(clusters, vectors, sizes, wanted, exactly, asking)
        parents, unsorted = self._sorted_in(clusters, vectors, names, asking)
        parents, names = _without_empty(parents, names)
        if exactly or len(names) < 2 or len(names) >= len(clusters):
            parents, names = _made_to(wanted, parents, names, vectors, sizes)
        return Arranged(parents, names, fell_back + unsorted)

    def _names(
        self,
        clusters: Sequence[Described],
        vectors: Vectors,
        sizes: NDArray[np.int64],
        wanted: int,
        exactly: bool,
        asking: Asking,
    ) -> tuple[list[str], int]:
        """Distinct names for the groups, and how many of the questions for them got no usable answer."""
        parts = neighbourhoods(vectors)
        bounds = _Bounds.about(wanted, len(clusters) - 1, exactly)
        if len(parts) == 1:
            (answer,) = asking(lambda: [self._propose(clusters, [], bounds)])
            if not isinstance(answer, Unanswered):
                return _distinct(answer.names), 0
            return self._nearest_to_middle(clusters, vectors, sizes, wanted), 1
        works = [self._propose_for(part, clusters, vectors, wanted) for part in parts]
        answers = list(asking(lambda: (self._propose(*work) for work in works)))
        proposed = _distinct(
            name
            for part, answer in zip(parts, answers, strict=True)
            for name in (
                answer.names if isinstance(answer, Names) else [clusters[int(part[sizes[part].argmax()])].name]
            )
        )
        failed = sum(isinstance(answer, Unanswered) for answer in answers)
        if len(proposed) <= bounds.fewest:
            return proposed, failed
        (merged,) = asking(lambda: [self._merge(proposed, bounds)])
        if isinstance(merged, Names):
            return _distinct(merged.names), failed
        titles = [Described(name, "") for name in proposed]
        ones = np.ones(len(proposed), dtype=np.int64)
        return self._nearest_to_middle(titles, self._embed(proposed), ones, wanted), failed + 1

    def _propose_for(
        self, part: NDArray[np.int64], clusters: Sequence[Described], vectors: Vectors, wanted: int
    ) -> tuple[list[Described], list[Described], _Bounds]:
        centre = vectors[part].mean(axis=0)
        near = np.argsort(-(vectors @ centre).round(3), kind="stable")
        inside = set(part.tolist())
        outside = [int(i) for i in near if int(i) not in inside][:_NEAR_BY]
        share = max(1, round(wanted * len(part) / len(clusters)))
        bounds = _Bounds.about(share, len(part), exactly=False)
        return [clusters[i] for i in part.tolist()], [clusters[i] for i in outside], bounds

    def _propose(
        self, clusters: Sequence[Described], outside: Sequence[Described], bounds: _Bounds
    ) -> Work[Names | Unanswered]:
        return (
            yield from ask(
                self._prompts,
                self._PROPOSE._replace(max_tokens=300 + _TOKENS_A_NAME * bounds.most),
                names_model(bounds.fewest, bounds.most),
                clusters=[c._asdict() for c in clusters],
                others=[c.name for c in outside],
                **bounds._asdict(),
            )
        )

    def _merge(self, proposed: Sequence[str], bounds: _Bounds) -> Work[Names | Unanswered]:
        shuffled = list(proposed)
        self._random("merge", *proposed).shuffle(shuffled)
        return (
            yield from ask(
                self._prompts,
                self._MERGE._replace(max_tokens=300 + _TOKENS_A_NAME * bounds.most),
                names_model(bounds.fewest, bounds.most),
                proposals=shuffled,
                **bounds._asdict(),
            )
        )

    def _sorted_in(
        self, clusters: Sequence[Described], vectors: Vectors, names: Sequence[str], asking: Asking
    ) -> tuple[Labels, int]:
        """The group of each cluster, and how many the model could not place."""
        nearest = (vectors @ self._embed(names).T).argmax(axis=1)
        orders = [self._shuffled(len(names), "assign", *cluster) for cluster in clusters]
        choices = asking(
            lambda: (self._assign(c, [names[i] for i in order]) for c, order in zip(clusters, orders, strict=True))
        )
        parents = np.empty(len(clusters), dtype=np.int32)
        unsorted = 0
        for number, (choice, order) in enumerate(zip(choices, orders, strict=True)):
            if isinstance(choice, Unanswered):
                parents[number] = nearest[number]
                unsorted += 1
            else:
                parents[number] = order[int(choice.group[1:]) - 1]
        return parents, unsorted

    def _assign(self, cluster: Described, groups: Sequence[str]) -> Work[Choice | Unanswered]:
        listed = {f"g{number}": name for number, name in enumerate(groups, 1)}
        return (
            yield from ask(
                self._prompts, self._ASSIGN, choice_model(len(groups)), cluster=cluster._asdict(), groups=listed
            )
        )

    def _shuffled(self, count: int, *about: str) -> list[int]:
        order = list(range(count))
        self._random(*about).shuffle(order)
        return order

    def _random(self, *about: str) -> random.Random:
        digest = hashlib.sha256("\0".join([str(self._seed), *about]).encode("utf-8", "surrogatepass")).digest()
        return random.Random(digest)

    def _nearest_to_middle(
        self, clusters: Sequence[Described], vectors: Vectors, sizes: NDArray[np.int64], wanted: int
    ) -> list[str]:
        """Names without the model: of each group of neighbours, that of its largest cluster."""
        where = ward(vectors, sizes, [min(wanted, len(clusters))])[0]
        return _distinct(
            clusters[int(part[sizes[part].argmax()])].name
            for part in (np.flatnonzero(where == number) for number in range(int(where.max()) + 1))
        )


class _Bounds(NamedTuple):
    wanted: int
    fewest: int
    most: int

    @classmethod
    def about(cls, wanted: int, limit: int, exactly: bool) -> _Bounds:
        if exactly:
            return cls(wanted, wanted, wanted)
        most = max(1, min(limit, math.ceil(wanted * _HIGHEST)))
        return cls(min(wanted, most), max(1, min(most, math.floor(wanted * _LOWEST))), most)


def neighbourhoods(vectors: Vectors) -> list[NDArray[np.int64]]:
    """Clusters that lie together, about forty each: those of one neighbourhood are shown to the model at once."""
    parts = [np.arange(len(vectors), dtype=np.int64)]
    while (largest := max(parts, key=len)).size > _LARGEST:
        pieces = math.ceil(len(largest) / _NEIGHBOURHOOD)
        where = ward(vectors[largest], np.ones(len(largest), dtype=np.int64), [pieces])[0]
        parts = [part for part in parts if part is not largest]
        parts += [largest[where == number] for number in range(pieces)]
    while len(parts) > 1 and (smallest := min(parts, key=len)).size < _SMALLEST:
        others = [part for part in parts if part is not smallest and len(part) + len(smallest) <= _LARGEST]
        if not others:
            break
        middle = vectors[smallest].mean(axis=0)
        nearest = max(others, key=lambda part: float(middle @ vectors[part].mean(axis=0)))
        parts = [part for part in parts if part is not smallest and part is not nearest]
        parts.append(np.sort(np.concatenate([nearest, smallest])))
    return sorted(parts, key=lambda part: int(part[0]))


def _distinct(names: Iterable[str]) -> list[str]:
    return list({name.casefold(): name for name in reversed(list(names))}.values())[::-1]


def _without_empty(parents: Labels, names: Sequence[str]) -> tuple[Labels, list[str]]:
    used, place = np.unique(parents, return_inverse=True)
    return place.astype(np.int32), [names[i] for i in used.tolist()]


def _made_to(
    wanted: int, parents: Labels, names: list[str], vectors: Vectors, sizes: NDArray[np.int64]
) -> tuple[Labels, list[str]]:
    """Split the group with the most clusters, or join the smallest with its nearest, until there are ``wanted``."""
    wanted = min(wanted, len(parents))
    while len(names) < wanted:
        counts = np.bincount(parents)
        largest = np.flatnonzero(parents == int(counts.argmax()))
        halves = ward(vectors[largest], sizes[largest], [2])[0]
        parents = parents.copy()
        parents[largest[halves == 1]] = len(names)
        names = [*names, names[int(counts.argmax())]]
    while len(names) > wanted:
        weights = np.bincount(parents, weights=sizes, minlength=len(names))
        middles = np.stack([vectors[parents == number].mean(axis=0) for number in range(len(names))])
        smallest = int(weights.argmin())
        nearness = middles @ middles[smallest]
        nearness[smallest] = -np.inf
        parents, names = _without_empty(np.where(parents == smallest, int(nearness.argmax()), parents), names)
    return parents.astype(np.int32), names
