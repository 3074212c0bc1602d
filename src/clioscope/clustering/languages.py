"""Vectors of texts in many languages, moved so that what is said counts for more than the language it is said in.

An embedding model that is centred on one language sets the others apart: the vectors of each lie around a middle of
their own, and clusters go by language before they go by topic. What is moved is that middle alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clioscope.clustering.base import Vectors, VectorStore

HALF_WAY = 100
"""A language of so many texts is moved half-way: the middle of a few texts is mostly what they are about. Measured on
made-up conversations in 17 languages, xSID and SIB-200: see docs/benchmarks.md."""

METHOD = f"middles/1 {HALF_WAY}"
"""A changed name means that vectors must be moved again."""

_LEAST_SHIFT = 0.01
"""What is shorter changes nothing but the last bits."""


def shifts(
    vectors: VectorStore,
    languages: NDArray[np.integer],
    number: int,
    unsure: int | None,
    *,
    half_way: float = HALF_WAY,
) -> Vectors:
    """By how much the middle of each language is off the one where they are to meet.

    They meet in the mean of their middles, weighted with the squares of their sizes: where one language is nearly all
    of the texts, that one stays where it is, and where several are as frequent, each comes some of the way.

    Parameters
    ----------
    vectors
        n unit vectors.
    languages
        Integers [n], 0 to ``number`` - 1: the language of each.
    unsure
        What stands for a language that could not be told. Nobody knows whither to move these texts, so they stay.
    half_way
        A language of so many texts is moved half of what it is off, and one of fewer less.

    Returns
    -------
    float32 [number, d]: what to take off the vectors of each language.
    """
    sums = np.zeros((number, vectors.dimension))
    for start, block in vectors.blocks():
        mine = languages[start : start + len(block)]
        for language in np.unique(mine):
            sums[language] += block[mine == language].sum(axis=0, dtype=np.float64)
    sizes = np.bincount(languages, minlength=number).astype(np.float64)
    if unsure is not None:
        sizes[unsure] = 0
    if not sizes.any():
        return np.zeros(sums.shape, dtype=np.float32)
    middles = sums / np.maximum(sizes, 1)[:, None]
    meeting = np.average(middles, axis=0, weights=sizes**2)
    found = (sizes / np.maximum(sizes + half_way, 1))[:, None] * (middles - meeting)
    found[np.linalg.norm(found, axis=1) < _LEAST_SHIFT] = 0
    return np.asarray(found, dtype=np.float32)
