"""How a release's budget is split over its parts, and whether there is enough of it left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from clioscope.errors import ConfigError
from clioscope.privacy.dp.accounting import epsilon_of, rho_of

COUNTS, ATTRIBUTES, KEYWORDS = "counts", "attributes", "keywords"

SHARES: Mapping[str, float] = {COUNTS: 0.4, ATTRIBUTES: 0.2, KEYWORDS: 0.4}
"""What each part gets of rho and of the thresholds' delta. Sizes and words decide what is seen at all; attributes are
looked at for clusters that are large anyhow."""

WORDS_A_CELL = 3
"""The most words of one user in one cluster. Urania (arXiv 2506.04681) takes five a record; with three, noise is a
quarter less."""

DELTA, CONTRIBUTIONS = 1e-6, 16
"""Where nothing is said. A delta should be far below one over the number of users."""

_OF_CONVERSION = 0.5
"""The share of delta that goes into turning rho into epsilon; the rest is the chance that a threshold lets through what
only one user has."""


_LEAST_LEFT = 0.01


class Part(NamedTuple):
    """What one measurement may spend. ``cells``: the most votes of one user in it."""

    rho: float
    delta: float
    cells: int


@dataclass(frozen=True)
class Budget:
    """What one release may spend.

    Parameters
    ----------
    epsilon, delta
        As promised for the whole release.
    contributions
        Cells that a user may touch in the counts, and in each attribute; ``WORDS_A_CELL`` times as many words.
    """

    epsilon: float
    delta: float
    contributions: int

    @property
    def rho(self) -> float:
        """What all parts together may spend, in zCDP."""
        return rho_of(self.epsilon, _OF_CONVERSION * self.delta)

    def part(self, name: str, among: int = 1) -> Part:
        """The share of one part, or of each of ``among`` measurements that it is made of."""
        share = SHARES[name] / max(among, 1)
        cells = self.contributions * (WORDS_A_CELL if name == KEYWORDS else 1)
        return Part(share * self.rho, share * (1 - _OF_CONVERSION) * self.delta, cells)


class Entry(NamedTuple):
    """One release in the ledger. ``options``: a hash of what was asked for; ``key``: of the conversations too."""

    key: str
    options: str
    rho: float
    epsilon: float
    delta: float


def spent(entries: Iterable[Entry]) -> tuple[float, float]:
    """The epsilon and the delta of all ``entries`` together: rho adds up, and so does delta."""
    listed = list(entries)
    delta = sum(entry.delta for entry in listed)
    if not listed:
        return 0.0, 0.0
    return epsilon_of(sum(entry.rho for entry in listed), min(_OF_CONVERSION * delta, 0.5)), delta


def refuse_overspent(entries: Iterable[Entry], new: Entry, most: float) -> None:
    """Refuse a release that, with what was released before, passes the epsilon ``most``.

    Raises
    ------
    ConfigError
        Says what was spent, what is left and what to do.
    """
    before = list(entries)
    total, _ = spent([*before, new])
    if total <= most * (1 + 1e-9):
        return
    gone, _ = spent(before)
    left = _left(before, new, most)
    enough = f"What is left is enough for about --epsilon {left:.2g}." if left >= _LEAST_LEFT else "Nothing is left."
    raise ConfigError(
        f"--epsilon {new.epsilon:g}: {len(before)} {'release' if len(before) == 1 else 'releases'} of this run spent "
        f"{gone:.3g} of the budget of {most:g}, and with this one it would be {total:.3g}. {enough} Nothing was "
        "computed or spent. The same options as before return the release that is there; --budget-epsilon allows more, "
        "and protects users that much less."
    )


def _left(before: list[Entry], new: Entry, most: float) -> float:
    """The epsilon of one more release with the same delta that stays within ``most``."""
    delta = _OF_CONVERSION * (sum(entry.delta for entry in before) + new.delta)
    rho = rho_of(most, min(delta, 0.5)) - sum(entry.rho for entry in before)
    return epsilon_of(rho, _OF_CONVERSION * new.delta) if rho > 0 else 0.0
