"""CLIOPATRA on counts: which value of an attribute a person has, read off the cells of a cluster."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np

from clioscope.attacks.finding import Rate, Trial
from clioscope.attacks.planted.base import Setup
from clioscope.attacks.planted.planting import Labels
from clioscope.attacks.planted.poison import CANDIDATES
from clioscope.attacks.planted.recount import EXACT, Counted, Figures, counted, shown_figures, thresholds_of
from clioscope.config import Thresholds
from clioscope.privacy.counting import Codes, rounded
from clioscope.privacy.lattice import NONE, Attribute, Lattice

ALL, NOTHING = "all", "nothing"
"""The layers that protect: as a run is released, and none."""

_TRIES, _TRIES_OF_A_LAYER = 100, 25
"""Fewer where one layer is on or off, which is no promise."""


def count_trials(setup: Setup, accounts: Sequence[int]) -> Iterator[Trial]:
    """Plant an attribute of 40 values in a cluster, one of which is the target's.

    The attacker sends as many conversations with each value: so many that one more changes the rounded figure and, from
    k - 1 accounts on, lifts the cell over its minimum. These are rather more than 50, and the attribute is one that
    senders may choose, such as the language. The clusters are those of the run; the gate counts and withholds anew.
    """
    honest, thresholds = counted(setup), thresholds_of(setup)
    layered = layers_of(thresholds)
    if setup.config.epsilon is not None:  # there are no minimums then, and what noise leaves is measured by itself
        layered = {NOTHING: EXACT}
    for senders in accounts:
        told = "1 account" if senders == 1 else f"{senders} accounts"
        for layers, asked in layered.items():
            rng = random.Random(f"{setup.seed} {senders}")
            tries = setup.tries or (_TRIES if layers in (NOTHING, ALL) else _TRIES_OF_A_LAYER)
            each = _conversations_a_value(thresholds)
            right = sum(_one_try(honest, senders, each, thresholds.users, asked, rng) for _ in range(tries))
            yield Trial(
                f"{told}, counts",
                layers,
                Rate(right, tries),
                1 / CANDIDATES,
                [("conversations sent for one target", each * CANDIDATES)],
            )


def layers_of(thresholds: Thresholds) -> dict[str, Thresholds]:
    """What is asked of figures with each layer alone, with all, and with all but one.

    The minimums of users and conversations withhold more around what they withhold, and so does the cap.
    """
    minimums = ("users", "conversations", "cluster_users", "cluster_conversations")
    parts = {"rounding": ("rounding",), "minimums": minimums, "the cap on a user's share": ("share",)}
    alone, without = {}, {}
    for name, fields in parts.items():
        alone[name] = EXACT._replace(**{field: getattr(thresholds, field) for field in fields})
        without[f"all but {name}"] = thresholds._replace(**{field: getattr(EXACT, field) for field in fields})
    return {NOTHING: EXACT, **alone, ALL: thresholds, **without}


def _conversations_a_value(thresholds: Thresholds) -> int:
    """The fewest, up to one below the minimum, that one more lifts to the next rounded figure."""
    number = max(thresholds.conversations, thresholds.users) - 1
    while _rounded(number, thresholds) == _rounded(number + 1, thresholds):
        number += 1
    return number


def _rounded(number: int, thresholds: Thresholds) -> int:
    return int(rounded(np.array([number]), thresholds.rounding)[0])


def _one_try(honest: Counted, senders: int, each: int, k: int, thresholds: Thresholds, rng: random.Random) -> bool:
    """Whether the attacker names the target's value."""
    secret = rng.randrange(CANDIDATES)
    near = rng.randrange(len(honest.levels[0]))
    sent = np.repeat(np.arange(CANDIDATES, dtype=np.int32), each)
    accounts = np.tile(np.arange(each) % min(senders, max(1, k - 1)), CANDIDATES)
    without = _figures(honest, near, sent, accounts, thresholds)
    with_target = _figures(honest, near, np.append(sent, secret).astype(np.int32), np.append(accounts, -1), thresholds)
    changed = [value for value in range(CANDIDATES) if _of(with_target, value) != _of(without, value)]
    return rng.choice(changed or list(range(CANDIDATES))) == secret


def _figures(
    honest: Counted,
    near: int,
    values: Labels,
    whose: Codes,
    thresholds: Thresholds,
) -> Figures:
    """What is shown where rows with ``values`` join the cluster of the honest row ``near``; -1 is the target's user."""
    n = len(honest.levels[0])
    levels = [np.append(labels, np.full(len(values), labels[near])).astype(np.int32) for labels in honest.levels]
    codes = np.append(np.full(n, NONE), values).astype(np.int32)
    planted = Attribute("planted", codes, tuple(f"{value:02d}" for value in range(CANDIDATES)), open=True)
    users = None
    if honest.users is not None:
        users = np.append(honest.users, int(honest.users.max(initial=0)) + 2 + whose).astype(np.int32)
    return shown_figures(Lattice(levels, [planted], users), thresholds)


def _of(figures: Figures, value: int) -> list[tuple[int, int]]:
    """All that is shown of one value, whatever the cluster."""
    return [figure for (key, cell), figure in sorted(figures.items()) if key.attributes and cell % CANDIDATES == value]
