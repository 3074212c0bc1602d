"""Time, memory and utility of the audit of a release beside what was published before, on a made-up lattice.

python -m benchmarks.releases CONVERSATIONS USERS BASE MIDDLE VALUES [VALUES ...]

The first publication counts the first 90% of the conversations, the second all of them, in the same clusters; once more
with 1% of the conversations in other clusters.
"""

from __future__ import annotations

import resource
import time

import numpy as np
from numpy.typing import NDArray

from benchmarks.intervals import made_up, sizes
from benchmarks.results import add_save, publish
from clioscope.config import PROFILES
from clioscope.privacy.intervals.repair import audit
from clioscope.privacy.lattice import Attribute, Lattice
from clioscope.privacy.limits import cell_limits
from clioscope.privacy.releases import BINS, Decided, Earlier, Joint, NotApartError
from clioscope.privacy.releases.members import People

EARLIER = 0.9
MOVED = 0.01


def part(whole: Lattice, rows: NDArray[np.int64], base: NDArray[np.int32]) -> Lattice:
    """The lattice of some of the conversations of ``whole``, with these base clusters, int32 [n]."""
    assert whole.users is not None
    parents = np.zeros(int(whole.labels[0].max()) + 1, np.int32)
    parents[whole.labels[0]] = whole.labels[1]
    attributes = [Attribute(a.name, a.codes[rows], a.values) for a in whole.attributes]
    return Lattice([base[rows], parents[base[rows]]], attributes, whole.users[rows])


def released(
    lattice: Lattice, rows: NDArray[np.int64], people: People, earlier: list[Earlier]
) -> tuple[Earlier, int, Joint]:
    """Decide a release; what the next one has to know of it, how many figures it shows, and what was decided."""
    limits, thresholds = cell_limits(PROFILES["default"]), PROFILES["default"]
    joint = Joint(earlier, people, rows)
    joint.settle(lattice, limits, lambda: audit(lattice, thresholds))
    joint.record(lattice, {key: block.figures(limits.rounding) for key, block in lattice.blocks.items()})
    nothing = np.zeros(0, np.int64)
    blocks = {**joint.decided, BINS: Decided(nothing, nothing.astype(np.int8), nothing, nothing)}
    bins = np.full(len(rows), -1, np.int64)
    known = Earlier("publication 1", lattice.labels, lattice.attributes, rows, bins, blocks, limits, erased=False)
    return known, sum(int(block.shown.sum()) for block in lattice.blocks.values()), joint


def main() -> None:
    parser = sizes(__doc__ or "")
    add_save(parser)
    given = parser.parse_args()
    conversations = given.conversations
    whole = made_up(conversations, given.users, given.base, given.middle, given.values)
    assert whole.users is not None
    people = People(whole.users.astype(np.int64) + 1, known=True)
    everything = np.arange(conversations)
    before = everything[: int(conversations * EARLIER)]
    first, shown, _ = released(part(whole, before, whole.labels[0]), before, people, [])
    rows = [["the first publication", f"{shown:,}", "", "", "", ""]]
    rng = np.random.default_rng(1)
    moved = whole.labels[0].copy()
    chosen = rng.choice(conversations, int(conversations * MOVED), replace=False)
    moved[chosen] = rng.permutation(moved[chosen])
    for setting, labels, earlier in (
        ("all of them, by itself", whole.labels[0], []),
        ("the same clusters", whole.labels[0], [first]),
        ("1% of the conversations in other clusters", moved, [first]),
    ):
        start, started = time.perf_counter(), time.process_time()
        try:
            _, shown, joint = released(part(whole, everything, labels), everything, people, list(earlier))
            said = [f"{shown:,}", f"{joint.carried:,}", f"{joint.withheld:,}"]
        except NotApartError:
            said = ["refused", "", ""]
        elapsed, spent = time.perf_counter() - start, time.process_time() - started
        rows.append([setting, *said, f"{elapsed:.1f}", f"{spent:.1f}"])
    note = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most."
    header = ["published", "figures", "as published before", "withheld for what is out", "s", "s of processor"]
    publish("releases", header, rows, given.save, notes=[note])


if __name__ == "__main__":
    main()
