"""Two releases around one erasure: what their difference tells of the person who was erased."""

from __future__ import annotations

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
from clioscope.config import Thresholds
from clioscope.progress import Progress

_QUESTION = "Which figures and categories are those of the person who was erased?"

PERSONS = 80


class _Told(NamedTuple):
    """Over all persons: cells, of which so many changed; categories of a person, of which so many were told."""

    cells: int = 0
    changed: int = 0
    categories: int = 0
    told: int = 0


class Erasure:
    """One user is erased, and the run released again; the attacker has both releases and sees which figures changed.

    A category of the person, such as a language or a month, is told where a figure of that value changed, in everything
    or in any cluster. The clusters stay those of the first release, as they do where a run is released again without
    clustering anew; a run that clusters anew changes more figures.
    """

    name = "erasure"

    def run(self, setup: Setup, progress: Progress) -> Finding:
        """See :class:`~clioscope.attacks.planted.base.PlantedAttack`."""
        if setup.config.epsilon is not None:
            return not_tried_with_noise(self.name, _QUESTION)
        honest, thresholds = counted(setup), thresholds_of(setup)
        layers = {"nothing": EXACT, "rounding": EXACT._replace(rounding=thresholds.rounding), "all": thresholds}
        users = np.arange(len(honest.levels[0])) if honest.users is None else honest.users
        rng = np.random.default_rng(setup.seed)
        persons = drawn_persons(users, setup.tries or PERSONS, rng)
        found = {}
        with progress.stage("Attacking: erasure", len(layers) * len(persons), "releases") as work:
            for name, asked in layers.items():
                before, told = honest.figures(asked), _Told()
                for person in persons:
                    told = _added(told, _one(honest, users == person, before, asked))
                    work.advance(1)
                found[name] = told
        trials = [trial for name, told in found.items() for trial in _trials(name, told)]
        off, on = found["nothing"], found["all"]
        sentence = (
            f"After one erasure {_share(off.changed, off.cells)} of the person's figures change where counts are "
            f"exact, and {_share(on.changed, on.cells)} in what is released; {_share(off.told, off.categories)} and "
            f"{_share(on.told, on.categories)} of the person's categories can be told. Whoever holds both releases "
            "sees it, so gather several erasures before a run is published again."
        )
        return Finding(self.name, _QUESTION, "reported", sentence, trials)


def _one(honest: Counted, mine: NDArray[np.bool_], before: Figures, asked: Thresholds) -> _Told:
    """What erasing one person's rows tells."""
    after = honest.only(~mine).figures(asked)
    cells = honest.cells_of(np.flatnonzero(mine))
    changed = {cell for cell in before.keys() | after.keys() if before.get(cell) != after.get(cell)}
    categories, told = 0, 0
    for number, attribute in enumerate(honest.attributes):
        own = {int(code) for code in np.unique(attribute.codes[mine]) if code >= 0}
        seen = {cell % len(attribute.values) for key, cell in changed if key.attributes == (number,)}
        categories, told = categories + len(own), told + len(own & seen)
    return _Told(len(cells), len(cells & changed), categories, told)


def _added(one: _Told, other: _Told) -> _Told:
    return _Told(*(a + b for a, b in zip(one, other, strict=True)))


def _trials(layers: str, told: _Told) -> list[Trial]:
    return [
        Trial("the person's figures that change", layers, Rate(told.changed, told.cells)),
        Trial("the person's categories that can be told", layers, Rate(told.told, max(1, told.categories))),
    ]


def _share(some: int, of: int) -> str:
    return f"{some / max(1, of):.0%}"
