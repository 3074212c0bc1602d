"""Embedding what is answered while the rest is still asked: waiting for a model leaves the processors idle."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from clioscope.embeddings import Embedder
from clioscope.facets import Facets

AT_ONCE = 250
"""Texts that are embedded together. The slices are always the same: which texts share a batch shows in the last bits of
their vectors."""

_MOST_BYTES = 64 << 20
"""Of vectors in memory that nobody has fetched yet. Texts beyond that are embedded when their turn comes."""

Rows = NDArray[np.float16]


def slices(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts of one part, as they are embedded."""
    for start in range(0, len(texts), AT_ONCE):
        yield texts[start : start + AT_ONCE]


class Ahead:
    """Vectors that are made in the background, in memory alone, until they are fetched.

    Parameters
    ----------
    embedder
        What embeds, in two threads at once.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._threads = ThreadPoolExecutor(1, "embedding", _yield_to_others)
        self._made: dict[bytes, Future[Rows]] = {}
        self._most = _MOST_BYTES // (2 * embedder.dimension * AT_ONCE)

    def watch(self, facets: Iterable[str], rows: Iterable[Facets]) -> None:
        """Begin with every whole slice of the texts of one part's ``rows``, which come one after the other."""
        waiting: dict[str, list[str]] = {facet: [] for facet in facets}
        for row in rows:
            for facet, texts in waiting.items():
                text = None if row.failed else row.texts.get(facet)
                if text is not None:
                    texts.append(text)
                if len(texts) == AT_ONCE:
                    self._begin(tuple(texts))
                    texts.clear()
        for texts in waiting.values():
            if texts:
                self._begin(tuple(texts))

    def fetch(self, texts: Sequence[str]) -> Rows:
        """float16 [n, d]: the vectors of one slice, made now where nobody has begun."""
        future = self._made.pop(_key(texts), None)
        return self._embed(texts) if future is None or future.cancel() else future.result()

    def stop(self) -> None:
        """Begin nothing any more. What was begun ends."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, texts: Sequence[str]) -> None:
        if len(self._made) < self._most:
            self._made[_key(texts)] = self._threads.submit(self._embed, texts)

    def _embed(self, texts: Sequence[str]) -> Rows:
        return self._embedder.embed(texts).astype(np.float16)


def _key(texts: Sequence[str]) -> bytes:
    digest = hashlib.sha256()
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big") + content)
    return digest.digest()


def _yield_to_others() -> None:
    """Let answers that arrive be taken first."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
