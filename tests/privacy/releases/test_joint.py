"""Subtracting two releases from one another finds nobody, and finds somebody where the audit is off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.repair import Audited
from clioscope.privacy.lattice import Attribute, Lattice
from clioscope.privacy.limits import Limits
from clioscope.privacy.releases import BINS, SHOWN, Decided, Earlier, Joint, NotApartError
from clioscope.privacy.releases.members import Members, People, compare, enough

LIMITS = Limits(users=4, conversations=6, rounding=5, share=0.5)


def people(n: int, seed: int) -> dict[str, np.ndarray]:
    """``n`` conversations: their user, base cluster, language and month."""
    rng = np.random.default_rng(seed)
    return {
        "user": rng.integers(1, max(2, n // 3), n),
        "base": rng.integers(0, 4, n),
        "language": rng.integers(0, 3, n),
        "month": np.arange(n) * 3 // n,
    }


def lattice_of(all_of: dict[str, np.ndarray], rows: Codes, base: np.ndarray) -> Lattice:
    labels = base[rows].astype(np.int32)
    _, labels = np.unique(labels, return_inverse=True)
    top = (labels // 2).astype(np.int32)
    attributes = [
        Attribute(name, all_of[name][rows].astype(np.int32), tuple(f"{name}{v}" for v in range(3)))
        for name in ("language", "month")
    ]
    return Lattice([labels.astype(np.int32), top], attributes, all_of["user"][rows].astype(np.int32))


def released(
    everybody: People,
    all_of: dict[str, np.ndarray],
    rows: Codes,
    base: np.ndarray,
    earlier: list[Earlier],
    audited: bool,
) -> tuple[Lattice, Joint]:
    lattice = lattice_of(all_of, rows, base)
    joint = Joint(earlier, everybody, rows, audited=audited)
    joint.settle(lattice, LIMITS, lambda: Audited(0, 0, [], 0, 0))
    joint.record(lattice, {key: block.figures(LIMITS.rounding) for key, block in lattice.blocks.items()})
    return lattice, joint


def as_earlier(lattice: Lattice, joint: Joint, rows: Codes, *, erased: bool = False) -> Earlier:
    no_bins = Decided(*(np.zeros(0, np.int64) for _ in range(4)))
    blocks = {**joint.decided, BINS: no_bins}
    bins = np.full(len(rows), -1, np.int64)
    return Earlier("publication 1", lattice.labels, lattice.attributes, rows, bins, blocks, LIMITS, erased)


def sets_of(lattice: Lattice, joint: Joint, rows: Codes) -> list[frozenset[int]]:
    """The conversations behind each figure that a release counted itself."""
    found = []
    for key, decided in joint.decided.items():
        cells = lattice.cell_of_rows(key)
        found += [frozenset(rows[cells == c].tolist()) for c in np.flatnonzero(decided.states == SHOWN)]
    return found


def subtractions_that_find_somebody(users: np.ndarray, new: list[frozenset[int]], old: list[frozenset[int]]) -> int:
    """Pairs of figures whose difference is about some, but too few."""
    found = 0
    for one in new:
        for other in old:
            if one & other and (differ := one ^ other):
                found += len(differ) < LIMITS.conversations or len({users[c] for c in differ}) < LIMITS.users
    return found


def two_releases(seed: int, added: int, moved: int, audited: bool) -> tuple[np.ndarray, list, list]:
    n = 150
    all_of = people(n + added, seed)
    everybody = People(all_of["user"].astype(np.int64), known=True)
    before, after = np.arange(n), np.arange(n + added)
    first = released(everybody, all_of, before, all_of["base"], [], True)
    again = all_of["base"].copy()
    rng = np.random.default_rng(seed + 1)
    again[rng.choice(n, moved, replace=False)] = rng.integers(0, 4, moved)
    second = released(everybody, all_of, after, again, [as_earlier(*first, before)], audited)
    return all_of["user"], sets_of(*second, after), sets_of(*first, before)


def test_subtracting_two_releases_finds_somebody_without_the_audit() -> None:
    assert sum(subtractions_that_find_somebody(*two_releases(seed, 8, 0, audited=False)) for seed in range(5)) > 10


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 60), st.sampled_from([0, 0, 2, 30]))
def test_subtracting_two_releases_finds_nobody(seed: int, added: int, moved: int) -> None:
    try:
        users, new, old = two_releases(seed, added, moved, audited=True)
    except NotApartError:
        assert moved  # clusters that stay as they are can always be published: at worst every figure is repeated
        return
    assert subtractions_that_find_somebody(users, new, old) == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_no_sum_of_shown_figures_tells_of_few_who_came(seed: int, added: int) -> None:
    """New figures less repeated ones, along every sum of which all cells are shown."""
    n = 150
    all_of = people(n + added, seed)
    everybody = People(all_of["user"].astype(np.int64), known=True)
    before, after = np.arange(n), np.arange(n + added)
    first = released(everybody, all_of, before, all_of["base"], [], True)
    lattice, joint = released(everybody, all_of, after, all_of["base"], [as_earlier(*first, before)], True)
    for a_sum in lattice.sums():
        total, part = joint.decided[a_sum.total].states, joint.decided[a_sum.part].states
        where = lattice.cell_of_rows(a_sum.part)
        for cell in np.flatnonzero(total > 0):
            parts = np.flatnonzero(a_sum.total_of == cell)
            if not (part[parts] > 0).all() or (part[parts] == SHOWN).all() == (total[cell] == SHOWN):
                continue
            repeated = parts[part[parts] != SHOWN] if total[cell] == SHOWN else parts[part[parts] == SHOWN]
            told = after[np.isin(where, repeated) & (after >= n)]
            assert len(told) == 0 or (
                len(told) >= LIMITS.conversations and len(set(all_of["user"][told])) >= LIMITS.users
            )


def test_the_same_release_again_repeats_every_figure() -> None:
    all_of = people(150, 3)
    everybody, rows = People(all_of["user"].astype(np.int64), known=True), np.arange(150)
    first = released(everybody, all_of, rows, all_of["base"], [], True)
    _, again = released(everybody, all_of, rows, all_of["base"], [as_earlier(*first, rows)], True)
    for key, decided in first[1].decided.items():
        assert (decided.conversations == again.decided[key].conversations).all(), key
        assert ((decided.states > 0) == (again.decided[key].states > 0)).all(), key
    assert again.carried == 0


def test_figures_are_repeated_where_users_were_erased_since() -> None:
    all_of = people(150, 4)
    everybody, rows = People(all_of["user"].astype(np.int64), known=True), np.arange(150)
    lattice, joint = released(everybody, all_of, rows, all_of["base"], [], True)
    left = rows[all_of["user"] != 5]
    assert len(left) < len(rows)
    kept = lattice_of(all_of, left, all_of["base"])
    before = as_earlier(lattice, joint, rows, erased=True)
    bins = before.bins[: len(left)]
    record = Earlier(before.name, kept.labels, kept.attributes, left, bins, before.blocks, LIMITS, True)
    _, again = released(everybody, all_of, left, all_of["base"], [record], True)
    old = {k: v.conversations[v.states > 0].sum() for k, v in joint.decided.items()}
    new = {k: v.conversations[v.states > 0].sum() for k, v in again.decided.items()}
    assert all(new[key] <= old[key] for key in old)
    assert all((v.states != SHOWN).all() for v in again.decided.values())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_pairs_are_near_at_least_where_they_differ_by_too_few(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 60
    everybody = People(rng.integers(0, 12, n), known=True)
    one, two = (rng.integers(-1, 4, n) for _ in range(2))
    two = np.where(rng.random(n) < 0.9, one, two)
    rows = np.arange(n)
    pairs = compare(Members.of(one, rows, 4, everybody), Members.of(two, rows, 4, everybody), LIMITS)
    found = {(int(x), int(y)): bool(near) for x, y, near in zip(pairs.new, pairs.old, pairs.near, strict=True)}
    for x in range(4):
        for y in range(4):
            a, b = set(rows[one == x]), set(rows[two == y])
            assert ((x, y) in found) == bool(a & b)
            differ = np.array(sorted(a ^ b), dtype=np.int64)
            few = len(differ) < LIMITS.conversations or len(set(everybody.users[differ])) < LIMITS.users
            assert not (a & b and few) or found[x, y]


def test_groups_are_none_or_enough() -> None:
    everybody = People(np.arange(10, dtype=np.int64), known=True)
    groups = np.array([0] * 6 + [1] * 5, dtype=np.int64)
    conversations = np.array([*range(6), *range(5)], dtype=np.int64)
    assert enough(groups, conversations, 3, everybody, LIMITS).tolist() == [True, False, True]


@pytest.mark.parametrize("known", [True, False])
def test_users_that_are_unknown_are_not_counted(known: bool) -> None:
    everybody = People(np.zeros(20, dtype=np.int64), known=known)
    groups, rows = np.zeros(20, np.int64), np.arange(20)
    assert enough(groups, rows, 1, everybody, LIMITS).tolist() == [not known]
