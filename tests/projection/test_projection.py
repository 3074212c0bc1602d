"""A map on which what is alike lies together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from clioscope.projection import Placer, layout
from clioscope.projection.discs import radii
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


def planted() -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Forty clusters of five topics, near enough to each other that a layout may tear topics apart."""
    rng = np.random.default_rng(4)
    topics = np.repeat(np.arange(5, dtype=np.int32), 8)
    points = rng.normal(size=(5, 48))[topics] + 3.0 * rng.normal(size=(40, 48))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), topics


def nearest(similarity: NDArray[Any], n: int) -> NDArray[np.intp]:
    similarity = similarity.copy()
    np.fill_diagonal(similarity, -np.inf)
    return np.argsort(-similarity, axis=1)[:, :n]


def separations(centres: NDArray[np.float32]) -> NDArray[Any]:
    return np.linalg.norm(centres[:, None] - centres[None], axis=2)


def test_neighbours_on_the_map_are_neighbours_among_the_vectors() -> None:
    centroids = blobs(12, 10, noise=0.3)
    true, drawn = nearest(centroids @ centroids.T, 10), nearest(-separations(layout(centroids, 0)), 10)
    assert np.mean([len(set(a) & set(b)) for a, b in zip(true, drawn, strict=True)]) / 10 > 0.5


def test_a_top_cluster_is_one_region() -> None:
    centroids, topics = planted()
    centres = layout(centroids, 0, parents=[topics])
    near = nearest(-separations(centres), 4)
    assert (topics[near] == topics[:, None]).mean() > 0.8
    assert (topics[near] == topics[:, None]).mean() > (
        topics[nearest(-separations(layout(centroids, 0)), 4)] == topics[:, None]
    ).mean()
    for topic in range(5):
        assert connected(centres[topics == topic], within=0.25)


def connected(centres: NDArray[np.float32], within: float) -> bool:
    reached = np.zeros(len(centres), dtype=bool)
    reached[0] = True
    for _ in centres:
        reached = (separations(centres)[:, reached] < within).any(axis=1)
    return bool(reached.all())


def test_large_clusters_get_room_in_proportion() -> None:
    centroids, topics = planted()
    sizes = np.where(np.arange(40) % 8 == 0, 900, 40)
    apart = separations(layout(centroids, 0, sizes=sizes, parents=[topics]))
    np.fill_diagonal(apart, np.inf)
    wanted = radii(sizes)[:, None] + radii(sizes)
    assert (apart > 0.7 * wanted).all()


def test_members_fill_a_round_cloud_that_grows_with_its_size() -> None:
    rng = np.random.default_rng(0)
    centroids, centres = blobs(4, 1), np.array([[0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]], dtype=np.float32)
    d = centroids.shape[1]
    members = centroids[0] + 0.6 * rng.normal(size=(4000, d)) / np.sqrt(d)
    members = (members / np.linalg.norm(members, axis=1, keepdims=True)).astype(np.float32)
    labels = np.zeros(4000, dtype=np.int32)
    for share in (0.2, 0.8):
        sizes = np.array([1000 * share, 200, 200, 1000 * (1 - share)]).astype(np.int64)
        offsets = Placer(centroids, centres, sizes).place(members, labels) - centres[0]
        assert 0.7 < np.divide(*offsets.std(axis=0)) < 1.4
        assert np.linalg.norm(offsets, axis=1).max() <= 1.21 * radii(sizes)[0]
        assert offsets.std() > 0.3 * radii(sizes)[0]


def test_a_member_leans_towards_the_neighbour_it_resembles() -> None:
    centroids, centres = blobs(3, 1), np.array([[0.5, 0.5], [0.9, 0.5], [0.5, 0.9]], dtype=np.float32)
    between = centroids[[0, 0]] * 0.8 + centroids[[1, 2]] * 0.2
    between /= np.linalg.norm(between, axis=1, keepdims=True)
    right, up = Placer(centroids, centres, np.full(3, 50)).place(between, np.zeros(2, dtype=np.int32)) - centres[0]
    assert right[0] > abs(right[1])
    assert up[1] > abs(up[0])
