"""The outer edges of a cluster on the map: set by many users, never by the farthest member."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int64]
Codes = NDArray[np.int64]

_TRIMMED = 0.05
_MOST_TRIMMED = 0.25
_STEPS = 8


class Box(NamedTuple):
    """A box of grid cells, ``x1`` and ``y1`` outside it."""

    x0: int
    y0: int
    x1: int
    y1: int

    def side(self, axis: int) -> tuple[int, int]:
        """Where the box begins and ends along an axis."""
        return (self.x0, self.x1) if axis == 0 else (self.y0, self.y1)

    def cut(self, axis: int, at: int) -> tuple[Box, Box]:
        """The two parts below and from ``at``."""
        if axis == 0:
            return self._replace(x1=at), self._replace(x0=at)
        return self._replace(y1=at), self._replace(y0=at)


def outer_box(cells: Cells, users: Codes | None, enough: int, grid: int) -> Box:
    """The box of a cluster, members beyond its edges being counted at them.

    Parameters
    ----------
    cells
        int64 [m, 2]: the grid cell of each conversation.
    users
        int64 [m], sorted: who each is from. ``None``: every conversation counts as a user of its own.
    enough
        How many users at least should lie at or beyond each edge.
    grid
        Cells a side.

    Notes
    -----
    At or beyond each edge lie a twentieth of the users, and at least ``enough``; of a cluster that has fewer than four
    times ``enough`` users, a quarter of them. A user's conversations share one vote, so that nobody sets an edge by
    having many. Edges are then moved outwards to multiples of a power of two, up to an eighth of the box's side, so
    that an edge is nobody's own cell either.
    """
    votes = _votes(cells, users)
    voters = float(votes.sum())
    beyond = min(max(_TRIMMED * voters, enough), _MOST_TRIMMED * voters)
    (x0, x1), (y0, y1) = (_edges(cells[:, axis], votes, beyond, grid) for axis in (0, 1))
    return Box(x0, y0, x1, y1)


def _votes(cells: Cells, users: Codes | None) -> NDArray[np.float64]:
    if users is None:
        return np.ones(len(cells))
    _, number, conversations = np.unique(users, return_inverse=True, return_counts=True)
    votes: NDArray[np.float64] = 1 / conversations[number]
    return votes


def _edges(places: Codes, votes: NDArray[np.float64], beyond: float, grid: int) -> tuple[int, int]:
    votes_at = np.bincount(places, weights=votes, minlength=grid)
    low = int((np.cumsum(votes_at) >= beyond - 1e-9).argmax())
    high = grid - 1 - int((np.cumsum(votes_at[::-1]) >= beyond - 1e-9).argmax())
    step = 1 << max(((high - low + 1) // _STEPS).bit_length() - 1, 0)
    return low // step * step, min(-(-(high + 1) // step) * step, grid)
