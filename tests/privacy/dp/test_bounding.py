"""What one user may contribute is bounded, chosen by a key, and nobody else's business."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clioscope.privacy.dp.bounding import Votes, best_few, bounded, keyed

BASE, MIDDLE, TOP = 24, 8, 2
PATHS = [
    np.zeros(BASE, dtype=np.int64),
    1 + np.arange(BASE) // (BASE // TOP),
    1 + TOP + np.arange(BASE) // (BASE // MIDDLE),
    1 + TOP + MIDDLE + np.arange(BASE),
]
Rows = list[tuple[str, int]]
rows = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, BASE - 1)), max_size=120)
keys = st.binary(min_size=32, max_size=32)


def votes_of(said: Rows, secret: bytes, most: int) -> Votes:
    users = keyed(secret, [user for user, _ in said])
    items = np.array([item for _, item in said], dtype=np.int64)
    return bounded(users, items, keyed(secret, [f"cluster {i}" for i in range(BASE)]), PATHS, most)


def cells_of(votes: Votes) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for user, cell in zip(votes.users.tolist(), votes.cells.tolist(), strict=True):
        found.setdefault(user, []).append(cell)
    return {user: sorted(cells) for user, cells in found.items()}


@given(rows, keys, st.integers(1, 40))
def test_no_user_has_more_votes_than_allowed_nor_two_in_one_cell(said: Rows, secret: bytes, most: int) -> None:
    for cells in cells_of(votes_of(said, secret, most)).values():
        assert len(cells) <= most
        assert len(set(cells)) == len(cells)


@given(rows, keys, st.integers(1, 40))
def test_what_a_user_keeps_does_not_depend_on_other_users(said: Rows, secret: bytes, most: int) -> None:
    together = cells_of(votes_of(said, secret, most))
    for user in {user for user, _ in said}:
        alone = cells_of(votes_of([row for row in said if row[0] == user], secret, most))
        ((number, cells),) = alone.items() if alone else ((int(keyed(secret, [user])[0]), []),)
        assert together.get(number, []) == cells


@given(rows, keys, st.integers(1, 40), st.randoms())
def test_the_order_and_the_number_of_conversations_change_nothing(
    said: Rows, secret: bytes, most: int, rng: np.random.Generator
) -> None:
    again = [*said, *said[:7]]
    rng.shuffle(again)
    assert cells_of(votes_of(said, secret, most)) == cells_of(votes_of(again, secret, most))


@given(rows, keys, st.integers(4, 40))
def test_who_votes_for_a_cluster_votes_for_those_above_it(said: Rows, secret: bytes, most: int) -> None:
    for cells in cells_of(votes_of(said, secret, most)).values():
        for item in range(BASE):
            if PATHS[-1][item] in cells:
                assert {int(path[item]) for path in PATHS} <= set(cells)


def test_a_user_with_few_cells_keeps_them_all() -> None:
    said = [("a", 0), ("a", 1), ("a", 23)]
    (cells,) = cells_of(votes_of(said, bytes(32), 16)).values()
    assert set(cells) == {int(path[item]) for _, item in said for path in PATHS}


def test_another_key_chooses_others() -> None:
    said = [("a", item) for item in range(BASE)]
    chosen = {tuple(*cells_of(votes_of(said, bytes([key]) * 32, 8)).values()) for key in range(20)}
    assert len(chosen) > 5


def test_every_cluster_is_chosen_about_equally_often() -> None:
    said = [(f"user {number}", item) for number in range(500) for item in range(BASE)]
    counted = votes_of(said, bytes(32), 8).counted()
    base = np.array([counted.get(int(cell), 0) for cell in PATHS[-1]])
    assert base.min() > base.mean() * 0.6


@given(rows, st.integers(1, 5))
def test_the_best_few_of_a_group_are_few_and_the_best(said: Rows, most: int) -> None:
    users = keyed(bytes(32), [user for user, _ in said])
    groups = np.array([item % 3 for _, item in said], dtype=np.int64)
    ranks = np.array([item for _, item in said], dtype=np.int64)
    kept = best_few(users, groups, ranks, keyed(bytes(32), [str(i) for i in range(len(said))]), most)
    for user in np.unique(users):
        for group in range(3):
            mine = np.flatnonzero((users == user) & (groups == group))
            chosen = [row for row in kept.tolist() if row in mine]
            assert sorted(ranks[chosen].tolist()) == sorted(ranks[mine].tolist())[:most]
