"""Vectors of many languages are moved together; those of one language stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clioscope.clustering import ArrayVectors, SphericalKMeans, assign, shifts
from clioscope.evaluation.agreement import agreement
from clioscope.vault import write_array
from clioscope.vault.vectors import AlignedVectors, StoredVectors

Topics = NDArray[np.int64]


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def spoken(sizes: list[int], topics: int = 4, apart: float = 2.0) -> tuple[NDArray[np.float32], Topics, Topics]:
    """Vectors of ``sizes[i]`` texts in language i about ``topics`` topics; the languages lie ``apart``."""
    rng = np.random.default_rng(0)
    axes = np.linalg.qr(rng.normal(size=(24, 24)))[0]
    language = np.repeat(np.arange(len(sizes)), sizes)
    topic = rng.integers(0, topics, len(language))
    said = axes[topic] + apart * axes[topics + language] * (language > 0)[:, None]
    return unit(said + 0.1 * rng.normal(size=said.shape)), language, topic


def aligned(vectors: NDArray[np.float32], language: Topics, folder: Path, unsure: int | None = None) -> AlignedVectors:
    path = folder / "part.npy"
    write_array(path, vectors.astype(np.float16))
    stored = StoredVectors([path])
    return AlignedVectors(stored, language.astype(np.uint8), shifts(stored, language, int(language.max()) + 1, unsure))


def test_clusters_go_by_topic_once_languages_are_moved_together(tmp_path: Path) -> None:
    vectors, language, topic = spoken([1_000, 600, 400])
    moved = aligned(vectors, language, tmp_path)
    found = {}
    for name, store in (("apart", ArrayVectors(vectors)), ("together", moved)):
        labels = assign(store, SphericalKMeans().fit(store, 4, 0)).labels.astype(np.int64)
        found[name] = agreement(topic, labels).nmi
    assert found["apart"] < 0.6
    assert found["together"] > 0.95


def test_one_language_and_what_could_not_be_told_stay_where_they_are() -> None:
    vectors, language, _ = spoken([500, 80])
    assert not shifts(ArrayVectors(vectors), language, 2, unsure=1).any()
    assert not shifts(ArrayVectors(vectors), np.zeros(580, dtype=np.int64), 3, unsure=None).any()
    assert not shifts(ArrayVectors(vectors), np.zeros(580, dtype=np.int64), 1, unsure=0).any()


def test_a_frequent_language_stays_and_a_rare_one_is_hardly_moved() -> None:
    vectors, language, _ = spoken([5_000, 400, 5])
    lengths = np.linalg.norm(shifts(ArrayVectors(vectors), language, 3, None), axis=1)
    distances = [np.linalg.norm(vectors[language == i].mean(0) - vectors[language == 0].mean(0)) for i in (1, 2)]
    assert lengths[0] < 0.02
    assert lengths[1] == pytest.approx(0.8 * distances[0], rel=0.05)
    assert lengths[2] == pytest.approx(5 / 105 * distances[1], rel=0.1)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 20))
def test_moved_vectors_are_the_same_in_blocks_and_row_by_row(spoken_in: list[int], size: int) -> None:
    language = np.array(spoken_in)
    vectors = unit(np.random.default_rng(len(spoken_in)).normal(size=(len(language), 5)))

    class Kept(StoredVectors):
        def __init__(self) -> None:
            self.dimension = 5

        def __len__(self) -> int:
            return len(vectors)

        def blocks(self, size: int = 8192) -> Iterator[tuple[int, NDArray[np.float32]]]:
            for start in range(0, len(vectors), size):
                yield start, vectors[start : start + size].copy()

        def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
            return vectors[rows]

    moves = 0.3 * np.random.default_rng(1).normal(size=(4, 5)).astype(np.float32)
    moves[2] = 0
    moved = AlignedVectors(Kept(), language, moves)
    rows = np.arange(len(language))[::-1]
    whole = np.concatenate([block for _, block in moved.blocks(size)])
    assert np.array_equal(moved.take(rows)[::-1], whole)
    assert np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
    assert np.array_equal(whole[language == 2], vectors[language == 2])
