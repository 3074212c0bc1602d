"""The hierarchy over named clusters: levels that a model builds, or that vectors do where none arranges."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clioscope.hierarchy import Described, JudgedArranger, arrange, by_falling_size
from clioscope.naming import Child, JudgedNamer, Titled
from clioscope.pipeline.areas import names_on_top, planned_by_area, shares_of_areas
from clioscope.pipeline.context import Context, Found
from clioscope.pipeline.grouping import Labels, base_clusters, in_place, levels_asked, planned, write_tree
from clioscope.pipeline.judged import judged, read_titles, write_titles
from clioscope.pipeline.population import Population
from clioscope.prompting import Prompts

_SAME_NAME, _SAME_PLACE = 0.93, 0.75
"""Cosines of name with description, and of centroid, from which two clusters count as one."""


def tree(context: Context, people: Population, prompts: Prompts) -> Found:
    """Join near-duplicate clusters, and build the levels above them: by a model, or by vectors where none arranges."""
    judges = context.judges
    assert judges is not None
    by_model = judges.has("arrange")
    inputs = {
        "the clusters": context.key("Clustering"),
        "the names": context.key("Naming"),
        "the hierarchy": levels_asked(context),
        "the rounding": context.config.thresholds.rounding,
        "the models": [context.config.models.get("arrange"), context.config.models["name"]],
        "the prompts": prompts.version(*JudgedArranger.PROMPTS, *JudgedNamer.PROMPTS),
        "whether near-duplicates are joined": not (context.config.clusters or context.config.hierarchy),
        "the seed": context.config.seed,
    }

    def make() -> Found:
        builder = _Builder(context, prompts, by_model)
        builder.join_duplicates()
        builder.build()
        top = builder.write(people)
        return {
            "levels": [len(level) for level in builder.names],
            "areas": in_place(names_on_top(context, builder.areas, builder.parents), top),
            "joined": builder.joined,
            "placed_without_the_model": builder.fell_back,
        }

    return context.stage(context.name("Arranging"), inputs, make)


class _Builder:
    """The hierarchy while it grows: ``names`` a level, ``parents`` a level but the top."""

    def __init__(self, context: Context, prompts: Prompts, by_model: bool) -> None:
        self._context, self._by_model = context, by_model
        self._namer = JudgedNamer(prompts)
        self._arranger = JudgedArranger(prompts, context.embedder.embed, context.config.seed)
        base = base_clusters(context)
        self._labels, self._centroids, self.areas = base
        self._sizes = np.bincount(self._labels, minlength=len(self._centroids)).astype(np.int64)
        self.names = read_titles(context, "titles.json")
        self.parents: list[Labels] = []
        self.joined = self.fell_back = 0

    def join_duplicates(self) -> None:
        """Near-duplicates would share a parent and split its readers; joined, each is counted whole.

        Not where the user said how many clusters there are to be.
        """
        config = self._context.config
        titles = self.names[0]
        said = {i: f"{title.name}. {title.description}" for i, title in enumerate(titles) if title is not None}
        known = list(said)
        if config.clusters or config.hierarchy or len(known) < 2:
            return
        vectors = self._context.embedder.embed(list(said.values()))
        into = np.arange(len(titles))
        for place, i in enumerate(known):
            for earlier in range(place):
                j = known[earlier]
                if self.areas is not None and self.areas[i] != self.areas[j]:
                    continue
                alike = float(vectors[place] @ vectors[earlier]) >= _SAME_NAME or _same(titles[i], titles[j])
                if alike and float(self._centroids[i] @ self._centroids[j]) >= _SAME_PLACE:
                    into[i] = into[j]
                    break
        self._join(into)

    def _join(self, into: NDArray[np.int64]) -> None:
        kept = np.unique(into)
        self.joined = len(into) - len(kept)
        if not self.joined:
            return
        place = np.full(len(into), -1, dtype=np.int32)
        place[kept] = np.arange(len(kept), dtype=np.int32)
        group = place[into]
        sums = np.zeros((len(kept), self._centroids.shape[1]), dtype=np.float64)
        np.add.at(sums, group, self._centroids * self._sizes[:, None])
        self._centroids = (sums / np.linalg.norm(sums, axis=1, keepdims=True)).astype(np.float32)
        sizes = np.bincount(group, weights=self._sizes).astype(np.int64)
        order = np.lexsort((np.arange(len(sizes)), -sizes))
        rank = np.empty(len(order), dtype=np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        self._labels = rank[group][self._labels]
        self._centroids, self._sizes = self._centroids[order], sizes[order]
        self.names = [[self.names[0][kept[i]] for i in order]]
        if self.areas is not None:
            self.areas = self.areas[kept][order]

    def build(self) -> None:
        """Level by level, to the top."""
        areas = self.areas
        k = len(self._centroids)
        levels = (
            planned(self._context, k) if areas is None else planned_by_area(self._context, k, len(np.unique(areas)))
        )
        exactly = self._context.config.hierarchy is not None or self._context.config.top_clusters is not None
        sizes, centroids = self._sizes, self._centroids
        for number, wanted in enumerate(levels[1:], 1):
            at_the_top = number == len(levels) - 1
            below = self.names[-1]
            if wanted >= len(below) and (areas is None or not at_the_top):
                continue
            if areas is not None and at_the_top:
                present = np.unique(areas)
                parents = np.searchsorted(present, areas).astype(np.int32)
                proposed = [self._context.config.areas[int(area)].name for area in present]
            elif areas is not None:
                parents, proposed = self._within_areas(below, sizes, centroids, wanted, exactly, areas)
            else:
                parents, proposed = self._level(below, sizes, centroids, wanted, exactly)
            parents, proposed = _ranked(parents, proposed, sizes)
            self.parents.append(parents)
            self.names.append(self._titled(parents, proposed, below, sizes))
            if areas is not None:
                of = np.empty(len(proposed), dtype=np.int32)
                of[parents] = areas
                areas = of
            sizes, centroids = _above(parents, sizes, centroids)

    def _within_areas(
        self,
        below: Sequence[Titled | None],
        sizes: NDArray[np.int64],
        centroids: NDArray[np.float32],
        wanted: int,
        exactly: bool,
        areas: Labels,
    ) -> tuple[Labels, list[str]]:
        parents = np.empty(len(below), dtype=np.int32)
        names: list[str] = []
        for area, share in shares_of_areas(wanted, areas).items():
            inside = np.flatnonzero(areas == area)
            some = [below[i] for i in inside.tolist()]
            within, proposed = self._level(some, sizes[inside], centroids[inside], share, exactly)
            parents[inside] = within + len(names)
            names.extend(proposed)
        return parents, names

    def _level(
        self,
        below: Sequence[Titled | None],
        sizes: NDArray[np.int64],
        centroids: NDArray[np.float32],
        wanted: int,
        exactly: bool,
    ) -> tuple[Labels, list[str]]:
        judges = self._context.judges
        assert judges is not None
        if self._by_model and len(below) > 1:
            described = [Described(*title) if title else Described("Unnamed cluster", "") for title in below]
            stage = self._context.name("Arranging")
            arranged = self._arranger.level(
                described, sizes, wanted, exactly, lambda works: judges.judge("arrange", works, stage)
            )
            self.fell_back += arranged.fell_back
            return arranged.parents, arranged.names
        parents = (
            arrange(centroids, sizes, [len(below), wanted])[0]
            if len(below) > wanted
            else np.arange(len(below), dtype=np.int32)
        )
        names = []
        for number in range(int(parents.max()) + 1):
            inside = np.flatnonzero(parents == number)
            largest = below[int(inside[sizes[inside].argmax()])]
            names.append(largest.name if largest else "Unnamed cluster")
        return parents, names

    def _titled(
        self, parents: Labels, proposed: Sequence[str], below: Sequence[Titled | None], sizes: NDArray[np.int64]
    ) -> list[Titled | None]:
        """Each group named anew from what it got. One that has a single child is called what that is called."""
        works, places = [], []
        above: list[Titled | None] = [None] * len(proposed)
        for number in range(len(proposed)):
            inside = np.flatnonzero(parents == number)
            inside = inside[np.argsort(-sizes[inside], kind="stable")]
            total = sizes[inside].sum()
            children = [Child(t, float(sizes[i] / total)) for i in inside.tolist() if (t := below[i]) is not None]
            if len(inside) == 1:
                above[number] = below[int(inside[0])]
                continue
            if not children:
                continue
            others = [name for i, name in enumerate(proposed) if i != number and name != proposed[number]]
            works.append(partial(self._namer.name_parent, children, others))
            places.append(number)
        for number, title in zip(places, judged(self._context, "name", "Naming groups", works), strict=True):
            above[number] = title if isinstance(title, Titled) else None
        return above

    def write(self, people: Population) -> Labels:
        """Keep the tree and its names in the vault, and return the number that each top cluster has there."""
        numbers = write_tree(self._context, people, self._labels, self._centroids, self.parents)
        names = [in_place(level, number) for level, number in zip(self.names, numbers, strict=True)]
        write_titles(self._context, "tree_titles.json", names)
        return numbers[-1]


def _same(one: Titled | None, other: Titled | None) -> bool:
    return one is not None and other is not None and one.name.casefold() == other.name.casefold()


def _ranked(parents: Labels, names: Sequence[str], sizes: NDArray[np.int64]) -> tuple[Labels, list[str]]:
    rank = by_falling_size(parents, sizes)
    ordered = [""] * len(names)
    for old, new in zip(parents.tolist(), rank.tolist(), strict=True):
        ordered[new] = names[old]
    return rank, ordered


def _above(
    parents: Labels, sizes: NDArray[np.int64], centroids: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    sums = np.zeros((int(parents.max()) + 1, centroids.shape[1]), dtype=np.float64)
    np.add.at(sums, parents, centroids * sizes[:, None])
    unit = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return np.bincount(parents, weights=sizes).astype(np.int64), unit.astype(np.float32)
