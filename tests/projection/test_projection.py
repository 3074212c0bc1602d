"""A map on which what is alike lies together."""

from __future__ import annotations

import numpy as np
import pytest

from clioscope.projection import Placer, layout
from tests.clustering.test_clusterers import blobs


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 40])
def test_any_number_of_clusters_lies_in_the_unit_square(k: int) -> None:
    rng = np.random.default_rng(0)
    centroids = rng.normal(size=(k, 8)).astype(np.float32)
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    centres = layout(centroids, 0)
    assert centres.shape == (k, 2)
    assert centres.dtype == np.float32
    assert (centres >= 0).all()
    assert (centres <= 1).all()
    assert len(np.unique(centres, axis=0)) == k


def test_the_same_input_gives_the_same_bytes() -> None:
    centroids = blobs(6, 5)
    assert layout(centroids, 3).tobytes() == layout(centroids, 3).tobytes()


def test_duplicates_do_not_share_a_place() -> None:
    centroids = np.repeat(blobs(2, 1), 4, axis=0)
    assert len(np.unique(layout(centroids, 0), axis=0)) == 8


def test_clusters_of_one_topic_lie_together() -> None:
    centroids = blobs(6, 10, noise=0.12)
    centres = layout(centroids, 0)
    topics = np.repeat(np.arange(6), 10)
    distances = np.linalg.norm(centres[:, None] - centres[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    near = np.argsort(distances, axis=1)[:, :5]
    assert (topics[near] == topics[:, None]).mean() > 0.9


def test_a_place_does_not_depend_on_the_block() -> None:
    vectors, centroids = blobs(5, 40, noise=0.3), blobs(5, 1)
    labels = np.repeat(np.arange(5, dtype=np.int32), 40)
    placer = Placer(centroids, layout(centroids, 0), np.bincount(labels))
    whole = placer.place(vectors, labels)
    parts = np.concatenate([placer.place(vectors[i : i + 7], labels[i : i + 7]) for i in range(0, 200, 7)])
    assert np.allclose(whole, parts, atol=1e-6)


def test_members_lie_nearest_to_their_own_centre() -> None:
    vectors, centroids = blobs(5, 40), blobs(5, 1, noise=0.0)
    labels = np.repeat(np.arange(5, dtype=np.int32), 40)
    centres = layout(centroids, 0)
    placed = Placer(centroids, centres, np.bincount(labels)).place(vectors, labels)
    nearest = np.linalg.norm(placed[:, None] - centres[None], axis=2).argmin(axis=1)
    assert (nearest == labels).mean() > 0.9
