"""The embedder seam: texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""float32 [n, d]; each row has unit length."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their cosine similarity."""

    @property
    def name(self) -> str:
        """Identifies the model and its version. A changed name means that vectors must be made again."""

    @property
    def dimension(self) -> int:
        """The number of columns, d."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed ``texts``.

        Returns
        -------
        float32 [len(texts), d], unit length, in the order given. An empty text gives a valid vector too.
        """
