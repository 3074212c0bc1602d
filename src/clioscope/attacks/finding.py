"""What an attack found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from scipy.special import betainc, betaincinv

Verdict = Literal["held", "leaked", "reported", "not tried"]
"""``reported``: no promise covers it, and the figure is there to be known. ``not tried``: something is missing."""


class Rate(NamedTuple):
    """How often an attack succeeded.

    Parameters
    ----------
    successes, tries
        ``tries`` is at least 1.
    """

    successes: int
    tries: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.successes / self.tries

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """The Clopper-Pearson interval of the share."""
        outside, missed = (1 - confidence) / 2, self.tries - self.successes
        low = betaincinv(self.successes, missed + 1, outside) if self.successes else 0.0
        high = betaincinv(self.successes + 1, missed, 1 - outside) if missed else 1.0
        return float(low), float(high)

    def by_chance(self, guess: float) -> float:
        """How often as many tries or more succeed, 0 to 1, where each does with the chance ``guess``."""
        return float(betainc(self.successes, self.tries - self.successes + 1, guess)) if self.successes else 1.0


@dataclass(frozen=True)
class Trial:
    """One setting of an attack, such as an attacker with five accounts.

    Parameters
    ----------
    setting
        What was varied, in a few words.
    layers
        What protected, in a few words: "nothing", "k-support", "all".
    rate
        How often it succeeded; ``None`` where the figure is not a rate.
    guess
        What guessing gives, 0 to 1, where that can be said.
    figures
        Other figures, by name, such as an area under a curve with its interval.
    """

    setting: str
    layers: str
    rate: Rate | None = None
    guess: float | None = None
    figures: Sequence[tuple[str, float | int | str]] = ()


@dataclass(frozen=True)
class Finding:
    """What one attack found.

    Parameters
    ----------
    attack
        Its name, as on the command line: one word, or several joined by hyphens.
    question
        What an attacker wants, in one sentence.
    verdict
        Whether what was promised held.
    sentence
        The result in one or two sentences for somebody who decides whether to publish.
    trials
        What was tried, protection off first.
    source
        Where the attack is from; empty where it is common knowledge.
    """

    attack: str
    question: str
    verdict: Verdict
    sentence: str
    trials: Sequence[Trial] = ()
    source: str = ""
