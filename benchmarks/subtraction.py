"""What an outsider subtracts from an atlas: 60,000 made-up conversations of 9,000 users, without the gate and with it.

A hierarchy of 60, 12 and 3 clusters, 12 languages, 6 months and 5 levels of concern, all of falling frequency; a user
speaks one or two languages. Nothing is clustered or embedded: the gate is handed the arrays.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import add_save, publish
from clioscope.atlas import write_release
from clioscope.attacks.static.bounds import Interface
from clioscope.attacks.static.interfaces import of_atlas, without_gate
from clioscope.attacks.static.published import Minimums, Published
from clioscope.attacks.static.subtraction import Deduced, worked_out
from clioscope.attacks.static.truth import Truth, Values
from clioscope.config import PROFILES
from clioscope.naming import describe
from clioscope.privacy.gate import Level, Private, release
from clioscope.privacy.lattice import Attribute
from clioscope.progress import Silent

_LEVELS = (60, 12, 3)
_VALUES = {"language": 12, "month": 6, "concern": 5}


class _Words:
    """Names are of no interest here."""

    def describe(self, terms: object, conversations: int, users: int | None) -> str:
        return describe((), conversations, users)

    def name_by_language(self, languages: object, conversations: int, usual: str) -> str | None:
        return None

    def score(self, texts: Sequence[str]) -> list[int]:
        return [5] * len(texts)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros((len(texts), 384), dtype=np.float32)


def made_up(n: int, users: int, seed: int) -> Truth:
    rng = np.random.default_rng(seed)
    whose = _falling(rng, users, n, 0.6)
    base = _falling(rng, _LEVELS[0], n, 0.5)
    labels = [_by_falling_size(level) for level in (base, base // 5, base // 20)]
    own = _falling(rng, _VALUES["language"], users, 1.3)
    language = np.where(rng.random(n) < 0.9, own[whose], _falling(rng, _VALUES["language"], n, 1.3))
    codes = {
        "language": language,
        "month": rng.integers(0, _VALUES["month"], n),
        "concern": _falling(rng, _VALUES["concern"], n, 1.5),
    }
    attributes = tuple(
        Values(name, codes[name].astype(np.int32), tuple(f"{name} {i:02}" for i in range(size)), open=False)
        for name, size in _VALUES.items()
    )
    places = rng.random((n, 2)).astype(np.float32)
    return Truth([level.astype(np.int32) for level in labels], np.arange(n), whose.astype(np.int32), attributes, places)


def _falling(rng: np.random.Generator, size: int, n: int, power: float) -> NDArray[np.int64]:
    weights = 1 / np.arange(1, size + 1) ** power
    return rng.choice(size, n, p=weights / weights.sum())


def _by_falling_size(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbered as the gate numbers them, so that clusters of the truth are those of the atlas."""
    number: NDArray[np.int64] = np.argsort(np.argsort(-np.bincount(labels), kind="stable"))
    return number[labels]


def released(truth: Truth, folder: Path) -> Published:
    sizes = [int(labels.max()) + 1 for labels in truth.labels]
    above = [np.zeros(size, dtype=np.int32) for size in sizes[:-1]]
    for parents, below, level in zip(above, truth.labels, truth.labels[1:], strict=False):
        parents[below] = level
    levels = [
        Level(
            labels,
            above[i] if i < len(above) else None,
            names=["x"] * k,
            terms=[()] * k,
            descriptions=[None] * k,
            hashed=np.arange(k),
            fits=[None] * k,
            name_confidences=[None] * k,
        )
        for i, (labels, k) in enumerate(zip(truth.labels, sizes, strict=True))
    ]
    attributes = [Attribute(a.name, a.codes, a.values) for a in truth.attributes]
    private = Private(levels, attributes, truth.users, truth.positions, np.zeros((sizes[0], 2), dtype=np.float32))
    made = release(private, PROFILES["default"], {"facet": "request"}, _Words())
    made.privacy["profile"], made.privacy["for_publishing"] = "default", True
    write_release(folder, made)
    return Published(folder)


def _row(what: str, seconds: float, cells: int, found: Deduced) -> list[str]:
    figures = (cells, found.withheld, found.found, found.exact, found.single)
    return [what, *(f"{figure:,}" for figure in figures), f"{seconds:.1f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=60_000)
    parser.add_argument("--users", type=int, default=9_000)
    parser.add_argument("--seed", type=int, default=0)
    add_save(parser)
    given = parser.parse_args()
    truth = made_up(given.conversations, given.users, given.seed)
    with TemporaryDirectory() as folder:
        start = time.perf_counter()
        published = released(truth, Path(folder) / "atlas")
        print(f"The gate took {time.perf_counter() - start:.1f} s.")
        least = published.minimums
        exact = without_gate(truth, published, least)
        rows = [
            _attack("exact counts, a cluster and up to three values", exact, least, truth),
            _attack("the atlas", of_atlas(published, truth, overlapping=False), least, truth),
        ]
    header = ["shown", "cells", "withheld, not empty", "found", "exactly", "one person's", "seconds"]
    note = f"Peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB."
    publish("subtraction", header, rows, given.save, notes=[note])


def _attack(what: str, interface: Interface, least: Minimums, truth: Truth) -> list[str]:
    start = time.perf_counter()
    found = worked_out(interface, least, truth, Silent())
    cells = sum(cells.shown.size for cells in interface.cells.values())
    return _row(what, time.perf_counter() - start, cells, found)


if __name__ == "__main__":
    main()
