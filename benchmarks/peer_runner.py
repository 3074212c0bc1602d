"""Clusters vectors as another system does, in an environment of its own; see quality_peers.py.

``python peer_runner.py METHOD VECTORS.npy TEXTS.json LABELS.npz SEED`` writes int32 arrays, ``layer_0`` the finest, -1
for what the method leaves out, and prints seconds and the peak of memory as JSON.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from memory import peak_mb
from numpy.typing import NDArray

Layers = list[NDArray[np.int32]]


def bertopic(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> Layers:
    """BERTopic as its README uses it, with vectors given and UMAP's seed fixed."""
    _, labels = _bertopic(vectors, texts, seed)
    return [labels]


def bertopic_all(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> Layers:
    """The same, with its outliers put into the topic whose embedding is nearest (its ``reduce_outliers``)."""
    model, labels = _bertopic(vectors, texts, seed)
    if (labels < 0).all() or (labels >= 0).all():
        return [labels]
    reduced = model.reduce_outliers(list(texts), labels.tolist(), strategy="embeddings", embeddings=vectors)
    return [np.array(reduced, dtype=np.int32)]


def _bertopic(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> tuple[Any, NDArray[np.int32]]:
    from bertopic import BERTopic
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(umap_model=reducer, embedding_model=None)
    labels, _ = model.fit_transform(list(texts), embeddings=vectors)
    return model, np.array(labels, dtype=np.int32)


def kura(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> Layers:
    """Kura's default clustering of summaries, from its own package: k-means, ten a cluster. It takes no seed."""
    from kura.k_means import KmeansClusteringMethod

    items = [{"embedding": row.tolist(), "item": i} for i, row in enumerate(vectors)]
    np.random.seed(seed)  # what its k-means draws from
    labels = np.full(len(vectors), -1, dtype=np.int32)
    for number, members in KmeansClusteringMethod().cluster(items).items():
        labels[members] = number
    return [labels]


def open_clio(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> Layers:
    """The base clusters of LangChain's open-clio: scikit-learn's k-means, ten starts, the square root of n clusters."""
    from sklearn.cluster import KMeans

    k = min(int(math.sqrt(len(vectors))), len(vectors) // 3)
    return [KMeans(n_clusters=k, random_state=seed, n_init=10, max_iter=300).fit_predict(vectors).astype(np.int32)]


def toponymy(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> Layers:
    """The clusterer of Toponymy on UMAP's two dimensions, as its README does it."""
    from toponymy import ToponymyClusterer
    from umap import UMAP

    flat = UMAP(metric="cosine", random_state=seed).fit_transform(vectors)
    clusterer = ToponymyClusterer(min_clusters=4)
    clusterer.fit(flat, vectors)
    return [np.array(layer.cluster_labels, dtype=np.int32) for layer in clusterer.cluster_layers_]


METHODS: dict[str, Callable[[NDArray[np.float32], Sequence[str], int], Layers]] = {
    "bertopic": bertopic,
    "bertopic_all": bertopic_all,
    "kura": kura,
    "open_clio": open_clio,
    "toponymy": toponymy,
}


def main() -> None:
    method, vectors, texts, out, seed = sys.argv[1:]
    points = np.load(vectors)
    said = json.loads(Path(texts).read_text(encoding="utf-8"))
    # Libraries that compile themselves when they are first called do so before the clock runs.
    warm = min(400, len(points))
    METHODS[method](points[:warm], said[:warm], int(seed))
    begin = time.perf_counter()
    layers = METHODS[method](points, said, int(seed))
    seconds = time.perf_counter() - begin
    named: dict[str, Any] = {f"layer_{number}": labels for number, labels in enumerate(layers)}
    np.savez(out, **named)
    print(json.dumps({"seconds": round(seconds, 2), "peak_mb": round(peak_mb())}))


if __name__ == "__main__":
    main()
