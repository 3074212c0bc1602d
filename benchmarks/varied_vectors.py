"""Vectors of varied texts without a model: that of the text each was varied from, and a little noise.

Beside the base vectors it keeps the digests of their variants, 8 bytes each, so that what it needs does not grow with
the number of conversations.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clioscope.embeddings import MiniLMEmbedder, Vectors

TAILS = ("", " please", " thanks", " right now", " for me", " today", " if you can", " again", " quickly", " tomorrow")
NOISE = 0.3
"""The length of the noise, where vectors have 1: cosines with the base are about 0.96."""

_NOISES = 4_096
_FEWEST_WORDS = 5


def varied(texts: Sequence[str], n: int) -> Iterator[dict[str, Any]]:
    """``n`` conversations: every text in turn, with another ending each time round, of made-up users."""
    rng = random.Random(0)
    for number in range(n):
        words = texts[number % len(texts)].split()
        if number >= len(texts) and len(words) >= _FEWEST_WORDS:
            words.pop(rng.randrange(len(words)))
        content = " ".join(words) + rng.choice(TAILS)
        user = f"u{rng.randrange(max(1, n // 8))}"
        yield {"id": str(number), "user_id": user, "messages": [{"role": "user", "content": content}]}


class VariedVectors:
    """An embedder for the texts of :func:`varied`; any other text is embedded by the shipped model, and counted."""

    # Its vectors are of that model, and the local auditor takes no others.
    name = MiniLMEmbedder.name
    dimension = MiniLMEmbedder.dimension

    def __init__(self, base: Path) -> None:
        self._vectors: NDArray[np.float16] = np.load(base / "vectors.npy")
        texts = json.loads((base / "texts.json").read_text(encoding="utf-8"))
        found = {_digest(text): row for row, text in enumerate(texts) for text in _variants(text)}
        self._digests = np.array(sorted(found), dtype=np.uint64)
        self._rows = np.array([found[digest] for digest in self._digests.tolist()], dtype=np.int32)
        noise = np.random.default_rng(0).standard_normal((_NOISES, self.dimension)).astype(np.float32)
        self._noise = noise * (NOISE / 2**0.5 / np.linalg.norm(noise, axis=1, keepdims=True))
        self.computed = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See :class:`clioscope.embeddings.Embedder`."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        digests = np.array([_digest(_without_tail(text)) for text in texts], dtype=np.uint64)
        places = np.minimum(np.searchsorted(self._digests, digests), len(self._digests) - 1)
        known = self._digests[places] == digests
        drawn = np.array([_digest(text) for text in texts], dtype=np.uint64)
        vectors = self._vectors[self._rows[places]].astype(np.float32)
        vectors += self._noise[drawn % _NOISES] + self._noise[drawn // _NOISES % _NOISES]
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        unknown = np.flatnonzero(~known).tolist()
        if unknown:
            self.computed += len(unknown)
            vectors[unknown] = self._model.embed([texts[i] for i in unknown])
        return vectors

    @cached_property
    def _model(self) -> MiniLMEmbedder:
        return MiniLMEmbedder()


def _variants(text: str) -> Iterator[str]:
    """What is left of a variant without its ending."""
    words = text.split()
    yield _without_tail(" ".join(words))
    if len(words) >= _FEWEST_WORDS:
        for i in range(len(words)):
            yield _without_tail(" ".join(words[:i] + words[i + 1 :]))


def _without_tail(text: str) -> str:
    """``text`` without the endings of :data:`TAILS`, however many: texts may end so by themselves."""
    tail = next((tail for tail in TAILS[1:] if text.endswith(tail)), None)
    return text if tail is None else _without_tail(text[: -len(tail)])


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
