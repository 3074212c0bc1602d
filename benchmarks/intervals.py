"""Time, memory and utility of the interval audit on a made-up lattice.

python -m benchmarks.intervals CONVERSATIONS USERS BASE MIDDLE VALUES [VALUES ...]
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from benchmarks.results import add_save, publish
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
    parser = sizes(__doc__ or "")
    add_save(parser)
    given = parser.parse_args()
    lattice = made_up(given.conversations, given.users, given.base, given.middle, given.values)
    suppressed = suppress(lattice, cell_limits(PROFILES["default"]))
    before, start, started = shown(lattice), time.perf_counter(), time.process_time()
    found = audit(lattice, PROFILES["default"])
    spent, elapsed = time.process_time() - started, time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    after = shown(lattice)
    row = [f"{given.conversations:,} conversations, {given.base} and {given.middle} clusters", f"{found.cells:,}"]
    row += [f"{found.withheld:,}", f"{elapsed:.1f}", f"{spent:.1f}", f"{memory:.0f}"]
    row += [f"{after[0]:,} of {before[0]:,}", f"{after[1] / max(1, before[1]):.0%}"]
    header = ["lattice", "small cells audited", "withheld for them", "s", "s of processor", "peak MB"]
    header += ["cells by two attributes that stay", "conversations in them"]
    publish("intervals", header, [row], given.save, notes=[f"{suppressed}; {found}."])


def sizes(description: str) -> argparse.ArgumentParser:
    """What a made-up lattice is made of."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("conversations", "users", "base", "middle"):
        parser.add_argument(name, type=int)
    parser.add_argument("values", type=int, nargs="+", help="of each attribute")
    return parser


if __name__ == "__main__":
    main()
