"""What is withheld cannot be had by subtracting what is shown, sum by sum."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.config import PROFILES
from clioscope.privacy.counting import count, rounded
from clioscope.privacy.lattice import NONE, Attribute, BlockKey, Lattice, attribute
from clioscope.privacy.limits import Limits, cell_limits, cluster_limits
from clioscope.privacy.suppression import suppress

LIMITS = Limits(users=4, conversations=6, rounding=5, share=0.6)


@st.composite
def lattices(draw: st.DrawFn) -> Lattice:
    n = draw(st.integers(30, 200))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    base = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1]).astype(np.int32)
    above = np.array([0, 0, 1, 1], dtype=np.int32)[base]
    attributes = []
    for name in ("language", "month")[: draw(st.integers(1, 2))]:
        weights = rng.dirichlet([0.5] * draw(st.integers(1, 5)))
        codes = rng.choice(len(weights), n, p=weights).astype(np.int32)
        attributes.append(Attribute(name, codes, tuple(f"v{i}" for i in range(len(weights)))))
    users = rng.integers(0, max(2, n // 2), n).astype(np.int32) if draw(st.booleans()) else None
    return Lattice([base, above], attributes, users)


@given(lattices())
@settings(max_examples=150, deadline=None)
def test_no_sum_gives_a_withheld_cell_away(lattice: Lattice) -> None:
    suppress(lattice, LIMITS)
    known = lattice.users is not None
    for a_sum in lattice.sums():
        if not a_sum.part.attributes:
            continue
        part, total = lattice.blocks[a_sum.part], lattice.blocks[a_sum.total]
        cells = lattice.cell_of_rows(a_sum.part)
        for t in range(len(total.keys)):
            parts = np.flatnonzero(a_sum.total_of == t)
            hidden = parts[~part.shown[parts]]
            if not total.shown[t]:
                assert len(hidden) > 0, "a withheld total has all its parts shown"
                continue
            if len(hidden) == 0 or len(hidden) == len(parts):
                continue
            shown = parts[part.shown[parts]]
            figures = rounded(part.counts.conversations[shown], 5)
            remainder = rounded(total.counts.conversations[t : t + 1], 5)[0] - 2 - (figures + 2).sum()
            if known:
                users = rounded(part.counts.users[shown], 5)
                remainder = max(remainder, rounded(total.counts.users[t : t + 1], 5)[0] - 2 - (users + 2).sum())
            if remainder <= 0:
                continue  # nobody can tell from rounded figures that anything is missing
            assert len(hidden) > 1, "one withheld part is the total minus the rest"
            inside = np.isin(cells, hidden)
            together = count(np.where(inside, 0, -1).astype(np.int64), lattice.users, 1)
            assert LIMITS.enough(together, known)[0]


@given(lattices())
@settings(max_examples=50, deadline=None)
def test_every_shown_cell_passes_the_limits(lattice: Lattice) -> None:
    suppress(lattice, LIMITS)
    for key, block in lattice.blocks.items():
        if key.attributes:
            enough = LIMITS.enough(block.counts, lattice.users is not None)
            assert not (block.shown & ~enough).any()


def test_counts_are_those_of_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    groups, users = rng.integers(-1, 5, 300), rng.integers(-1, 20, 300).astype(np.int32)
    counts = count(groups, users, 5)
    for group in range(5):
        assert counts.conversations[group] == (groups == group).sum()
        assert counts.users[group] == len({int(u) for u in users[groups == group]})
        assert counts.most[group] == max(Counter(users[groups == group].tolist()).values())


def test_without_anything_small_everything_is_shown() -> None:
    labels = np.repeat(np.arange(2, dtype=np.int32), 100)
    language = Attribute("language", np.tile(np.array([0, 1], dtype=np.int32), 100), ("de", "en"))
    lattice = Lattice([labels], [language], np.arange(200, dtype=np.int32))
    withheld = suppress(lattice, Limits(10, 15, 5))
    assert (withheld.small, withheld.complementary) == (0, 0)
    assert lattice.blocks[BlockKey(NONE, (0,))].shown.all()


def test_the_smallest_neighbour_is_withheld_with_a_lone_small_cell() -> None:
    language = np.array([0] * 60 + [1] * 30 + [2] * 9, dtype=np.int32)
    labels = np.zeros(99, dtype=np.int32)
    lattice = Lattice([labels], [Attribute("language", language, ("en", "de", "fr"))], np.arange(99, dtype=np.int32))
    withheld = suppress(lattice, Limits(10, 15, 5))
    assert lattice.blocks[BlockKey(0, (0,))].shown.tolist() == [True, False, False]
    assert withheld.small == 2  # at the base, and for everything
    assert withheld.complementary == 2


def test_halves_round_up() -> None:
    assert rounded(np.array([0, 2, 3, 7, 8, 12, 13]), 5).tolist() == [0, 0, 5, 5, 10, 10, 15]
    assert rounded(np.array([1, 2]), 1).tolist() == [1, 2]


def test_what_rounding_hides_costs_no_other_cell() -> None:
    language = np.array([0] * 68 + [1] * 2, dtype=np.int32)
    lattice = Lattice(
        [np.zeros(70, dtype=np.int32)], [Attribute("language", language, ("en", "es"))], np.arange(70, dtype=np.int32)
    )
    suppress(lattice, Limits(10, 15, 5))
    assert lattice.blocks[BlockKey(0, (0,))].shown.tolist() == [True, False]
    assert rounded(np.array([70]), 5)[0] - rounded(np.array([68]), 5)[0] == 0


def test_a_cell_that_is_mostly_one_users_is_withheld() -> None:
    language = np.array([0] * 60 + [1] * 40, dtype=np.int32)
    users = np.arange(100, dtype=np.int32)
    users[60:69] = 7
    lattice = Lattice([np.zeros(100, dtype=np.int32)], [Attribute("language", language, ("en", "es"))], users)
    suppress(lattice, Limits(10, 15, 5, 0.2))
    assert not lattice.blocks[BlockKey(0, (0,))].shown.any(), "the other would give it away"
    suppress(lattice, Limits(10, 15, 5, 0.25))
    assert lattice.blocks[BlockKey(0, (0,))].shown.all()


@pytest.mark.parametrize("anonymous", [200, 2])
def test_conversations_without_a_user_are_one_users_in_every_limit(anonymous: int) -> None:
    users = np.r_[np.repeat(np.arange(9), 20), np.full(anonymous, -1)].astype(np.int32)
    counts = count(np.zeros(len(users), dtype=np.int64), users, 1)
    assert counts.users.tolist() == [10]
    assert counts.most.tolist() == [max(20, anonymous)]
    for limits in (cell_limits(PROFILES["default"]), cluster_limits(PROFILES["default"])):
        assert limits.enough(counts, users_known=True).tolist() == [anonymous == 2]


def test_users_that_are_missing_prove_conversations_that_are() -> None:
    language = np.array([0] * 70 + [1] * 2, dtype=np.int32)
    lattice = Lattice(
        [np.zeros(72, dtype=np.int32)],
        [Attribute("language", language, ("en", "es"))],
        np.array([i % 12 for i in range(70)] + [12, 13], dtype=np.int32),
    )
    suppress(lattice, Limits(10, 15, 5))
    # 70 less 70 conversations may be none, and 15 less 10 users, each 2 more or less, cannot.
    assert not lattice.blocks[BlockKey(0, (0,))].shown.any()


def test_profiles_ask_more_of_clusters_than_of_cells_where_all_the_world_reads_them() -> None:
    public = PROFILES["public"]
    assert cluster_limits(public)[:2] == (250, 500)
    assert cell_limits(public)[:3] == (25, 40, 10)
    assert all(PROFILES[name].share == 0.2 for name in ("default", "strict", "public"))


def test_without_rounding_one_small_cell_takes_its_neighbour_along() -> None:
    language = np.array([0] * 68 + [1] * 2, dtype=np.int32)
    lattice = Lattice([np.zeros(70, dtype=np.int32)], [Attribute("language", language, ("en", "es"))], None)
    suppress(lattice, Limits(10, 15, 1))
    assert not lattice.blocks[BlockKey(0, (0,))].shown.any()


def test_what_may_be_unanswered_costs_no_other_cell() -> None:
    codes = np.array([0] * 60 + [1] * 4 + [2] * 20, dtype=np.int32)
    users = np.arange(84, dtype=np.int32)
    language = attribute("language", codes, ("en", "es", "und"), users, PROFILES["default"])
    assert language.open
    assert language.values == ("en", "es")
    lattice = Lattice([np.zeros(84, dtype=np.int32)], [language], users)
    suppress(lattice, Limits(10, 15, 5))
    assert lattice.blocks[BlockKey(0, (0,))].shown.tolist() == [True, False]


def test_a_few_without_a_value_are_withheld_as_any_small_value() -> None:
    codes = np.array([2] * 60 + [1] * 30 + [0] * 9, dtype=np.int32)
    plan = attribute("plan", codes, ("(none)", "free", "team"), np.arange(99, dtype=np.int32), PROFILES["default"])
    assert not plan.open
    lattice = Lattice([np.zeros(99, dtype=np.int32)], [plan], np.arange(99, dtype=np.int32))
    suppress(lattice, Limits(10, 15, 5))
    assert lattice.blocks[BlockKey(0, (0,))].shown.tolist() == [False, False, True]
