"""Time, memory and utility of the interval audit on a made-up lattice.

python benchmarks/intervals.py CONVERSATIONS USERS BASE MIDDLE VALUES [VALUES ...]
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from clioscope.config import PROFILES
from clioscope.privacy.intervals.repair import audit
from clioscope.privacy.lattice import Attribute, Lattice
from clioscope.privacy.limits import cell_limits
from clioscope.privacy.suppression import suppress


def made_up(conversations: int, users: int, base: int, middle: int, values: list[int]) -> Lattice:
    """Clusters of uneven sizes; the first attribute has one common value, the others have even ones."""
    rng = np.random.default_rng(0)
    labels = rng.choice(base, conversations, p=rng.dirichlet([2.0] * base))
    sizes = np.bincount(labels, minlength=base)
    labels[sizes[labels] < 40] = int(sizes.argmax())
    _, labels = np.unique(labels, return_inverse=True)
    _, above = np.unique(labels * middle // base, return_inverse=True)
    attributes = []
    for number, width in enumerate(values):
        usual = 1.0 / np.arange(1, width + 1) ** (1.6 if number == 0 else 0.3)
        mixes = np.array([rng.dirichlet(usual / usual.sum() * 8) for _ in range(labels.max() + 1)])
        codes = (rng.random(conversations)[:, None] > mixes.cumsum(axis=1)[labels]).sum(axis=1).clip(0, width - 1)
        attributes.append(Attribute(f"a{number}", codes.astype(np.int32), tuple(f"v{i:02d}" for i in range(width))))
    people = (users * rng.random(conversations) ** 1.5).astype(np.int32)
    return Lattice([labels.astype(np.int32), above.astype(np.int32)], attributes, people)


def shown(lattice: Lattice) -> tuple[int, int]:
    """Shown cells by two attributes, and conversations in them."""
    pairs = [block for key, block in lattice.blocks.items() if len(key.attributes) == 2]
    conversations = sum(int(block.counts.conversations[block.shown].sum()) for block in pairs)
    return sum(int(block.shown.sum()) for block in pairs), conversations


def main() -> None:
    conversations, users, base, middle, *values = map(int, sys.argv[1:])
    lattice = made_up(conversations, users, base, middle, values)
    print(suppress(lattice, cell_limits(PROFILES["default"])))
    before, start, started = shown(lattice), time.perf_counter(), time.process_time()
    print(audit(lattice, PROFILES["default"]))
    spent, elapsed = time.process_time() - started, time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{elapsed:.1f} s, {spent:.1f} s of processor time, {memory:.0f} MB at most")
    print(f"cells by two attributes, and conversations in them: {before} before, {shown(lattice)} after")


if __name__ == "__main__":
    main()
