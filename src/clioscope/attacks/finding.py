"""What an attack found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from scipy.special import betainc, betaincinv

from clioscope.privacy.counting import some

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
    private
        Whether its counts are of what the vault alone knows. Exact, they would tell two releases apart.
    """

    setting: str
    layers: str
    rate: Rate | None = None
    guess: float | None = None
    figures: Sequence[tuple[str, float | int | str]] = ()
    private: bool = False

    def shown(self) -> Trial:
        """What others may see of it: its counts to tens and to two figures where they are private."""
        if not self.private:
            return self
        rate = None
        if self.rate is not None:
            tries = some(self.rate.tries)
            rate = Rate(min(some(self.rate.successes), tries), tries)
        told = [(name, some(value) if isinstance(value, int) else value) for name, value in self.figures]
        return replace(self, rate=rate, figures=told)


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
