"""What every clusterer has to do: a conformance suite."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clioscope.clustering import (
    ArrayVectors,
    Clusterer,
    Least,
    SphericalKMeans,
    assign,
    choose_k,
    diagnostics,
    merge_small,
)

CLUSTERERS: list[Clusterer] = [SphericalKMeans()]


def blobs(k: int, each: int, seed: int = 0, d: int = 16, noise: float = 0.15) -> NDArray[np.float32]:
    """``k`` well separated groups of ``each`` unit vectors."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.normal(size=(d, d)))[0][:k]
    points = np.repeat(centres, each, axis=0) + noise * rng.normal(size=(k * each, d))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(params=CLUSTERERS, ids=lambda clusterer: clusterer.name)
def clusterer(request: pytest.FixtureRequest) -> Clusterer:
    found: Clusterer = request.param
    return found


def test_planted_groups_are_found(clusterer: Clusterer) -> None:
    vectors = ArrayVectors(blobs(8, 50))
    labels = assign(vectors, clusterer.fit(vectors, 8, 0)).labels.reshape(8, 50)
    assert all(len(set(group)) == 1 for group in labels.tolist())
    assert len({group[0] for group in labels.tolist()}) == 8


def test_the_same_seed_gives_the_same_bytes(clusterer: Clusterer) -> None:
    vectors = ArrayVectors(blobs(6, 200, noise=0.4))
    assert clusterer.fit(vectors, 12, 7).tobytes() == clusterer.fit(vectors, 12, 7).tobytes()


def test_centroids_are_of_unit_length(clusterer: Clusterer) -> None:
    centroids = clusterer.fit(ArrayVectors(blobs(6, 40, noise=0.4)), 9, 0)
    assert centroids.dtype == np.float32
    assert np.allclose(np.linalg.norm(centroids, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(("n", "k"), [(1, 1), (3, 5), (40, 40), (50, 1), (200, 120)])
def test_any_number_of_clusters_can_be_asked_for(clusterer: Clusterer, n: int, k: int) -> None:
    vectors = ArrayVectors(blobs(4, 50)[:n])
    centroids = clusterer.fit(vectors, k, 0)
    assert 1 <= len(centroids) <= k
    assert len(np.unique(assign(vectors, centroids).labels)) <= k


def test_identical_texts_share_a_cluster(clusterer: Clusterer) -> None:
    points = np.repeat(blobs(3, 1), 30, axis=0)
    vectors = ArrayVectors(points)
    centroids = clusterer.fit(vectors, 10, 0)
    assert len(centroids) == 3
    assert assign(vectors, centroids).similarity.min() > 0.999


def test_more_vectors_than_are_trained_on(clusterer: Clusterer) -> None:
    vectors = ArrayVectors(blobs(5, 12_000, noise=0.1))
    labels = assign(vectors, clusterer.fit(vectors, 5, 0)).labels.reshape(5, -1)
    assert all(np.bincount(group).max() / len(group) > 0.99 for group in labels)


def test_assigning_in_blocks_is_assigning_at_once() -> None:
    points = blobs(4, 3_000, noise=0.5)
    centroids = blobs(4, 1, seed=3)
    found = assign(ArrayVectors(points), centroids)
    cosines = np.sort(points @ centroids.T, axis=1)
    assert (found.labels == (points @ centroids.T).argmax(axis=1)).all()
    assert np.allclose(found.margin, cosines[:, -1] - cosines[:, -2], atol=1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 12)), min_size=1, max_size=80),
    st.integers(1, 6),
    st.integers(1, 9),
    st.sampled_from([1.0, 0.6, 0.2]),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_after_merging_every_cluster_passes(
    rows: list[tuple[int, int]], min_users: int, min_conversations: int, share: float, users_known: bool
) -> None:
    labels = np.array([label for label, _ in rows], dtype=np.int32)
    users = np.array([user for _, user in rows], dtype=np.int32) if users_known else None
    merged = merge_small(labels, users, blobs(6, 1), Least(min_users, min_conversations, share))
    k = len(merged.centroids)
    assert set(merged.labels.tolist()) == set(range(k))
    for cluster in range(k) if k > 1 else ():
        inside = merged.labels == cluster
        assert inside.sum() >= min_conversations
        if users is not None:
            of_users = Counter(users[inside].tolist())
            assert len(of_users) >= min_users
            assert max(of_users.values()) <= share * inside.sum()
    for old in set(labels.tolist()):
        assert len(set(merged.labels[labels == old].tolist())) == 1, "a cluster is never torn apart"


