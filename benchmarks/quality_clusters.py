"""How well clusters and hierarchies match known topics: means over seeds, plain k-means beside.

Run: python -m benchmarks.quality_clusters, or with --first-seed 5 --seeds 12 for seeds that nothing was chosen on.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.data import Labelled, arguments, load
from benchmarks.results import publish
from clioscope.clustering import ArrayVectors, SphericalKMeans, assign, choose_k
from clioscope.config import PROFILES
from clioscope.evaluation.agreement import agreement, codes
from clioscope.hierarchy import arrange

Labels = NDArray[np.int32]


def plain_k_means(vectors: NDArray[np.float32], k: int, seed: int) -> Labels:
    kmeans = faiss.Kmeans(
        vectors.shape[1], k, niter=25, seed=seed + 1, spherical=True, min_points_per_centroid=1,
        max_points_per_centroid=len(vectors),
    )  # fmt: skip
    kmeans.train(vectors)
    nearest: Labels = kmeans.index.search(vectors, 1)[1][:, 0].astype(np.int32)
    return nearest


def ours(vectors: NDArray[np.float32], k: int, seed: int) -> Labels:
    store = ArrayVectors(vectors)
    return assign(store, SphericalKMeans().fit(store, k, seed)).labels


def our_top(vectors: NDArray[np.float32], k: int, top: int, seed: int) -> Labels:
    store = ArrayVectors(vectors)
    centroids = SphericalKMeans().fit(store, k, seed)
    labels = assign(store, centroids).labels
    (parents,) = arrange(centroids, np.bincount(labels, minlength=len(centroids)), [len(centroids), top])
    return parents[labels]


def measured(truth: list[str], seeds: range, cluster: Callable[[int], Labels]) -> tuple[str, str]:
    known = codes(truth)
    found = [agreement(known, cluster(seed)) for seed in seeds]
    nmi, ari = [each.nmi for each in found], [each.ari for each in found]
    return f"{np.mean(nmi):.3f} ± {np.std(nmi):.3f}", f"{np.mean(ari):.3f}"


def single_domain(data: Labelled) -> NDArray[np.int64]:
    return np.array([i for i, labels in enumerate(data.labels) if len(labels["domains"]) == 1], dtype=np.int64)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds to take the mean over")
    parser.add_argument("--first-seed", type=int, default=0)
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.seeds)
    lines = [line for part in (base_lines, top_lines, sgd_lines) for line in part(options.data, options.cache, seeds)]
    header = ["data", "what", "k", "ours NMI", "ours ARI", "k-means NMI", "k-means ARI", "floor (goal)"]
    publish("clusters", header, lines, options.save)
    chosen = chosen_lines(options.data, options.cache)
    publish("chosen-number", ["data", "n", "true k", "chosen k", "rule"], chosen, options.save)


def base_lines(folder: Path, cache: Path, seeds: range) -> list[list[str]]:
    lines = []
    for name, k, key, bound in (
        ("clinc150", 150, "intent", "0.885 (0.90)"),
        ("banking77", 77, "intent", "0.78 (0.80)"),
        ("hwu64", 64, "intent", ""),
    ):
        data = load(folder, cache, name)
        truth = [labels[key] for labels in data.labels]
        mine = measured(truth, seeds, partial(ours, data.vectors, k))
        plain = measured(truth, seeds, partial(plain_k_means, data.vectors, k))
        lines.append([name, f"base against {key}", str(k), *mine, *plain, bound])
    return lines


def top_lines(folder: Path, cache: Path, seeds: range) -> list[list[str]]:
    lines = []
    for name, k, top, bound in (("clinc150", 150, 10, "0.57 (0.65)"), ("hwu64", 64, 18, "")):
        data = load(folder, cache, name)
        truth = [labels["domain"] for labels in data.labels]
        mine = measured(truth, seeds, partial(our_top, data.vectors, k, top))
        plain = measured(truth, seeds, partial(plain_k_means, data.vectors, top))
        lines.append([name, "top against domain", str(top), *mine, *plain, bound])
    return lines


def sgd_lines(folder: Path, cache: Path, seeds: range) -> list[list[str]]:
    """Our top clusters of the request facet against k-means at the same k on the first message alone."""
    whole, first = load(folder, cache, "sgd"), load(folder, cache, "sgd", first_only=True)
    rows = single_domain(whole)
    truth = [whole.labels[i]["domains"][0] for i in rows]
    top = len(set(truth))
    base = choose_k(len(rows), PROFILES["default"].conversations).k
    mine = measured(truth, seeds, lambda seed: our_top(whole.vectors[rows], base, top, seed))
    plain = measured(truth, seeds, lambda seed: plain_k_means(first.vectors[rows], top, seed))
    return [["sgd, one domain", "top against domains", str(top), *mine, *plain, "beat k-means"]]


def chosen_lines(folder: Path, cache: Path) -> list[list[str]]:
    lines = []
    for name, truth in (("clinc150", 150), ("banking77", 77)):
        n = len(load(folder, cache, name).texts)
        chosen = choose_k(n, PROFILES["default"].conversations)
        lines.append([name, f"{n:,}", str(truth), str(chosen.k), chosen.rule])
    return lines


if __name__ == "__main__":
    main()
