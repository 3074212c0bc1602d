"""Order and places tell no more of a cluster's size than its released figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import clioscope
from clioscope import Atlas
from clioscope.atlas import Release
from clioscope.config import PROFILES
from clioscope.naming import describe
from clioscope.pipeline.releasing import digest_of_release
from clioscope.privacy.gate import Level, Private, release
from clioscope.privacy.places import MAP_GRID, hashed_order, numbered, placed
from clioscope.projection import layout
from clioscope.vault import RunFolder, in_order
from clioscope.vault.files import read_array
from tests.conftest import conversations

PARENTS = np.array([0, 0, 0, 1, 1, 1, 1, 2], dtype=np.int32)
BASE = len(PARENTS)


class Words:
    def describe(self, terms: object, conversations: int, users: int | None) -> str:
        return describe((), conversations, users)

    def name_by_language(self, languages: object, conversations: int, usual: str) -> str | None:
        return None

    def score(self, texts: list[str]) -> list[int]:
        return [5] * len(texts)

    def embed(self, texts: list[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), 384), dtype=np.float32)


def centroids(seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(BASE, 6)).astype(np.float32)


def released(sizes: NDArray[np.int64], order: NDArray[np.int64]) -> Release:
    """What the gate makes of eight clusters under three, whose vault numbers them in some order."""
    number = np.argsort(order).astype(np.int32)
    base = np.repeat(number, sizes)
    users = np.arange(len(base), dtype=np.int32)
    centres = np.random.default_rng(1).random((BASE, 2)).astype(np.float32)[order]
    parents = PARENTS[order]
    low, high = hashed_order(centroids()[order], [parents])
    names = [f"Cluster {one}" for one in order.tolist()]
    levels = [
        Level(base, parents, names, [()] * BASE, [None] * BASE, low, [None] * BASE, [None] * BASE),
        Level(parents[base], None, ["one", "two", "three"], [()] * 3, [None] * 3, high, [None] * 3, [None] * 3),
    ]
    private = Private(levels, [], users, centres[base], centres)
    return release(private, PROFILES["default"], {}, Words())


@given(
    figures=st.lists(st.sampled_from([20, 25, 30]), min_size=BASE, max_size=BASE),
    more=st.lists(st.integers(-2, 2), min_size=BASE, max_size=BASE),
    turn=st.integers(1, 6),
    order=st.permutations(range(BASE)),
)
@settings(max_examples=60, deadline=None)
def test_counts_that_are_released_alike_give_the_same_bytes(
    figures: list[int], more: list[int], turn: int, order: list[int]
) -> None:
    moved = np.concatenate([np.roll(np.array(more)[parent == PARENTS], turn) for parent in range(3)])
    sizes = [np.array(figures) + by for by in (more, moved)]
    first, second = released(sizes[0], np.arange(BASE)), released(sizes[1], np.array(order))
    assert digest_of_release(first) == digest_of_release(second)


@given(st.integers(0, 1000), st.permutations(range(BASE)))
def test_the_order_of_equal_figures_is_that_of_the_clusters_and_not_of_their_numbers(
    seed: int, order: list[int]
) -> None:
    plain = hashed_order(centroids(seed), [PARENTS])
    turned = hashed_order(centroids(seed)[order], [PARENTS[order]])
    assert (turned[0] == plain[0][order]).all()
    assert (turned[1] == plain[1]).all()
    assert sorted(plain[0].tolist()) == list(range(BASE))


def test_the_order_of_equal_figures_does_not_go_by_the_order_in_which_clusters_were_made() -> None:
    orders = {tuple(hashed_order(centroids(seed), [])[0].tolist()) for seed in range(50)}
    assert len(orders) == 50


def test_larger_figures_come_first() -> None:
    assert numbered(np.array([20, 30, 20, 25]), np.array([3, 0, 1, 2])).tolist() == [3, 0, 2, 1]


def test_a_cluster_above_others_lies_in_their_plain_middle() -> None:
    centres = np.array([[0.1, 0.1], [0.9, 0.1], [0.5, 0.9], [1.0, 0.0]], dtype=np.float32)
    base, above = placed(centres, [np.array([0, 0, 0, 1], dtype=np.int32)])
    assert np.abs(base - centres).max() <= 0.5 / MAP_GRID + 1e-6
    assert np.abs(above[0] - centres[:3].mean(axis=0)).max() <= 1 / MAP_GRID
    assert (above[1] == base[3]).all()


@pytest.mark.parametrize("facets", [("plan",), ()])
def test_what_a_run_publishes_is_ordered_and_placed_so(tmp_path: Path, facets: tuple[str, ...]) -> None:
    clioscope.run(conversations(600), tmp_path / "run", facets=facets, hierarchy=(12, 3))
    rows = pq.read_table(tmp_path / "run" / "atlas" / "clusters.parquet").to_pylist()
    folder = RunFolder(tmp_path / "run").hierarchy("request", main=True).assignments
    parents = [read_array(path) for path in in_order(folder.glob("parents_*.npy"))]
    middles = read_array(folder / "tree_centroids.npy")
    hashed = hashed_order(middles, parents)
    for level, order in enumerate(hashed):
        mine = [row for row in rows if row["level"] == level]
        assert [row["id"] for row in mine] == [f"{level}-{i}" for i in range(len(mine))]
        keys = [(-row["conversations"], place) for row, place in zip(mine, order.tolist(), strict=True)]
        assert keys == sorted(keys)
    figures = np.array([row["conversations"] for row in rows if row["level"] == 0])
    assert (layout(middles, 0, sizes=figures, parents=parents) == read_array(folder / "centres.npy")).all()
    for row in rows:
        assert {(row[axis] * MAP_GRID) % 1 for axis in ("x", "y")} == {0.5}
    for row in rows:
        below = [child for child in rows if child["parent_id"] == row["id"]]
        for axis in ("x", "y") if below else ():
            middle = sum(child[axis] for child in below) / len(below)
            assert abs(row[axis] - middle) <= 0.5 / MAP_GRID
    assert len(Atlas.open(tmp_path / "run" / "atlas").top()) == len(hashed[-1])
