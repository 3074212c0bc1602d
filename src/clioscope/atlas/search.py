"""Finding clusters by their words and by what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clioscope.atlas.atlas import Atlas, Cluster

_WORD = re.compile(r"\w+")
_LEAST_SIMILARITY = 0.25


@dataclass(frozen=True)
class Hit:
    """A cluster that was found, and how well it fits: 0 to 1 by meaning, plus 1 where every word is there."""

    cluster: Cluster
    score: float


def search(atlas: Atlas, text: str, vector: NDArray[np.float32], limit: int) -> list[Hit]:
    """The clusters whose published name, terms or description fit ``text``, best first.

    Parameters
    ----------
    vector
        float32 [d]: ``text`` as a unit vector, by the embedder that the atlas names.
    limit
        At most so many. Those that share no word and little meaning are left out.
    """
    wanted = set(_WORD.findall(text.casefold()))
    table = atlas.search_vectors.to_arrow()
    vectors = np.array(table["vector"].to_pylist(), dtype=np.float32).reshape(-1, len(vector))
    similarity = dict(zip(table["cluster_id"].to_pylist(), (vectors @ vector).tolist(), strict=True))
    hits = []
    for cluster in atlas.walk():
        words = set(_WORD.findall(f"{cluster.name} {' '.join(cluster.terms)}".casefold()))
        has_all = bool(wanted) and wanted <= words
        if has_all or similarity[cluster.id] >= _LEAST_SIMILARITY:
            hits.append(Hit(cluster, similarity[cluster.id] + has_all))
    return sorted(hits, key=lambda hit: (-hit.score, hit.cluster.id))[:limit]
