"""What was measured: figures with their intervals, and what they mean in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from clioscope.evaluation.intervals import Interval

Standing = Literal["good", "fair", "weak", "told", "not measured"]
"""``told``: no rule says what is good, and the figure is there to be known. ``not measured``: something is missing."""


class Line(NamedTuple):
    """One figure.

    Parameters
    ----------
    what
        What it is of, such as "level 0".
    value, low, high
        The figure with its interval; ``None`` where it is withheld, or has none.
    of
        What it stands on, in words, such as "about 3,600 conversations".
    chance
        What guessing gives, where that can be said.
    share
        Whether it is a part of a whole, shown in percent.
    """

    what: str
    value: float | None
    low: float | None = None
    high: float | None = None
    of: str = ""
    chance: float | None = None
    share: bool = False

    def rounded(self) -> Line:
        """As others may see it: shares to whole percents, other figures to three places.

        A share that is neither none nor all stays so.
        """
        of_share = _percents if self.share else _places
        return self._replace(value=of_share(self.value), low=of_share(self.low), high=of_share(self.high))


def _percents(value: float | None) -> float | None:
    if value is None:
        return None
    near = 0.005 if 0 < value < 0.005 else 0.995 if 0.995 < value < 1 else value
    return round(near, 3) if near in (0.005, 0.995) else round(near, 2)


def _places(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def line(
    what: str,
    found: Interval,
    *,
    of: str = "",
    chance: float | None = None,
    share: bool = False,
    least: float = 0.0,
    most: float = 1.0,
) -> Line:
    """A :class:`Line` of a figure with its interval, which ends at ``least`` and ``most``."""
    return Line(what, found.value, max(least, found.low), min(most, found.high), of, chance, share)


class Listed(NamedTuple):
    """Rows that a reader may want to look at: clusters by their ids, and what is published of them."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Measure:
    """One measure of one hierarchy.

    Parameters
    ----------
    name
        A key of :data:`clioscope.evaluation.rules.RULES`, or one without a rule.
    question
        What it answers, in one sentence.
    standing, sentence
        What the rule says of it.
    lines
        The figures.
    advice
        What to try; empty where nothing has to be.
    rule
        From what on it is good, and below what weak.
    notes
        How it was measured, and what has to be known beside it, in sentences.
    listed
        What to look at.
    facet
        The hierarchy: the facet that is clustered.
    """

    name: str
    question: str
    standing: Standing
    sentence: str
    lines: Sequence[Line] = ()
    advice: str = ""
    rule: str = ""
    notes: Sequence[str] = ()
    listed: Listed | None = None
    facet: str = ""


def not_measured(name: str, question: str, why: str) -> Measure:
    """A measure that something is missing for; ``why`` is a sentence."""
    return Measure(name, question, "not measured", why)
