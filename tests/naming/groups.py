"""Small made-up clusters, and an embedder that needs no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from clioscope.embeddings import Vectors
from clioscope.naming import Member

DIMENSION = 64


class WordEmbedder:
    """Sums one fixed random vector a word: texts that share words are alike."""

    name = "words/1"
    dimension = DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.stack([sum((_word(w) for w in text.lower().split()), np.full(DIMENSION, 1e-3)) for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _word(word: str) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(DIMENSION)


class Clusters:
    """Clusters from lists of members."""

    def __init__(self, members: Sequence[Sequence[Member]]) -> None:
        self._members = members

    def __len__(self) -> int:
        return len(self._members)

    def members(self, cluster: int) -> Sequence[Member]:
        return self._members[cluster]

    def centroids(self) -> Vectors:
        means = np.stack(
            [WordEmbedder().embed([m.text for m in group] or ["-"]).mean(axis=0) for group in self._members]
        )
        return (means / np.linalg.norm(means, axis=1, keepdims=True)).astype(np.float32)


def by_many(text: str, people: int = 20, first: int = 0) -> list[Member]:
    """``people`` users who write ``text``, each with an ending of their own."""
    endings = ["now", "asap", "for work", "at home", "again", "on my phone", "since monday"]
    return [Member(f"{text} {endings[i % len(endings)]}", first + i) for i in range(people)]


def own_words(person: int) -> str:
    """Four words that nobody else writes, so that two texts are no copies of each other."""
    return " ".join(chr(ord("a") + person % 26) * (4 + turn + 4 * (person // 26)) for turn in range(4))
