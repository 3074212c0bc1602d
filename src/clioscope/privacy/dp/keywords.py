"""The words of each text that may become keywords: a few, and those that lie nearest to its public cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.naming.lexicon import Role, is_filler
from clioscope.naming.unspaced import grams_of
from clioscope.naming.uses import tokens_of
from clioscope.naming.words import read
from clioscope.privacy.dp.bounding import Cells
from clioscope.privacy.dp.budget import WORDS_A_CELL

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

_MOST_READ = 64
"""Words of one text that are looked at: its first ones. More only takes longer."""


class Keywords(NamedTuple):
    """Which text holds which words: ``items`` int64 [w], ``words`` int64 [w], numbers in ``vocabulary``.

    ``vectors`` float16 [vocabulary, d]: of each word.
    """

    items: Cells
    words: Cells
    vocabulary: list[str]
    vectors: NDArray[np.float16]


def words_of(text: str) -> list[str]:
    """The distinct words of ``text`` that carry a topic, in their order: no code, no identifiers, no greetings."""
    reading = read(text)
    tokens = (token for run in tokens_of(reading.segments) for token in run)
    found = [token.word for token in tokens if token.role == Role.TOPIC and not is_filler(token.word)]
    grams = sorted(gram for run in reading.runs for gram in grams_of(run))
    return list(dict.fromkeys([*found, *grams]))[:_MOST_READ]


def keywords(texts: Iterable[Sequence[str]], labels: NDArray[np.int32], centroids: Vectors, embed: Embed) -> Keywords:
    """Choose the words of every text that lie nearest to the centroid of its base cluster.

    Parameters
    ----------
    texts
        In blocks, n together.
    labels
        int32 [n]: the base cluster of each.
    centroids
        float32 [k, d]: public ones.
    embed
        Texts to float32 [m, d]. A word's vector says nothing of who wrote it.

    Returns
    -------
    At most ``WORDS_A_CELL`` words a text. Which ones depends on the text, on its cluster and on nothing else.
    """
    numbers: dict[str, int] = {}
    vectors: list[NDArray[np.float16]] = []
    items, words = [], []
    start = 0
    for block in texts:
        said = [words_of(text) for text in block]
        new = [word for word in dict.fromkeys(w for mine in said for w in mine) if word not in numbers]
        numbers.update({word: len(numbers) + place for place, word in enumerate(new)})
        if new:
            vectors.append(embed(new).astype(np.float16))
        known = np.concatenate(vectors) if vectors else np.empty((0, centroids.shape[1]), np.float16)
        vectors = [known]
        for place, mine in enumerate(said):
            codes = np.array([numbers[word] for word in mine], dtype=np.int64)
            nearness = _nearness(known, codes, centroids[labels[start + place]])
            best = codes[np.argsort(-nearness, kind="stable")[:WORDS_A_CELL]]
            words.append(best)
            items.append(np.full(len(best), start + place, dtype=np.int64))
        start += len(block)
    nothing = [np.empty(0, dtype=np.int64)]
    known = vectors[0] if vectors else np.empty((0, centroids.shape[1]), np.float16)
    return Keywords(np.concatenate(items or nothing), np.concatenate(words or nothing), list(numbers), known)


def _nearness(vectors: NDArray[np.float16], codes: Cells, centroid: Vectors) -> NDArray[np.float32]:
    """Cosines, rounded so that the last bits of a product decide nothing."""
    return np.asarray((vectors[codes].astype(np.float32) @ centroid).round(3), dtype=np.float32)


def nearness(found: Keywords, words: Cells, places: Cells, centroids: Vectors) -> NDArray[np.float32]:
    """float32 [w]: the rounded cosine of each word with the centroid ``places[i]``, in blocks."""
    cosines = np.empty(len(words), dtype=np.float32)
    for begin in range(0, len(words), 65_536):
        some = slice(begin, begin + 65_536)
        pairs = np.einsum("ij,ij->i", found.vectors[words[some]].astype(np.float32), centroids[places[some]])
        cosines[some] = pairs.round(3)
    return cosines
