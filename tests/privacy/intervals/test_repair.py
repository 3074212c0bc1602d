"""After the audit nobody can tell a cell that is withheld for being small from an empty one."""

from __future__ import annotations

from itertools import combinations, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.config import PROFILES, Thresholds
from clioscope.privacy.intervals import large
from clioscope.privacy.intervals.audit import Audit, Exposed
from clioscope.privacy.intervals.figures import Figures
from clioscope.privacy.intervals.plan import Plan
from clioscope.privacy.intervals.repair import audit
from clioscope.privacy.lattice import Attribute, BlockKey, Lattice
from clioscope.privacy.limits import cell_limits, cluster_limits
from clioscope.privacy.map_bins import Bins
from clioscope.privacy.suppression import suppress
from tests.privacy.intervals.test_bounds import lattices

SOME = Thresholds(4, 6, 4, 5, 1, 1, 0.6)
DEFAULT = PROFILES["default"]


def shown(lattice: Lattice) -> int:
    return sum(int(block.shown.sum()) for block in lattice.blocks.values())


def exposed(lattice: Lattice, thresholds: Thresholds) -> list[Exposed]:
    attributes = tuple(range(len(lattice.attributes)))
    figures = Figures(lattice, cell_limits(thresholds), cluster_limits(thresholds))
    return Audit(figures, attributes, min(len(attributes), 2)).run()


@given(lattices())
@settings(max_examples=12, deadline=None)
def test_nothing_is_left_that_fails_and_nothing_withheld_is_shown(lattice: Lattice) -> None:
    before = {key: block.shown.copy() for key, block in lattice.blocks.items()}
    audited = audit(lattice, SOME)
    found = exposed(lattice, SOME)
    assert len(found) <= audited.left
    if found:
        shown_by_attribute = [block.shown.any() for key, block in lattice.blocks.items() if key.attributes]
        assert not any(shown_by_attribute), "more could have been withheld"
    assert not any((block.shown & ~before[key]).any() for key, block in lattice.blocks.items())
    assert audited.withheld == sum(int(flags.sum()) for flags in before.values()) - shown(lattice)
    assert all(block.shown.all() for key, block in lattice.blocks.items() if not key.attributes)


def leaking() -> Lattice:
    """One language of two conversations beside one of 68: the figures say that it is no more than four."""
    language = np.array([0] * 68 + [1] * 2, dtype=np.int32)
    attribute = Attribute("language", language, ("en", "es"))
    return Lattice([np.zeros(70, np.int32)], [attribute], np.arange(70, dtype=np.int32))


def made_up(seed: int, n: int = 400, attributes: int = 2) -> Lattice:
    rng = np.random.default_rng(seed)
    labels = np.sort(rng.choice(5, n)).astype(np.int32)
    by = [
        Attribute(name, rng.choice(size, n, p=rng.dirichlet([0.7] * size)).astype(np.int32), tuple("abcd"[:size]))
        for name, size in (("language", 4), ("month", 3), ("length", 3), ("turns", 3))[:attributes]
    ]
    lattice = Lattice([labels], by, rng.integers(0, n // 2, n).astype(np.int32))
    suppress(lattice, cell_limits(DEFAULT))
    return lattice


def test_what_line_by_line_suppression_leaves_open_to_deduction_is_withheld() -> None:
    leaks = [seed for seed in range(12) if exposed(made_up(seed), DEFAULT)]
    assert leaks
    for seed in leaks:
        lattice = made_up(seed)
        audited = audit(lattice, DEFAULT)
        assert audited.withheld > 0
        assert audited.left == 0
        assert exposed(lattice, DEFAULT) == []


def test_what_only_several_pairs_of_attributes_give_away_together_is_withheld() -> None:
    together: list[int] = []
    for seed in range(8):
        lattice = made_up(seed, 200, attributes=4)
        figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT))
        alone = {one.cell for pair in combinations(range(4), 2) for one in Audit(figures, pair, 2).run()}
        if {one.cell for one in exposed(lattice, DEFAULT)} - alone:
            together.append(seed)
    assert together
    for seed in together:
        lattice = made_up(seed, 200, attributes=4)
        assert audit(lattice, DEFAULT).left == 0
        assert exposed(lattice, DEFAULT) == []


def test_of_many_clusters_pairs_are_shown_from_the_first_level_with_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "MOST_CLUSTERS", 3)
    base = made_up(1)
    above = np.minimum(base.labels[0], 2)
    lattice = Lattice([base.labels[0], above], base.attributes, base.users)
    suppress(lattice, cell_limits(DEFAULT))
    assert lattice.blocks[BlockKey(0, (0, 1))].shown.any()
    assert audit(lattice, DEFAULT).pairs_from == 1
    assert not lattice.blocks[BlockKey(0, (0, 1))].shown.any()
    assert lattice.blocks[BlockKey(1, (0, 1))].shown.any()
    figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT))
    assert large.hide_telling_margins(figures, 1) == 0, "was looked at"


