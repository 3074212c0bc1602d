"""Names without a model, against true labels: the share of names nearest to their cluster's majority label.

Run: ``python -m benchmarks.quality_names [--data FOLDER] [--cache FOLDER] [--seeds N] [--only DATA]``
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import Labelled, arguments, load
from benchmarks.results import publish, table
from clioscope.clustering import ArrayVectors, Least, SphericalKMeans, assign, merge_small
from clioscope.embeddings import MiniLMEmbedder, Vectors
from clioscope.hierarchy import arrange
from clioscope.naming import ClusterName, LocalNamer, Member

MIN_USERS, MIN_CONVERSATIONS = 10, 15
MOST_MEMBERS = 400
TOP_CLUSTERS = 10
EXAMPLES = 12


class Task(NamedTuple):
    """A data set, its true number of clusters, and what is asked for (per cent: nearest, among five)."""

    data: str
    k: int
    floors: tuple[str, str] = ("", "")
    goals: tuple[str, str] = ("", "")


TASKS = [Task("clinc150", 150, ("73", "89"), ("80", "93")), Task("banking77", 77), Task("hwu64", 64)]


class Clusters:
    """All texts by cluster, none with a user: each conversation counts as one."""

    def __init__(self, texts: Sequence[str], labels: NDArray[np.int32], k: int) -> None:
        self._texts = [[Member(texts[i], None) for i in np.flatnonzero(labels == c)[:MOST_MEMBERS]] for c in range(k)]

    def __len__(self) -> int:
        return len(self._texts)

    def members(self, cluster: int) -> Sequence[Member]:
        """See :class:`clioscope.naming.ClusterTexts`."""
        return self._texts[cluster]


class Result(NamedTuple):
    """Shares of clusters, 0 to 1, and (name, majority label) of each."""

    first: float
    five: float
    unnamed: float
    top: float
    examples: list[list[str]]


def measure(found: Labelled, k: int, seed: int, embedder: MiniLMEmbedder) -> Result:
    vectors = ArrayVectors(found.vectors)
    centroids = SphericalKMeans().fit(vectors, k, seed)
    merged = merge_small(assign(vectors, centroids).labels, None, centroids, Least(MIN_USERS, MIN_CONVERSATIONS))
    labels, centroids = merged.labels, merged.centroids
    clusters = Clusters(found.texts, labels, len(centroids))
    namer = LocalNamer(embedder)
    names = namer.name(clusters, centroids, min_support=MIN_USERS)
    ranks = np.array(ranks_of(spoken(names), labels, [row["intent"] for row in found.labels], embedder))
    top = float("nan")
    if "domain" in found.labels[0]:
        sizes = np.bincount(labels, minlength=len(centroids))
        parents = arrange(centroids, sizes, [len(centroids), TOP_CLUSTERS])[0]
        below = [np.flatnonzero(parents == p).tolist() for p in range(TOP_CLUSTERS)]
        above = namer.name_parents(below, clusters, centroids, min_support=MIN_USERS)
        top = float(np.mean(np.array(ranks_of(spoken(above), parents[labels], domains(found), embedder)) == 0))
    majority = majorities(labels, [row["intent"] for row in found.labels])
    examples = [[name.name or "(no safe name)", label] for name, label in zip(names, majority, strict=True)]
    unnamed = float(np.mean([name.name is None for name in names]))
    return Result(float(np.mean(ranks == 0)), float(np.mean(ranks < 5)), unnamed, top, examples)


def spoken(names: Sequence[ClusterName]) -> list[str | None]:
    return [name.name for name in names]


def domains(found: Labelled) -> list[str]:
    return [row["domain"] for row in found.labels]


def majorities(labels: NDArray[np.int32], truth: Sequence[str]) -> list[str]:
    counts = [Counter[str]() for _ in range(int(labels.max()) + 1)]
    for cluster, label in zip(labels.tolist(), truth, strict=True):
        counts[cluster][label] += 1
    return [max(sorted(count), key=count.__getitem__) for count in counts]


def ranks_of(
    names: Sequence[str | None], labels: NDArray[np.int32], truth: Sequence[str], embedder: MiniLMEmbedder
) -> list[int]:
    """How many labels are nearer to each name than the majority label; a cluster without a name is a miss."""
    every = sorted(set(truth))
    spelled: Vectors = embedder.embed([label.replace("_", " ") for label in every])
    near = embedder.embed([name or "" for name in names]) @ spelled.T
    majority = majorities(labels, truth)
    return [
        int((row > row[every.index(label)]).sum()) if name else len(every)
        for name, row, label in zip(names, near, majority, strict=True)
    ]


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=[task.data for task in TASKS])
    options = parser.parse_args()
    embedder = MiniLMEmbedder()
    lines, shown = [], []
    for task in TASKS:
        if options.only and task.data not in options.only:
            continue
        found = load(options.data, options.cache, task.data)
        results = [measure(found, task.k, seed, embedder) for seed in range(options.seeds)]
        cells = [[f"{100 * value:.1f}" for value in result[:4]] for result in results]
        means = [f"{100 * np.mean([result[i] for result in results]):.1f}" for i in range(4)]
        means[3] = "" if means[3] == "nan" else means[3]
        spread = [f"{min(column)} to {max(column)}" for column in zip(*cells, strict=True)]
        lines.append(
            [task.data, str(task.k), f"{means[0]} ({spread[0]})", f"{means[1]} ({spread[1]})", means[2], means[3]]
            + [" and ".join(filter(None, pair)) for pair in (task.floors, task.goals)]
        )
        every = results[0].examples
        shown += [[task.data, *every[i]] for i in np.linspace(0, len(every) - 1, EXAMPLES).astype(int)]
    header = ["data", "k", "nearest label, % (range)", "among five, % (range)", "unnamed, %"]
    header += ["ten parents by domain, %", "floors", "goals"]
    note = (
        f"Means over {options.seeds} seeds; every shown word is in at least {MIN_USERS} conversations of its cluster."
    )
    publish("names", header, lines, options.save, notes=[note])
    print(table(["data", "name", "majority label"], shown))


if __name__ == "__main__":
    main()
