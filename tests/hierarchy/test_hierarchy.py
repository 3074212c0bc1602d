"""A hierarchy that a person can read, every cluster with exactly one parent."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.cluster.hierarchy import fcluster, linkage

from clioscope.errors import ConfigError
from clioscope.hierarchy import arrange, plan_levels
from clioscope.hierarchy.answers import names_model
from clioscope.ward import ward


@given(st.integers(1, 3_000))
def test_by_default_the_top_is_readable_and_levels_fall(k: int) -> None:
    levels = plan_levels(k)
    assert levels[0] == k
    assert levels == sorted(set(levels), reverse=True)
    assert levels[-1] <= 20
    assert k <= 12 or levels[-1] >= 5
    assert all(below / above <= 13 for below, above in pairwise(levels))


@pytest.mark.parametrize(
    ("options", "levels"),
    [
        ({"hierarchy": (150, 10)}, [148, 10]),
        ({"hierarchy": (150, 149, 10)}, [148, 10]),
        ({"top_clusters": 3}, [148, 21, 3]),
        ({"branching": 5}, [148, 30, 6]),
        ({"branching": 5, "top_clusters": 2}, [148, 30, 6, 2]),
        ({"top_clusters": 148}, [148]),
    ],
)
def test_what_was_asked_for_is_honoured(options: dict[str, int], levels: list[int]) -> None:
    assert plan_levels(148, **options) == levels  # type: ignore[arg-type]  # one table of options of two types


def test_a_top_larger_than_the_base_is_refused_in_a_sentence() -> None:
    with pytest.raises(ConfigError, match=r"--top-clusters 50 is more than the 20 base clusters"):
        plan_levels(20, top_clusters=50)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"hierarchy": (10, 150)}, r"--hierarchy 10,150 must fall"),
        ({"hierarchy": (150, 10, 10)}, r"must fall from the base to the top"),
        ({"branching": 1}, r"--branching 1 makes no level smaller"),
    ],
)
def test_levels_that_would_not_fall_are_refused_in_a_sentence(options: dict[str, int], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        plan_levels(148, **options)  # type: ignore[arg-type]  # one table of options of two types


@given(st.integers(2, 60), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_every_cluster_has_one_parent_and_every_parent_a_child(k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    centroids = rng.normal(size=(k, 5)).astype(np.float32)
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    levels = [k, *sorted({int(rng.integers(1, k)) for _ in range(2)}, reverse=True)]
    sizes = rng.integers(1, 50, k)
    parents = arrange(centroids, sizes, levels)
    assert [len(p) for p in parents] == levels[:-1]
    totals = sizes
    for level, parent in enumerate(parents):
        assert set(parent.tolist()) == set(range(levels[level + 1]))
        totals = np.bincount(parent, weights=totals)
        assert (np.diff(totals) <= 0).all(), "numbered by falling size"


@given(st.integers(3, 40), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_with_equal_weights_it_is_scipys_ward(n: int, seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(n, 4))
    k = max(1, n // 3)
    (mine,) = ward(points, np.ones(n), [k])
    theirs = fcluster(linkage(points, "ward"), k, "maxclust")
    assert len({*zip(mine.tolist(), theirs.tolist(), strict=True)}) == k == len(set(mine.tolist()))


def test_weights_count_as_repeated_points() -> None:
    rng = np.random.default_rng(5)
    points, weights = rng.normal(size=(12, 3)), rng.integers(1, 6, 12)
    (weighted,) = ward(points, weights, [4])
    theirs = fcluster(linkage(np.repeat(points, weights, axis=0), "ward"), 4, "maxclust")
    firsts = np.concatenate([[0], np.cumsum(weights)[:-1]])
    assert len({*zip(weighted.tolist(), theirs[firsts].tolist(), strict=True)}) == 4


def test_a_proposed_name_has_at_most_as_many_words_as_every_other_name() -> None:
    ten, eleven = (" ".join(["word"] * words) for words in (10, 11))
    assert names_model(1, 2).model_validate({"names": [f"{ten}."]}).names == [ten]
    with pytest.raises(ValidationError, match="one to 10 words, and this has 11"):
        names_model(1, 2).model_validate({"names": [eleven]})
