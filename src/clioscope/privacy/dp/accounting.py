"""What noise costs: zero-concentrated differential privacy, and what it amounts to as epsilon and delta.

References
----------
Bun and Steinke (2016), "Concentrated Differential Privacy", arXiv 1605.02065: rho adds up over releases. Canonne,
Kamath and Steinke (2020), "The Discrete Gaussian for Differential Privacy", arXiv 2004.00010, proposition 12: from rho
to epsilon and delta.
"""

from __future__ import annotations

import math
from functools import lru_cache

_STEPS = 200
"""Halvings: far more than a float has bits. They end where one more changes nothing."""


def epsilon_of(rho: float, delta: float) -> float:
    """The epsilon that ``rho``-zCDP gives for ``delta``; 0 for a ``rho`` of 0.

    Raises
    ------
    ValueError
        ``rho`` is negative, or ``delta`` not between 0 and 1.
    """
    if rho < 0 or not 0 < delta < 1:
        raise ValueError(f"rho is at least 0 and delta between 0 and 1, not {rho} and {delta}.")
    if rho == 0:
        return 0.0
    low, high = 0.0, rho + 2 * math.sqrt(rho * math.log(1 / delta))  # the simple bound, which is larger
    for _ in range(_STEPS):
        middle, before = (low + high) / 2, (low, high)
        low, high = (low, middle) if _delta_of(rho, middle) <= delta else (middle, high)
        if (low, high) == before:
            break
    return high


@lru_cache(maxsize=64)
def rho_of(epsilon: float, delta: float) -> float:
    """The largest rho whose zCDP is no more than ``epsilon`` for ``delta``."""
    low, high = 0.0, epsilon + 1.0
    while epsilon_of(high, delta) <= epsilon:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if epsilon_of(middle, delta) <= epsilon else (low, middle)
        if high - low <= 1e-12 * high:
            break
    return low


def _delta_of(rho: float, epsilon: float) -> float:
    """The delta that ``rho`` gives for ``epsilon``: the best order alpha, found by halving the slope's sign."""
    low, high = 1.01, (epsilon + 1) / (2 * rho) + 2
    for _ in range(_STEPS):
        alpha = (low + high) / 2
        slope = (2 * alpha - 1) * rho - epsilon + math.log1p(-1 / alpha)
        before = (low, high)
        low, high = (alpha, high) if slope < 0 else (low, alpha)
        if (low, high) == before:
            break
    alpha = (low + high) / 2
    exponent = (alpha - 1) * (alpha * rho - epsilon) + alpha * math.log1p(-1 / alpha)
    return min(1.0, math.exp(exponent - math.log(alpha - 1))) if exponent < math.log(alpha - 1) else 1.0
