"""Membership inference: whether a person's conversations are in a run, from its figures alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.attacks.finding import Finding, Rate, Trial
from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.recount import (
    EXACT,
    Counted,
    Figures,
    counted,
    drawn_persons,
    not_tried_with_noise,
    thresholds_of,
)
from clioscope.attacks.planted.scores import Scores, area, hits_at
from clioscope.config import Thresholds
from clioscope.privacy.lattice import BlockKey
from clioscope.progress import Progress, Work

_QUESTION = "Did this person take part?"

PERSONS, REFERENCES = 100, 40
_PRESENT = 0.9
"""The share of all others that is in a release: the attacker knows everybody, and not who is in."""

_FALSE_POSITIVES = 0.01

Cells = list[tuple[BlockKey, int]]


class _Scored(NamedTuple):
    """float64 [persons] each: a person's score where they are in the release, and where they are not."""

    inside: Scores
    outside: Scores


class Membership:
    """Pairs of releases, equal but for one person, and an attacker who tells which has the person in it.

    The attacker knows all that the person said, and so every cell that it counts in, and has seen other releases with
    and without the person, each of nine tenths of the others, drawn anew. From these the attacker knows what the
    person's cells show in both cases, on average and how much it varies; the score of a release is the logarithm of
    how much likelier its figures are with the person in it.

    The clusters are those of the run, made with the person in it; figures are counted and withheld anew each time.

    References
    ----------
    Homer et al. (2008); Pyrgelis et al. (2018), "Knock Knock, Who's There?", arXiv 1708.06145; Carlini et al. (2022),
    arXiv 2112.03570, for true positives at few false ones.
    """

    name = "membership"

    def run(self, setup: Setup, progress: Progress) -> Finding:
        """See :class:`~clioscope.attacks.planted.base.PlantedAttack`."""
        if setup.config.epsilon is not None:
            return not_tried_with_noise(self.name, _QUESTION)
        honest = counted(setup)
        owners = _owners(honest)
        rng = np.random.default_rng(setup.seed)
        persons = drawn_persons(owners, setup.tries or PERSONS, rng)
        with progress.stage("Attacking: membership", REFERENCES + len(persons), "releases") as work:
            layers = [("nothing", EXACT), ("all", thresholds_of(setup))]
            scored = _scores(honest, owners, persons, [asked for _, asked in layers], rng, work)
        trials = [_trial(name, of, setup.seed) for (name, _), of in zip(layers, scored, strict=True)]
        off, on = (area(of.inside, of.outside, setup.seed) for of in scored)
        sentence = (
            "An attacker who knows all that a person said, and most about the others, tells whether the person is in "
            f"the run with an area under the curve of {off.told()} from exact counts and {on.told()} from what is "
            "released; 0.5 is guessing. Minimums and rounding do not promise to hide that somebody took part; "
            "--epsilon does."
        )
        return Finding(
            self.name,
            _QUESTION,
            "reported",
            sentence,
            trials,
            "Pyrgelis et al., arXiv 1708.06145; Carlini et al., arXiv 2112.03570",
        )


def _owners(honest: Counted) -> NDArray[np.int64]:
    """int64 [m]: whose each row is; a conversation without a user is a user of its own."""
    alone = np.arange(len(honest.levels[0]), dtype=np.int64)
    if honest.users is None:
        return alone
    return np.where(honest.users < 0, int(honest.users.max()) + 1 + alone, honest.users)


def _scores(
    honest: Counted,
    owners: NDArray[np.int64],
    persons: NDArray[np.int64],
    layers: Sequence[Thresholds],
    rng: np.random.Generator,
    work: Work,
) -> list[_Scored]:
    """The scores of every person under each of ``layers``, over the same releases."""
    rows = [np.flatnonzero(owners == person) for person in persons]
    cells = [sorted(honest.cells_of(mine)) for mine in rows]
    seen = [[_Seen(mine) for mine in cells] for _ in layers]
    for _ in range(REFERENCES):
        present = _drawn(owners, rng)
        members = rng.random(len(persons)) < 0.5
        for person, member in zip(persons, members, strict=True):
            present[owners == person] = member
        release = honest.only(present)
        for thresholds, of_persons in zip(layers, seen, strict=True):
            figures = release.figures(thresholds)
            for of_person, member in zip(of_persons, members.tolist(), strict=True):
                of_person.add(figures, member)
        work.advance(1)
    found = [_Scored(np.empty(len(persons)), np.empty(len(persons))) for _ in layers]
    for number, person in enumerate(persons):
        present = _drawn(owners, rng)
        for member in (True, False):
            present[owners == person] = member
            release = honest.only(present)
            for thresholds, of_persons, scores in zip(layers, seen, found, strict=True):
                score = of_persons[number].score(release.figures(thresholds))
                (scores.inside if member else scores.outside)[number] = score
        work.advance(1)
    return found


def _drawn(owners: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw who is in: bool [m], their rows."""
    present: NDArray[np.bool_] = rng.random(int(owners.max()) + 1) < _PRESENT
    return present[owners]


class _Seen:
    """What other releases showed of one person's cells, with and without the person."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._with: list[Scores] = []
        self._without: list[Scores] = []

    def add(self, figures: Figures, member: bool) -> None:
        (self._with if member else self._without).append(self._of(figures))

    def score(self, figures: Figures) -> float:
        """How much likelier the figures are with the person in: normal, cell by cell, one variance for both."""
        inside, outside = np.stack(self._with), np.stack(self._without)
        spread = np.concatenate([inside - inside.mean(axis=0), outside - outside.mean(axis=0)])
        variance = (spread**2).mean(axis=0) + _LEAST_VARIANCE
        here = self._of(figures)
        without, with_person = (here - outside.mean(axis=0)) ** 2, (here - inside.mean(axis=0)) ** 2
        return float(((without - with_person) / (2 * variance)).sum())

    def _of(self, figures: Figures) -> Scores:
        """Conversations and users of every cell; 0 where withheld or empty, which look alike."""
        return np.array([figures.get(cell, (0, 0)) for cell in self._cells], dtype=np.float64).ravel()


_LEAST_VARIANCE = 0.01


def _trial(layers: str, scored: _Scored, seed: int) -> Trial:
    hits = hits_at(scored.inside, scored.outside, _FALSE_POSITIVES)
    curve = area(scored.inside, scored.outside, seed)
    return Trial(
        f"found at {_FALSE_POSITIVES:.0%} false alarms",
        layers,
        Rate(hits, len(scored.inside)),
        _FALSE_POSITIVES,
        [("area under the curve", round(curve.area, 3)), ("its 95% interval", f"{curve.low:.3f} to {curve.high:.3f}")],
    )
