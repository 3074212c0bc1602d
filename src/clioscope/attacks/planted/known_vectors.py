"""An embedder that remembers what was embedded: attacks release the same texts again and again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clioscope.embeddings import Embedder, Vectors


class KnownVectors:
    """See :class:`clioscope.embeddings.Embedder`. Memory grows with the texts, by about 1 kB each.

    Parameters
    ----------
    embedder
        Is asked for the texts that are not known.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float16]] = {}

    @property
    def name(self) -> str:
        """Of the embedder that made the vectors."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """The number of columns."""
        return self._embedder.dimension

    def learn(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Remember ``vectors``, float32 [len(texts), d], unit length, of ``texts``."""
        self._known.update(zip(texts, vectors.astype(np.float16), strict=True))

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See :class:`clioscope.embeddings.Embedder`. As exact as what a vault keeps: float16."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self.learn(new, self._embedder.embed(new))
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        found = np.stack([self._known[text] for text in texts]).astype(np.float32)
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)
