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
