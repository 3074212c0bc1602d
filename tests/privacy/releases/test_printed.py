"""What a further publication prints is guarded as it is printed, also where it repeats earlier figures."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from clioscope.config import Thresholds
from clioscope.privacy.counting import Codes
from clioscope.privacy.intervals.repair import audit
from clioscope.privacy.lattice import Lattice
from clioscope.privacy.releases import Joint, NotApartError
from clioscope.privacy.releases.earlier import CARRIED, SHOWN, Earlier
from clioscope.privacy.releases.members import People
from tests.privacy.releases.test_joint import LIMITS, as_earlier, lattice_of, people

THRESHOLDS = Thresholds(4, 6, 4, 5, 1, 1, 0.5)


def released(everybody: People, all_of: dict[str, np.ndarray], rows: Codes, earlier: list[Earlier]) -> Joint:
    lattice = lattice_of(all_of, rows, all_of["base"])
    joint = Joint(earlier, everybody, rows)
    joint.settle(lattice, LIMITS, partial(audit, lattice, THRESHOLDS))
    joint.record(lattice, {key: block.figures(LIMITS.rounding) for key, block in lattice.blocks.items()})
    return joint


def told(lattice: Lattice, joint: Joint) -> int:
    """Sums with a new figure that prove of their one withheld part, which is small, that it holds somebody."""
    found = 0
    for a_sum in lattice.sums():
        total, part = joint.decided[a_sum.total], joint.decided[a_sum.part]
        counts = lattice.blocks[a_sum.part].counts
        for cell in np.flatnonzero((total.states == SHOWN) | (total.states == CARRIED)):
            parts = np.flatnonzero(a_sum.total_of == cell)
            is_shown = (part.states[parts] == SHOWN) | (part.states[parts] == CARRIED)
            hidden, shown = parts[~is_shown], parts[is_shown]
            is_new = total.states[cell] == SHOWN or (part.states[shown] == SHOWN).any()
            if len(hidden) != 1 or not is_new or LIMITS.enough(counts.of(hidden), True)[0]:
                continue
            left = total.conversations[cell] - 2 - (part.conversations[shown] + 2).sum()
            found += max(left, total.users[cell] - 2 - (part.users[shown] + 2).sum()) > 0
    return found


@pytest.mark.parametrize("seed", [2162, *range(2000, 2024)])
def test_no_sum_of_printed_figures_tells_of_the_few_who_are_withheld(seed: int) -> None:
    n, added = 150, (10, 25, 40)[seed % 3]
    all_of = people(n + added, seed)
    everybody = People(all_of["user"].astype(np.int64), known=True)
    before, shuffled = np.arange(n + added), np.random.default_rng(seed).permutation(n + added)
    after = np.sort(shuffled[: n + (added // 2 if seed % 2 else 0)])
    try:
        first = released(everybody, all_of, before, [])
        lattice = lattice_of(all_of, before, all_of["base"])
        second = released(everybody, all_of, after, [as_earlier(lattice, first, before)])
    except NotApartError:
        return
    assert told(lattice, first) == 0
    assert told(lattice_of(all_of, after, all_of["base"]), second) == 0
