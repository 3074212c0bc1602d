"""Clusters vectors as another system does, in an environment of its own; see quality_peers.py.

``python peer_runner.py METHOD VECTORS.npy TEXTS.json LABELS.npz SEED`` writes int32 arrays, ``layer_0`` the finest, -1
for what the method leaves out, and prints as JSON seconds, the peak of memory, and the names of the finest clusters, or
null where only a model could name them.
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
Names = list[str] | None

TOP_CLUSTERS = 10
"""What a hierarchy that can be cut anywhere is cut into, ours among them."""


def bertopic(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> tuple[Layers, Names]:
    """BERTopic as its README uses it, with vectors given and UMAP's seed fixed."""
    model, labels = _bertopic(vectors, texts, seed)
    return [labels, *_above(model, texts, labels)], _words(model, labels)


def bertopic_all(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> tuple[Layers, Names]:
    """The same, with its outliers put into the topic whose embedding is nearest (its ``reduce_outliers``)."""
    model, labels = _bertopic(vectors, texts, seed)
    names = _words(model, labels)
    if (labels < 0).all() or (labels >= 0).all():
        return [labels, *_above(model, texts, labels)], names
    reduced = model.reduce_outliers(list(texts), labels.tolist(), strategy="embeddings", embeddings=vectors)
    every = np.array(reduced, dtype=np.int32)
    return [every, *_above(model, texts, every)], names


def _words(model: Any, labels: NDArray[np.int32]) -> Names:
    """The names that BERTopic shows, four words each."""
    return [" ".join(word for word, _ in model.get_topic(topic)[:4]) for topic in range(int(labels.max()) + 1)]


def _above(model: Any, texts: Sequence[str], labels: NDArray[np.int32]) -> Layers:
    """Its ``hierarchical_topics``, without the merges that would leave fewer than ten."""
    topics = int(labels.max()) + 1
    if topics <= TOP_CLUSTERS:
        return []
    merges = model.hierarchical_topics(list(texts)).sort_values("Distance", kind="stable")
    parent = np.arange(topics)
    for members in merges["Topics"].tolist()[: topics - TOP_CLUSTERS]:
        parent[members] = min(members)
    _, numbered = np.unique(parent, return_inverse=True)
    above = np.full(len(labels), -1, dtype=np.int32)
    above[labels >= 0] = numbered[labels[labels >= 0]]
    return [above]


def _bertopic(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> tuple[Any, NDArray[np.int32]]:
    from bertopic import BERTopic
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(umap_model=reducer, embedding_model=None)
    labels, _ = model.fit_transform(list(texts), embeddings=vectors)
    return model, np.array(labels, dtype=np.int32)


def kura(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> tuple[Layers, Names]:
    """Kura's default clustering of summaries, from its own package: k-means, ten a cluster. It takes no seed."""
    from kura.k_means import KmeansClusteringMethod

    items = [{"embedding": row.tolist(), "item": i} for i, row in enumerate(vectors)]
    np.random.seed(seed)  # what its k-means draws from
    labels = np.full(len(vectors), -1, dtype=np.int32)
    for number, members in KmeansClusteringMethod().cluster(items).items():
        labels[members] = number
    return [labels], None


def open_clio(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> tuple[Layers, Names]:
    """The base clusters of LangChain's open-clio: scikit-learn's k-means, ten starts, the square root of n clusters."""
    from sklearn.cluster import KMeans

    k = min(int(math.sqrt(len(vectors))), len(vectors) // 3)
    labels = KMeans(n_clusters=k, random_state=seed, n_init=10, max_iter=300).fit_predict(vectors)
    return [labels.astype(np.int32)], None


def toponymy(vectors: NDArray[np.float32], texts: Sequence[str], seed: int) -> tuple[Layers, Names]:
    """The clusterer of Toponymy on UMAP's two dimensions, as its README does it."""
    from toponymy import ToponymyClusterer
    from umap import UMAP

    flat = UMAP(metric="cosine", random_state=seed).fit_transform(vectors)
    clusterer = ToponymyClusterer(min_clusters=4)
    clusterer.fit(flat, vectors)
    return [np.array(layer.cluster_labels, dtype=np.int32) for layer in clusterer.cluster_layers_], None


METHODS: dict[str, Callable[[NDArray[np.float32], Sequence[str], int], tuple[Layers, Names]]] = {
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
    layers, names = METHODS[method](points, said, int(seed))
    seconds = time.perf_counter() - begin
    named: dict[str, Any] = {f"layer_{number}": labels for number, labels in enumerate(layers)}
    np.savez(out, **named)
    print(json.dumps({"seconds": round(seconds, 2), "peak_mb": round(peak_mb()), "names": names}))


if __name__ == "__main__":
    main()
