"""How many clusters different rules choose, and how well those agree with known topics.

``python -m benchmarks.number_of_clusters``, with ``--seeds 3`` for means over seeds. Every rule chooses among the same
numbers, all clustered by the same method on the same vectors, so that only the choice differs:

- ``ours``: the rule that ships, about the square root of n, at least four times the minimum of a cluster;
- ``square root of n/2``: an old rule of thumb (Mardia, Kent and Bibby 1979);
- ``silhouette``: the highest mean silhouette, by cosine (Rousseeuw 1987);
- ``stability``: the highest mean adjusted Rand index of clusterings of two halves, on all (after Ben-Hur et al. 2002);
- ``gap``: the gap statistic, against uniform data in the box of the principal axes (Tibshirani et al. 2001);
- ``BIC``: spherical normal clusters of one variance (Pelleg and Moore 2000);
- ``merging``: the most there are, those merged by Ward's method whose centroids have a cosine of 0.8 or more.

``best``: the number with the highest NMI, which only labels can tell. Of sib200 the labels are once the topics, and
once the sentences, each of which is there in many languages: one sentence belongs in one cluster.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import DATA, load
from benchmarks.results import add_save, publish
from clioscope.clustering import ArrayVectors, SphericalKMeans, assign, choose_k
from clioscope.config import PROFILES
from clioscope.embeddings import MiniLMEmbedder
from clioscope.evaluation.agreement import adjusted_rand, agreement, codes
from clioscope.evaluation.geometry.silhouette import silhouettes
from clioscope.synth.outlines import Outlines
from clioscope.synth.recipe import Recipe
from clioscope.synth.writing import write
from clioscope.ward import ward

Vectors = NDArray[np.float32]
Labels = NDArray[np.int32]

_GRID, _MOST_A_CLUSTER = 12, 200
_LEAST_A_CLUSTER = 8
_SAMPLED, _REFERENCES, _HALVES = 6_000, 3, 3
_MERGED_FROM = 0.8
_MOST = 20_000

SETS = (
    "clinc150",
    "banking77",
    "hwu64",
    "xsid07",
    "sgd",
    "sib200",
    "sib200-sentences",
    "synth-1000",
    "synth-5000",
    "synth-20000",
)


class Data(NamedTuple):
    """Vectors, float32 [n, d] unit length, and the label of each."""

    name: str
    vectors: Vectors
    labels: list[str]


class Tried(NamedTuple):
    """One number of clusters: float32 [k, d] centroids and int32 [n] labels."""

    k: int
    centroids: Vectors
    labels: Labels


Rule = Callable[[Data, Sequence[Tried], int], Tried]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cache", type=Path, default=Path(".cache"))
    parser.add_argument("--only", nargs="*", choices=SETS, default=SETS)
    parser.add_argument("--seeds", type=int, default=1)
    add_save(parser)
    given = parser.parse_args()
    lines: list[list[str]] = []
    summary: dict[str, list[tuple[float, ...]]] = {}
    for name in given.only:
        data = one_set(name, given.data, given.cache)
        for rule, (k, nmi, ari, seconds) in compared(data, range(given.seeds)).items():
            true = len(set(data.labels))
            lines.append([data.name, f"{len(data.labels):,}", str(true), rule, f"{k:.0f}", f"{nmi:.3f}", f"{ari:.3f}"])
            summary.setdefault(rule, []).append((nmi, ari, abs(math.log2(k / true)), seconds))
        print(f"{data.name} done", file=sys.stderr)
    publish("number-of-clusters", ["data", "n", "labels", "rule", "k", "NMI", "ARI"], lines, given.save)
    rows = []
    for rule, found in summary.items():
        nmi, ari, away, _ = np.mean(found, axis=0)
        seconds = sum(row[3] for row in found)
        rows.append([rule, f"{nmi:.3f}", f"{ari:.3f}", f"{away:.2f}", f"{seconds:.0f}"])
    rows.sort(key=lambda row: -float(row[1]))
    header = ["rule", "mean NMI", "mean ARI", "mean doublings away from the labels' number", "seconds to choose"]
    note = f"Means over {given.seeds} seeds." if given.seeds > 1 else "One seed."
    publish("number-of-clusters-rules", header, rows, given.save, notes=[note])


def one_set(name: str, folder: Path, cache: Path) -> Data:
    if name.startswith("synth-"):
        outlines = list(Outlines(Recipe(conversations=int(name[6:]), languages=("en",), groups=0)))
        texts = [write(outline).messages[0].content for outline in outlines]
        topics = [outline.topic.key for outline in outlines]
        return Data(f"synth, {len(texts):,}", MiniLMEmbedder().embed(texts), topics)
    found = load(folder, cache, "sib200" if name == "sib200-sentences" else name)
    if name == "sib200-sentences":
        return _limited(Data("sib200, sentences", found.vectors, [labels["parallel_key"] for labels in found.labels]))
    if name == "sgd":
        single = [i for i, labels in enumerate(found.labels) if len(labels["domains"]) == 1]
        return _limited(Data("sgd, one domain", found.vectors[single], [found.labels[i]["domains"][0] for i in single]))
    if name == "sib200":
        return _limited(Data("sib200, topics", found.vectors, [labels["topic"] for labels in found.labels]))
    return _limited(Data(name, found.vectors, [str(labels["intent"]) for labels in found.labels]))


def _limited(data: Data) -> Data:
    if len(data.labels) <= _MOST:
        return data
    rows = np.sort(np.random.default_rng(0).choice(len(data.labels), _MOST, replace=False))
    return Data(f"{data.name} ({_MOST:,} of them)", data.vectors[rows], [data.labels[i] for i in rows])


def compared(data: Data, seeds: range) -> dict[str, tuple[float, ...]]:
    """By rule the number of clusters, NMI, ARI, and the seconds of choosing; means over seeds."""
    found: dict[str, list[tuple[float, float, float, float]]] = {}
    truth = codes(data.labels)
    for seed in seeds:
        tried = [clustered(data.vectors, k, seed) for k in numbers(len(data.labels))]
        for name, choose in RULES.items():
            begin = time.perf_counter()
            chosen = choose(data, tried, seed)
            seconds = time.perf_counter() - begin
            score = agreement(truth, chosen.labels)
            found.setdefault(name, []).append((chosen.k, score.nmi, score.ari, seconds))
    return {name: tuple(np.mean(rows, axis=0).tolist()) for name, rows in found.items()}


def numbers(n: int) -> list[int]:
    """The numbers of clusters that rules choose among, evenly by ratio."""
    most = min(_MOST_A_CLUSTER * 2, n // _LEAST_A_CLUSTER)
    return sorted({round(k) for k in np.geomspace(4, most, _GRID)})


def clustered(vectors: Vectors, k: int, seed: int) -> Tried:
    store = ArrayVectors(vectors)
    centroids = SphericalKMeans().fit(store, k, seed)
    return Tried(len(centroids), centroids, assign(store, centroids).labels)


def ours(data: Data, tried: Sequence[Tried], seed: int) -> Tried:
    k = choose_k(len(data.labels), PROFILES["default"].conversations).k
    return clustered(data.vectors, k, seed)


def rule_of_thumb(data: Data, tried: Sequence[Tried], seed: int) -> Tried:
    return clustered(data.vectors, round(math.sqrt(len(data.labels) / 2)), seed)


def highest(score: Callable[[Data, Tried, int], float]) -> Rule:
    return lambda data, tried, seed: max(tried, key=lambda one: score(data, one, seed))


def _sample(n: int, seed: int, most: int = _SAMPLED) -> NDArray[np.int64]:
    return np.sort(np.random.default_rng(seed).choice(n, min(n, most), replace=False)).astype(np.int64)


def silhouette_of(data: Data, one: Tried, seed: int) -> float:
    vectors = data.vectors
    rows = _sample(len(vectors), seed)
    sums = np.zeros((one.k, vectors.shape[1]))
    np.add.at(sums, one.labels, vectors)
    sizes = np.bincount(one.labels, minlength=one.k).astype(np.int64)
    return float(silhouettes(vectors[rows], one.labels[rows], sums, sizes).mean())


def stability_of(data: Data, one: Tried, seed: int) -> float:
    """Cluster two halves, put everything into both, and compare."""
    rows = _sample(len(data.labels), seed)
    points, found = ArrayVectors(data.vectors[rows]), []
    for turn in range(_HALVES):
        order = np.random.default_rng([seed, turn]).permutation(len(rows))
        halves = [ArrayVectors(points.take(np.sort(order[side::2]))) for side in (0, 1)]
        labels = [assign(points, SphericalKMeans().fit(half, one.k, seed)).labels for half in halves]
        found.append(adjusted_rand(*labels))
    return float(np.mean(found))


def within(vectors: Vectors, centroids: Vectors, labels: Labels) -> float:
    """The sum of squared distances to the mean of the cluster."""
    means = np.zeros((len(centroids), vectors.shape[1]))
    np.add.at(means, labels, vectors)
    means /= np.maximum(np.bincount(labels, minlength=len(centroids)), 1)[:, None]
    return float(((vectors - means[labels]) ** 2).sum())


def by_gap(data: Data, tried: Sequence[Tried], seed: int) -> Tried:
    """The first number whose gap is no less than the next one's less its standard error."""
    points = data.vectors[_sample(len(data.labels), seed, _SAMPLED // 2)]
    mean = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - mean, full_matrices=False)
    turned = (points - mean) @ axes.T
    rng = np.random.default_rng(seed)
    references = []
    for _ in range(_REFERENCES):
        made = rng.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape) @ axes + mean
        references.append((made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32))
    gaps, errors = [], []
    for one in tried:
        mine = clustered(points, min(one.k, len(points) // 4), seed)
        logs = []
        for reference in references:
            made = clustered(reference, mine.k, seed)
            logs.append(math.log(within(reference, made.centroids, made.labels)))
        gaps.append(float(np.mean(logs)) - math.log(within(points, mine.centroids, mine.labels)))
        errors.append(float(np.std(logs)) * math.sqrt(1 + 1 / _REFERENCES))
    for i in range(len(tried) - 1):
        if gaps[i] >= gaps[i + 1] - errors[i + 1]:
            return tried[i]
    return tried[-1]


def bic_of(data: Data, one: Tried, seed: int) -> float:
    vectors = data.vectors
    n, d = vectors.shape
    sizes = np.bincount(one.labels, minlength=one.k)
    variance = within(vectors, one.centroids, one.labels) / (d * max(1, n - one.k))
    shares = sizes[sizes > 0]
    likelihood = float((shares * np.log(shares / n)).sum()) - n * d / 2 * math.log(2 * math.pi * variance)
    likelihood -= d * (n - one.k) / 2
    return float(likelihood - (one.k * (d + 1)) / 2 * math.log(n))


def merged(data: Data, tried: Sequence[Tried], seed: int) -> Tried:
    """Merge the most clusters there are, by Ward's method, for as long as two centroids are nearer than the limit."""
    most = tried[-1]
    sizes = np.bincount(most.labels, minlength=most.k).astype(np.float64)
    counts = list(range(most.k, 1, -1))
    for groups in ward(most.centroids, np.maximum(sizes, 1), counts):
        labels = groups[most.labels]
        k = int(groups.max()) + 1
        sums = np.zeros((k, data.vectors.shape[1]))
        np.add.at(sums, groups, most.centroids * sizes[:, None])
        centroids = (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)).astype(np.float32)
        cosines = centroids @ centroids.T
        np.fill_diagonal(cosines, -1)
        if cosines.max() < _MERGED_FROM:
            break
    return Tried(k, centroids, labels.astype(np.int32))


def best(data: Data, tried: Sequence[Tried], seed: int) -> Tried:
    truth = codes(data.labels)
    return max(tried, key=lambda one: agreement(truth, one.labels).nmi)


RULES: dict[str, Rule] = {
    "ours": ours,
    "square root of n/2": rule_of_thumb,
    "silhouette": highest(silhouette_of),
    "stability": highest(stability_of),
    "gap": by_gap,
    "BIC": highest(bic_of),
    "merging": merged,
    "best": best,
}


if __name__ == "__main__":
    main()