def grouped(seed: int) -> Lattice:
    """Twelve base clusters under three, and by three attributes."""
    rng = np.random.default_rng(seed)
    base = np.sort(rng.choice(12, 700)).astype(np.int32)
    by = [
        Attribute(name, rng.choice(size, 700, p=rng.dirichlet([0.8] * size)).astype(np.int32), tuple("abcd"[:size]))
        for name, size in (("language", 4), ("month", 3), ("length", 3))
    ]
    lattice = Lattice([base, base // 4], by, rng.integers(0, 350, 700).astype(np.int32))
    suppress(lattice, cell_limits(DEFAULT))
    return lattice


def test_pairs_of_upper_levels_and_margins_of_lower_ones_are_looked_at_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(large, "MOST_CLUSTERS", 5)
    together: list[int] = []
    for seed in range(6):
        lattice = grouped(seed)
        large.hide_pairs(lattice, 1)
        figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT))
        margins = {one.cell for one in Audit(figures, (0, 1, 2), 1).run()}
        below = {one.cell for one in exposed(lattice, DEFAULT) if one.cell.key.level == 0} - margins
        if below:
            together.append(seed)
            assert audit(lattice, DEFAULT).left == 0
            assert exposed(lattice, DEFAULT) == []
            assert any(block.shown.any() for key, block in lattice.blocks.items() if len(key.attributes) == 2)
    assert together


def test_of_very_many_clusters_levels_are_looked_at_apart_and_the_result_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(large, "MOST_CLUSTERS", 5)
    assert not audit(grouped(0), DEFAULT).apart
    monkeypatch.setattr(large, "MOST_TOGETHER", 11)
    lattice = grouped(0)
    audited = audit(lattice, DEFAULT)
    assert audited.apart
    assert audited.left == 0
    figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT))
    assert Audit(figures, (0, 1, 2), 1).run() == []


def test_groups_of_clusters_end_where_parents_are_not_in_the_order_of_theirs() -> None:
    base = np.repeat(np.arange(24, dtype=np.int32), 20)
    middle = np.array([5, 4, 3, 2, 1, 0], dtype=np.int32)[base // 4]
    top = np.array([0, 0, 0, 1, 1, 1], dtype=np.int32)[base // 4]
    values = np.tile(np.repeat(np.array([0, 1], dtype=np.int32), 10), 24)
    lattice = Lattice([base, middle, top], [Attribute("half", values, ("a", "b"))], np.arange(480, dtype=np.int32))
    figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT))
    plan = Plan(figures, (0,), 1)
    everything = {BlockKey(0, (0,)): np.ones(48, dtype=np.bool_)}
    for fixed in (False, True):
        blocks = list(islice(plan.by_cluster(everything, fixed), 100))
        assert sorted(np.concatenate([block.base for block in blocks]).tolist()) == list(range(24))


def test_margins_that_prove_a_small_cell_are_withheld() -> None:
    language = np.array([0] * 20 + [1] * 80, dtype=np.int32)
    month = np.array([0] * 9 + [1] * 11 + [0] * 80, dtype=np.int32)
    month[9:11] = 0
    attributes = [Attribute("language", language, ("es", "en")), Attribute("month", month, ("06", "07"))]
    lattice = Lattice([np.zeros(100, np.int32)], attributes, np.arange(100, dtype=np.int32))
    for block in lattice.blocks.values():
        block.shown[:] = True
    large.hide_pairs(lattice, 1)
    figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT))
    # Of 100, 20 are in Spanish and 91 of June, so that 11 at least are both, and these are too few to be shown.
    assert large.hide_telling_margins(figures, 1) == 1
    assert lattice.blocks[BlockKey(0, (0,))].shown.tolist() == [False, True]


def test_the_map_narrows_what_a_clusters_total_may_be() -> None:
    lattice = leaking()
    suppress(lattice, cell_limits(DEFAULT))
    numbers = [np.array(of, dtype=np.int32) for of in ([0, 0], [0, 4], [0, 0], [4, 8], [8, 8], [34, 34], [34, 34])]
    figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT), Bins(*numbers))
    total = figures.conversations(BlockKey(0, ()), slice(None))
    assert (total.low.tolist(), total.high.tolist()) == ([68], [72])
    few = Bins(*(np.array(of, dtype=np.int32) for of in ([0, 0], [0, 4], [0, 0], [4, 8], [8, 8], [32, 33], [32, 33])))
    lattice.blocks[BlockKey(0, ())].counts.conversations[0] = 68
    figures = Figures(lattice, cell_limits(DEFAULT), cluster_limits(DEFAULT), few)
    total = figures.conversations(BlockKey(0, ()), slice(None))
    assert (total.low.tolist(), total.high.tolist()) == ([68], [69])


@given(st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_the_same_lattice_is_audited_the_same(seed: int) -> None:
    def decide() -> list[list[bool]]:
        lattice = made_up(seed)
        audit(lattice, DEFAULT)
        return [block.shown.tolist() for block in lattice.blocks.values()]

    assert decide() == decide()


def test_ones_own_export_is_not_audited() -> None:
    lattice = leaking()
    suppress(lattice, cell_limits(PROFILES["personal"]))
    assert audit(lattice, PROFILES["personal"]).cells == 0
    assert all(block.shown.all() for block in lattice.blocks.values())
