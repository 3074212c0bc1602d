"""After the audit nobody can tell much of any withheld cell."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.config import PROFILES, Thresholds
from clioscope.privacy.intervals.audit import Audit
from clioscope.privacy.intervals.figures import Figures
from clioscope.privacy.intervals.repair import audit
from clioscope.privacy.lattice import NONE, Attribute, BlockKey, Lattice
from clioscope.privacy.limits import cell_limits, cluster_limits
from clioscope.privacy.map_bins import Bins
from clioscope.privacy.suppression import suppress
from tests.privacy.intervals.test_bounds import lattices

SOME = Thresholds(4, 6, 4, 5, 1, 1, 0.6)
DEFAULT = PROFILES["default"]


def shown(lattice: Lattice) -> int:
    return sum(int(block.shown.sum()) for block in lattice.blocks.values())


@given(lattices())
@settings(max_examples=12, deadline=None)
def test_nothing_is_left_that_fails_and_nothing_withheld_is_shown(lattice: Lattice) -> None:
    before = {key: block.shown.copy() for key, block in lattice.blocks.items()}
    audited = audit(lattice, SOME)
    exposed = Audit(Figures(lattice, cell_limits(SOME), cluster_limits(SOME))).run()
    assert len(exposed) <= audited.left
    for found in exposed:
        cluster = lattice.unpacked(found.cell.key)[0][found.cell.cell]
        for table in (found.attributes, *((a,) for a in found.attributes)):
            key = BlockKey(found.cell.key.level, table)
            mine = lattice.unpacked(key)[0] == cluster
            assert not lattice.blocks[key].shown[mine].any(), "more could have been withheld"
    assert not any((block.shown & ~before[key]).any() for key, block in lattice.blocks.items())
    assert audited.withheld == sum(int(flags.sum()) for flags in before.values()) - shown(lattice)
    assert all(block.shown.all() for key, block in lattice.blocks.items() if not key.attributes)


def leaking() -> Lattice:
    """One language of two conversations beside one of 68: the figures say that it is no more than four."""
    language = np.array([0] * 68 + [1] * 2, dtype=np.int32)
    attribute = Attribute("language", language, ("en", "es"))
    return Lattice([np.zeros(70, np.int32)], [attribute], np.arange(70, dtype=np.int32))


def test_what_line_by_line_suppression_leaves_open_to_deduction_is_withheld() -> None:
    lattice = leaking()
    suppress(lattice, cell_limits(DEFAULT))
    assert lattice.blocks[BlockKey(0, (0,))].shown.tolist() == [True, False]
    limits = cell_limits(DEFAULT)
    exposed = Audit(Figures(lattice, limits, cluster_limits(DEFAULT))).run()
    assert {found.cell.key.level for found in exposed} == {0, NONE}
    audited = audit(lattice, DEFAULT)
    assert audited.withheld == 2
    assert audited.without == [("language",)]
    assert not lattice.blocks[BlockKey(0, (0,))].shown.any()


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
        rng = np.random.default_rng(seed)
        n = 400
        labels = np.sort(rng.choice(5, n)).astype(np.int32)
        attributes = [
            Attribute(name, rng.choice(size, n, p=rng.dirichlet([0.7] * size)).astype(np.int32), tuple("abcd"[:size]))
            for name, size in (("language", 4), ("month", 3))
        ]
        lattice = Lattice([labels], attributes, rng.integers(0, 200, n).astype(np.int32))
        suppress(lattice, cell_limits(DEFAULT))
        audit(lattice, DEFAULT)
        return [block.shown.tolist() for block in lattice.blocks.values()]

    assert decide() == decide()


def test_ones_own_export_is_not_audited() -> None:
    lattice = leaking()
    suppress(lattice, cell_limits(PROFILES["personal"]))
    assert audit(lattice, PROFILES["personal"]).cells == 0
    assert all(block.shown.all() for block in lattice.blocks.values())
