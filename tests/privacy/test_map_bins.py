"""The map's bins: each holds enough people, and together they hold the whole cluster."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from clioscope.privacy.map_bins import Bins, map_bins


def bins_of(
    n: int, seed: int, users: NDArray[np.int32] | None, least: tuple[int, int]
) -> tuple[Bins, NDArray[np.int32]]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n).astype(np.int32)
    positions = np.clip(rng.normal(0.5, 0.15, size=(n, 2)), 0, 1).astype(np.float32)
    return map_bins(positions, labels, users, min_users=least[0], min_conversations=least[1], grid=64), labels


@given(st.integers(1, 400), st.integers(0, 2**32), st.integers(1, 8), st.integers(1, 12), st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_bin_passes_and_nothing_is_left_over(
    n: int, seed: int, min_users: int, min_conversations: int, users_known: bool
) -> None:
    users = np.random.default_rng(seed).integers(-1, 30, n).astype(np.int32) if users_known else None
    bins, labels = bins_of(n, seed, users, (min_users, min_conversations))
    assert (bins.conversations >= min_conversations).all()
    assert users is None or (bins.users >= min_users).all()
    assert (bins.x0 < bins.x1).all()
    assert (bins.y0 < bins.y1).all()
    for cluster in range(3):
        inside = labels == cluster
        passes = inside.sum() >= min_conversations and (users is None or len(set(users[inside])) >= min_users)
        assert bins.conversations[bins.cluster == cluster].sum() == (inside.sum() if passes else 0)


def test_boxes_of_a_cluster_do_not_overlap() -> None:
    bins, _ = bins_of(400, 1, None, (1, 10))
    for cluster in range(3):
        covered = np.zeros((64, 64), dtype=int)
        for i in np.flatnonzero(bins.cluster == cluster):
            covered[bins.x0[i] : bins.x1[i], bins.y0[i] : bins.y1[i]] += 1
        assert covered.max() == 1


def test_no_single_conversation_sets_an_edge() -> None:
    rng = np.random.default_rng(0)
    positions = rng.uniform(0.4, 0.6, size=(200, 2)).astype(np.float32)
    labels = np.zeros(200, dtype=np.int32)
    usual = map_bins(positions, labels, None, min_users=10, min_conversations=15, grid=256)
    positions[7] = (0.99, 0.01)
    moved = map_bins(positions, labels, None, min_users=10, min_conversations=15, grid=256)
    assert moved.x1.max() <= usual.x1.max() + 2
    assert moved.y0.min() >= usual.y0.min() - 2


def boxes(bins: Bins) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in bins[:5]), strict=True))


@given(st.integers(20, 300), st.integers(0, 2**32), st.integers(0, 10**6), st.booleans())
@settings(max_examples=100, deadline=None)
def test_removing_or_moving_one_member_never_makes_a_bin_below_the_thresholds(
    n: int, seed: int, which: int, removed: bool
) -> None:
    rng = np.random.default_rng(seed)
    users, labels = rng.integers(0, 40, n).astype(np.int32), rng.integers(0, 2, n).astype(np.int32)
    positions = rng.uniform(size=(n, 2)).astype(np.float32)
    kept = np.arange(n) != which % n if removed else np.ones(n, dtype=bool)
    positions[which % n] = rng.uniform(size=2)
    bins = map_bins(positions[kept], labels[kept], users[kept], min_users=5, min_conversations=8, grid=64)
    assert (bins.conversations >= 8).all()
    assert (bins.users >= 5).all()
    for cluster in set(bins.cluster.tolist()):
        assert bins.conversations[bins.cluster == cluster].sum() == (labels[kept] == cluster).sum()


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_the_order_of_conversations_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    users, labels = rng.integers(-1, 60, 300).astype(np.int32), rng.integers(0, 2, 300).astype(np.int32)
    positions, order = rng.uniform(size=(300, 2)).astype(np.float32), rng.permutation(300)
    one = map_bins(positions, labels, users, min_users=5, min_conversations=8)
    other = map_bins(positions[order], labels[order], users[order], min_users=5, min_conversations=8)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def test_a_user_with_many_conversations_sets_no_edge() -> None:
    rng = np.random.default_rng(0)
    users = np.r_[np.repeat(np.arange(30), 2), np.full(60, 30)].astype(np.int32)
    labels = np.zeros(120, dtype=np.int32)
    positions = rng.uniform(0.4, 0.5, size=(120, 2)).astype(np.float32)
    usual = map_bins(positions, labels, users, min_users=10, min_conversations=15)
    positions[60:, 0] += 0.4
    moved = map_bins(positions, labels, users, min_users=10, min_conversations=15)
    assert moved.x1.max() <= usual.x1.max() + 4


@given(st.integers(15, 40), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_small_cluster_is_not_shown_as_one_members_cell(n: int, seed: int) -> None:
    positions = np.random.default_rng(seed).uniform(0.3, 0.7, size=(n, 2)).astype(np.float32)
    users = np.arange(n, dtype=np.int32)
    bins = map_bins(positions, np.zeros(n, dtype=np.int32), users, min_users=10, min_conversations=15)
    assert np.ptp([bins.x0.min(), bins.x1.max()]) > 10
    assert np.ptp([bins.y0.min(), bins.y1.max()]) > 10


def test_even_without_thresholds_no_bin_is_cut_down_to_one_conversation() -> None:
    bins, _ = bins_of(400, 3, None, (1, 1))
    assert bins.conversations.min() >= 5


def test_a_large_cluster_has_no_more_bins_than_asked_for() -> None:
    positions = np.random.default_rng(0).uniform(size=(5000, 2)).astype(np.float32)
    few = map_bins(
        positions, np.zeros(5000, np.int32), None, min_users=1, min_conversations=10, max_bins_per_cluster=20
    )
    assert len(boxes(few)) == 20
    assert few.conversations.sum() == 5000


def most_of_one(bins: Bins, cells: NDArray[np.int64], users: NDArray[np.int32]) -> list[float]:
    """The share of the busiest user of each box; all boxes are of one cluster."""
    found = []
    for x0, y0, x1, y1 in zip(bins.x0, bins.y0, bins.x1, bins.y1, strict=True):
        edges = [
            np.clip(cells[:, i], [bins.x0.min(), bins.y0.min()][i], [bins.x1.max(), bins.y1.max()][i] - 1)
            for i in (0, 1)
        ]
        inside = (edges[0] >= x0) & (edges[0] < x1) & (edges[1] >= y0) & (edges[1] < y1)
        found.append(np.unique(users[inside], return_counts=True)[1].max() / inside.sum())
    return found


@given(st.integers(60, 300), st.integers(0, 2**32), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_user_holds_more_of_a_box_than_of_any_figure(n: int, seed: int, known: bool) -> None:
    rng = np.random.default_rng(seed)
    positions = rng.uniform(size=(n, 2)).astype(np.float32)
    users = np.arange(1, n + 1, dtype=np.int32)
    corner = np.flatnonzero(positions.max(axis=1) < 0.4)[: n // 5]
    users[corner] = 0 if known else -1  # a fifth of all at most, and nearly everybody in their corner
    bins = map_bins(positions, np.zeros(n, np.int32), users, min_users=5, min_conversations=8, max_share=0.2)
    cells = np.clip(positions * 256, 0, 255).astype(np.int64)
    assert bins.conversations.sum() == n
    assert max(most_of_one(bins, cells, users)) <= 0.2


def test_a_cluster_that_is_mostly_one_users_has_no_box() -> None:
    users = np.r_[np.zeros(60), np.arange(1, 41)].astype(np.int32)
    positions = np.random.default_rng(0).uniform(size=(100, 2)).astype(np.float32)
    least = {"min_users": 5, "min_conversations": 8}
    assert boxes(map_bins(positions, np.zeros(100, np.int32), users, **least))
    assert not boxes(map_bins(positions, np.zeros(100, np.int32), users, max_share=0.2, **least))
