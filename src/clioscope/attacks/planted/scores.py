"""How well scores tell who is in from who is not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

_RESAMPLED = 1_000


class Curve(NamedTuple):
    """The area under the curve (0.5: guessing, 1: always right), and its 95% interval."""

    area: float
    low: float
    high: float

    def told(self) -> str:
        """As a reader sees it."""
        return f"{self.area:.2f} ({self.low:.2f} to {self.high:.2f})"


def area(inside: Scores, outside: Scores, seed: int = 0) -> Curve:
    """The area under the receiver operating characteristic, by pairs.

    Parameters
    ----------
    inside, outside
        float64 [n] each: the score of the same user who is in, and who is not. Pairs are drawn again for the interval,
        since both scores of a pair are of one user.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(inside), size=(_RESAMPLED, len(inside)))
    areas = [_area(inside[rows], outside[rows]) for rows in drawn]
    low, high = np.quantile(areas, [0.025, 0.975])
    return Curve(_area(inside, outside), float(low), float(high))


def hits_at(inside: Scores, outside: Scores, false_positives: float) -> int:
    """How many of ``inside`` score higher than all but a share ``false_positives`` of ``outside``."""
    allowed = int(false_positives * len(outside))
    bar = np.sort(outside)[::-1][allowed]
    return int((inside > bar).sum())


def _area(inside: Scores, outside: Scores) -> float:
    """The chance that one who is in scores higher than one who is not, ties counted half."""
    ordered = np.sort(outside)
    below = np.searchsorted(ordered, inside, side="left")
    equal = np.searchsorted(ordered, inside, side="right") - below
    return float((below + equal / 2).sum() / (len(inside) * len(outside)))
