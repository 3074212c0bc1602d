"""Which clusters hold words, and which mean something near."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.explorer.schemas import Cluster, Found

_WORD = re.compile(r"\w+")
_LEAST_SIMILARITY = 0.25
_IN_NAME, _IN_TERMS, _IN_DESCRIPTION = 1.0, 0.9, 0.75


def by_words(clusters: Sequence[Cluster], query: str) -> list[Found]:
    """The clusters that hold every word of ``query``, best first: in the name, with the terms, with the description."""
    words = _WORD.findall(query.casefold())
    if not words:
        return []
    found = []
    for cluster in clusters:
        text = ""
        parts = ((_IN_NAME, cluster.name), (_IN_TERMS, " ".join(cluster.terms)), (_IN_DESCRIPTION, cluster.description))
        for score, part in parts:
            text = f"{text} {part.casefold()}"
            if all(_holds(text, word) for word in words):
                found.append((score, cluster))
                break
    found.sort(key=lambda hit: (-hit[0], -(hit[1].conversations or 0), hit[1].id))
    return [Found(id=cluster.id, score=score, by="words") for score, cluster in found]


def by_meaning(ids: Sequence[str], vectors: NDArray[np.float32], query: NDArray[np.float32]) -> list[Found]:
    """The clusters whose name and terms mean something near, nearest first.

    Parameters
    ----------
    vectors
        float32 [n, d], unit length, one a cluster.
    query
        float32 [d], unit length.
    """
    if not len(ids) or vectors.shape[1] != len(query):
        return []
    similarity = np.nan_to_num(vectors @ query).clip(0, 1)
    order = np.lexsort((np.arange(len(ids)), -similarity))
    return [
        Found(id=ids[place], score=float(similarity[place]), by="meaning")
        for place in order.tolist()
        if similarity[place] >= _LEAST_SIMILARITY
    ]


def _holds(text: str, word: str) -> bool:
    """Whether a word of ``text`` begins with ``word``; anywhere in scripts that do not part words by spaces."""
    if not word.isascii():
        return word in text
    return re.search(rf"(?<!\w){re.escape(word)}", text) is not None
