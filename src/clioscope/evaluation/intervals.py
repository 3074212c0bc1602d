"""95% intervals: of shares after Wilson, and of other figures by resampling conversations.

References
----------
Wilson (1927), "Probable inference, the law of succession, and statistical inference". Efron
(1979), "Bootstrap methods".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_Z = 1.959964
"""Standard errors either side of a figure that hold the true one in 95% of cases."""

RESAMPLES = 200


class Interval(NamedTuple):
    """A figure, and between what the true one lies in 95% of cases."""

    value: float
    low: float
    high: float


def wilson(successes: int, tries: int) -> Interval:
    """A share with its interval; ``tries`` is at least 1. The interval is never empty, nor beyond 0 and 1."""
    share, squared = successes / tries, _Z**2
    middle = (share + squared / (2 * tries)) / (1 + squared / tries)
    half = _Z / (1 + squared / tries) * math.sqrt(share * (1 - share) / tries + squared / (4 * tries**2))
    return Interval(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)))


def of_mean(values: NDArray[np.float64], groups: NDArray[np.int64], rng: np.random.Generator) -> Interval:
    """The mean of ``values`` [n], where those of one group of ``groups`` [n], such as a conversation, go together."""
    _, place = np.unique(groups, return_inverse=True)
    sums, counts = np.bincount(place, weights=values), np.bincount(place).astype(np.float64)
    n = len(sums)
    means = []
    for _ in range(RESAMPLES):
        times = np.bincount(rng.integers(0, n, n), minlength=n)
        means.append(float(times @ sums) / float(times @ counts))
    return around(float(values.mean()), means)


def of_figures(
    figures: Callable[[NDArray[np.int64]], Sequence[float]], groups: NDArray[np.int64], rng: np.random.Generator
) -> list[Interval]:
    """Several figures of the same rows, with whole groups drawn again.

    Parameters
    ----------
    figures
        Is given rows, int64 [m], some of them several times, and returns the figures of those.
    groups
        int64 [n]: which rows go together.
    """
    _, place = np.unique(groups, return_inverse=True)
    order = np.argsort(place, kind="stable")
    n = int(place.max(initial=-1)) + 1
    starts = np.searchsorted(place[order], np.arange(n + 1))
    once = n == len(groups)
    found = []
    for _ in range(RESAMPLES):
        drawn = rng.integers(0, n, n)
        rows = order[drawn] if once else order[_ranges(starts[drawn], starts[drawn + 1])]
        found.append(figures(rows))
    exact = figures(np.arange(len(groups), dtype=np.int64))
    return [around(value, [row[i] for row in found]) for i, value in enumerate(exact)]


def around(value: float, resampled: Sequence[float]) -> Interval:
    """``value`` and 1.96 standard errors either side.

    Not the percentiles of what was resampled: rows drawn twice agree with themselves, so that figures of agreement are
    higher in resamples than they are.
    """
    half = _Z * float(np.std(resampled, ddof=1)) if len(resampled) > 1 else 0.0
    return Interval(value, value - half, value + half)


def _ranges(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from each start up to its end, one range after the other."""
    lengths = ends - starts
    jumps = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return np.asarray(np.arange(int(lengths.sum()), dtype=np.int64) + jumps)
