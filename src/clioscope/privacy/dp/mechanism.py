"""Noisy counts of those cells that enough users vote for: OpenDP's Gaussian threshold release.

References
----------
Rogers (2023), "A Unifying Privacy Analysis Framework for Unknown Domain Algorithms in Differential Privacy", arXiv
2309.09170. OpenDP: ``make_gaussian_threshold`` over maps of counts. Its Polars layer is not used (opendp issue 2949).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from clioscope.errors import ConfigError
from clioscope.privacy.dp.budget import Part

_VOTES = 1
"""The most votes of one user in one cell."""

_MOST_SIGMAS = 64


class Noisy(NamedTuple):
    """What a release gave: votes by cell, each at least ``threshold``; and what it took.

    ``scale``: the standard deviation of the noise. ``rho`` and ``delta``: as OpenDP's privacy map says.
    """

    votes: dict[int, int]
    scale: float
    threshold: int
    cells: int
    rho: float
    delta: float


def require_opendp() -> None:
    """Say what to install where OpenDP is missing.

    Raises
    ------
    ConfigError
        It is.
    """
    try:
        import opendp  # noqa: F401 - only asks whether it is there
    except ImportError:
        raise ConfigError(
            "--epsilon needs the library OpenDP, which adds the noise. Install it with: pip install 'clioscope[dp]'"
        ) from None


def release(votes: Mapping[int, int], part: Part) -> Noisy:
    """Add noise to every count and let out those that are still at the threshold.

    Parameters
    ----------
    votes
        Users by cell. No user may be in more than ``part.cells`` of them: see
        :func:`~clioscope.privacy.dp.bounding.bounded`.
    part
        What it may spend.

    Returns
    -------
    By cell, ascending. Noise comes from OpenDP's own source of secure randomness; there is no seed.
    """
    measurement, threshold, scale = calibrated(part)
    rho, delta = measurement.map(_distance(part.cells))
    noisy = measurement({int(cell): int(count) for cell, count in votes.items()})
    return Noisy(dict(sorted(noisy.items())), scale, threshold, part.cells, float(rho), float(delta))


def calibrated(part: Part) -> tuple[Any, int, float]:
    """The measurement that spends at most ``part``, with its threshold and its standard deviation.

    The threshold is the least for which a user who is alone in all of their cells is let out with a probability of at
    most ``part.delta``.
    """
    scale = _distance(part.cells)[1] * _VOTES / math.sqrt(2 * part.rho) * (1 + 1e-9)
    low, high = _VOTES, _VOTES + math.ceil(_MOST_SIGMAS * scale)
    while low < high:
        middle = (low + high) // 2
        if _made(scale, middle).map(_distance(part.cells))[1] <= part.delta:
            high = middle
        else:
            low = middle + 1
    return _made(scale, low), low, scale


def _made(scale: float, threshold: int) -> Any:
    import opendp.prelude as dp

    dp.enable_features("contrib")
    counts = dp.map_domain(dp.atom_domain(T="i64"), dp.atom_domain(T="i64"))
    metric = dp.l02inf_distance(dp.absolute_distance(T="i64"))
    return dp.m.make_gaussian_threshold(counts, metric, scale=scale, threshold=threshold)


def _distance(cells: int) -> tuple[int, int, int]:
    """How far one user moves the counts: in so many cells, so far in all (Euclidean, rounded up), so far in each."""
    return cells, math.isqrt(cells - 1) + 1, _VOTES
