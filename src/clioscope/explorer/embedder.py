"""The embedder of searches, loaded when somebody first searches."""

from __future__ import annotations

import logging
import threading

import numpy as np
from numpy.typing import NDArray

from clioscope.embeddings import MiniLMEmbedder

_LOG = logging.getLogger("clioscope.explorer")


class LazyEmbedder:
    """Turns a query into a vector, where the model can be loaded on this machine."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: MiniLMEmbedder | None = None
        self._failed = False

    @property
    def name(self) -> str:
        """Which embedder it is: only vectors of the same one can be compared."""
        return MiniLMEmbedder.name

    def vector(self, text: str) -> NDArray[np.float32] | None:
        """float32 [d], unit length; ``None`` where the model cannot be loaded."""
        with self._lock:
            if self._loaded is None and not self._failed:
                try:
                    self._loaded = MiniLMEmbedder(threads=1)
                except Exception as error:  # whatever is broken about it, words can still be searched
                    self._failed = True
                    _LOG.warning("The embedder cannot be loaded (%r), so that searches go by words alone.", error)
        if self._loaded is None:
            return None
        vector: NDArray[np.float32] = self._loaded.embed([text])[0]
        return vector
