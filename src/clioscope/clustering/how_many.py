"""How many base clusters: a stated rule, with figures beside it.

No criterion finds the number of topics reliably: silhouette and stability choose the fewest, gap and BIC the most, and
agreement with known topics is flat from 0.4 to 2.5 times their true number. So the rule says how large a cluster a
person can read and a threshold can bear, and the diagnostics let anyone judge it.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.base import ArrayVectors, Vectors, VectorStore, assign

_TIMES_THE_MINIMUM = 4
_SAMPLED = 8_000
_FACTORS = (0.25, 0.5, 1.0, 2.0)
_LEAST_SAMPLED_A_CLUSTER = 4
_QUARTILES = (0, 25, 50, 75, 100)


class ClusterCount(NamedTuple):
    """How many base clusters, and in words why."""

    k: int
    rule: str


def choose_k(
    n: int, min_conversations: int, *, clusters: int | None = None, cluster_size: int | None = None
) -> ClusterCount:
    """How many base clusters for ``n`` conversations.

    Parameters
    ----------
    min_conversations
        The least a cluster must hold. The default size is at least four times that, so that few are merged away and
        enough people are left to share the words of a name.
    clusters, cluster_size
        What the user asked for instead; at most one of them.
    """
    if clusters is not None:
        return ClusterCount(min(clusters, n), f"{clusters:,} clusters, as asked for")
    if cluster_size is not None:
        return ClusterCount(max(1, round(n / cluster_size)), f"{cluster_size:,} conversations a cluster, as asked for")
    root, least = math.sqrt(n), _TIMES_THE_MINIMUM * min_conversations
    size = max(root, least)
    why = f"the square root of {n:,}" if root >= least else f"four times the minimum of {min_conversations}"
    return ClusterCount(max(1, round(n / size)), f"about {size:,.0f} conversations a cluster: {why}")


def diagnostics(vectors: VectorStore, labels: NDArray[np.int32], centroids: Vectors, seed: int) -> dict[str, Any]:
    """Figures to judge the number of clusters by, from a sample of at most 16,000 vectors.

    Returns
    -------
    ``clusters``; the ``sizes``' quartiles; ``cohesion``, the mean cosine of members with their centroid; ``margin``,
    the quartiles of how far that is above the cosine with the nearest other centroid; and ``silhouette``: by number of
    clusters, the simplified silhouette (distance to the nearest against the second nearest centroid, -1 to 1) for the
    number chosen and for a quarter, half and twice as many.

    Notes
    -----
    Silhouettes compare only if they are come by alike: for every number, the chosen one too, centroids are found
    quickly on one half of the sample and judged on the other. Judged on what they were fitted to, more always look
    better.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(vectors), min(2 * _SAMPLED, len(vectors)), replace=False)).astype(np.int64)
    sample = vectors.take(rows)
    half = rng.permutation(len(sample))
    fitted, judged = sample[half[::2]], sample[half[1::2]]
    silhouettes = {}
    for factor in _FACTORS:
        k = round(len(centroids) * factor)
        if 2 <= k <= len(fitted) // _LEAST_SAMPLED_A_CLUSTER:
            silhouettes[str(k)] = _silhouette(judged, _quick_centroids(fitted, k, seed))
    names = ("least", "lower quartile", "median", "upper quartile", "most")
    sizes = np.percentile(np.bincount(labels, minlength=len(centroids)), _QUARTILES).astype(int).tolist()
    return {
        "clusters": len(centroids),
        "sizes": dict(zip(names, sizes, strict=True)),
        "cohesion": round(float(np.einsum("ij,ij->i", sample, centroids[labels[rows]]).mean()), 4),
        "margin": dict(zip(names, _margins(sample, labels[rows], centroids), strict=True)),
        "silhouette": silhouettes,
    }


def _margins(sample: Vectors, labels: NDArray[np.int32], centroids: Vectors) -> list[float]:
    """Quartiles; below 0 where merging has put a vector into a cluster that is not its nearest."""
    if len(centroids) < 2:
        return [0.0] * len(_QUARTILES)
    cosines = sample @ centroids.T
    rows = np.arange(len(sample))
    own = cosines[rows, labels]
    cosines[rows, labels] = -np.inf
    return [round(float(value), 4) for value in np.percentile(own - cosines.max(axis=1), _QUARTILES)]


def _silhouette(judged: Vectors, centroids: Vectors) -> float:
    found = assign(ArrayVectors(judged), centroids)
    near, far = 1 - found.similarity, 1 - found.similarity + found.margin
    return round(float(np.mean(np.where(far > 0, (far - near) / np.maximum(far, 1e-12), 0))), 4)


def _quick_centroids(sample: Vectors, k: int, seed: int) -> Vectors:
    kmeans = faiss.Kmeans(
        sample.shape[1],
        k,
        niter=8,
        seed=seed % 2**31,
        spherical=True,
        min_points_per_centroid=1,
        max_points_per_centroid=len(sample),
    )
    kmeans.train(sample)
    return np.asarray(kmeans.centroids, dtype=np.float32)