def test_a_cluster_that_is_mostly_one_users_goes_to_its_nearest() -> None:
    centroids = np.eye(3, dtype=np.float32)
    centroids[2] = [0.0, 0.6, 0.8]
    labels = np.repeat(np.arange(3, dtype=np.int32), [60, 60, 40])
    users = np.arange(160, dtype=np.int32)
    users[120:150] = 500  # 30 of 40, and of 100 with the nearest
    assert merge_small(labels, users, centroids, Least(10, 15)).merged == 0
    merged = merge_small(labels, users, centroids, Least(10, 15, 0.3))
    assert merged.merged == 1
    assert len(set(merged.labels[60:].tolist())) == 1


def test_a_small_cluster_goes_to_its_nearest() -> None:
    centroids = np.array([[1, 0, 0], [0, 1, 0], [0.9, 0.1, 0]], dtype=np.float32)
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    labels = np.array([0] * 20 + [1] * 20 + [2] * 3, dtype=np.int32)
    merged = merge_small(labels, None, centroids, Least(1, 10))
    assert merged.merged == 1
    assert set(merged.labels[-3:].tolist()) == set(merged.labels[:20].tolist())


@pytest.mark.parametrize(("n", "k"), [(10, 1), (100, 2), (2_600, 43), (15_703, 125), (9_224, 96), (1_000_000, 1_000)])
def test_the_rule_for_how_many(n: int, k: int) -> None:
    assert choose_k(n, 15).k == k


def test_what_was_asked_for_overrides_the_rule() -> None:
    assert choose_k(1_000, 15, clusters=7).k == 7
    assert choose_k(1_000, 15, cluster_size=100).k == 10
    assert choose_k(5, 15, clusters=7).k == 5


def test_diagnostics_prefer_the_planted_number() -> None:
    vectors = ArrayVectors(blobs(8, 100))
    centroids = SphericalKMeans().fit(vectors, 8, 0)
    found = diagnostics(vectors, assign(vectors, centroids).labels, centroids, 0)
    assert found["clusters"] == 8
    assert max(found["silhouette"], key=found["silhouette"].get) == "8"


def test_diagnostics_do_not_prefer_more_clusters_where_there_are_none() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(1_200, 48)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    vectors = ArrayVectors(points)
    centroids = SphericalKMeans().fit(vectors, 60, 0)
    silhouette = diagnostics(vectors, assign(vectors, centroids).labels, centroids, 0)["silhouette"]
    assert set(silhouette) == {"15", "30", "60", "120"}
    assert max(silhouette.values()) - min(silhouette.values()) < 0.05, "noise judged on itself favours many clusters"


def test_the_margin_is_negative_where_a_merge_moved_a_vector_from_its_nearest() -> None:
    points = blobs(3, 100)
    vectors = ArrayVectors(points)
    centroids = SphericalKMeans().fit(vectors, 3, 0)
    labels = assign(vectors, centroids).labels
    assert diagnostics(vectors, labels, centroids, 0)["margin"]["least"] > 0
    assert diagnostics(vectors, np.roll(labels, 50), centroids, 0)["margin"]["least"] < 0


def test_one_cluster_has_diagnostics_too() -> None:
    vectors = ArrayVectors(blobs(2, 10))
    centroids = SphericalKMeans().fit(vectors, 1, 0)
    found = diagnostics(vectors, assign(vectors, centroids).labels, centroids, 0)
    assert found["clusters"] == 1
    assert "1" not in found["silhouette"]
