"""Subtraction: what is withheld, worked out from what is shown.

The atlas alone is read as an outsider reads it, and every sum that ties its figures is carried on until nothing changes
(:mod:`~clioscope.attacks.static.bounds`). Then the vault says which withheld cells that has found. This is an attacker
of its own: it shares no code with the gate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clioscope.attacks.finding import Finding, Rate, Trial, Verdict
from clioscope.attacks.static.attack import Evidence
from clioscope.attacks.static.bounds import Interface, deduce
from clioscope.attacks.static.interfaces import counted, of_atlas, without_gate
from clioscope.attacks.static.published import Minimums
from clioscope.attacks.static.truth import Truth
from clioscope.config import PROFILES
from clioscope.privacy.counting import some
from clioscope.progress import Progress

NAME = "subtraction"
_QUESTION = "Which figures that are withheld follow from those that are shown?"
_SOURCE = "Willenborg and de Waal (2001), Elements of Statistical Disclosure Control"


class Deduced(NamedTuple):
    """What was worked out of the withheld cells that hold somebody.

    Parameters
    ----------
    withheld
        How many there are.
    found
        Those that are too small to be shown, and known to hold somebody.
    narrow, exact, single
        Of these: their number of conversations is known to fewer than k; it is known; it is known, and they are one
        person's.
    large
        Cells that are large enough, were withheld for the sake of others, and are known to fewer than k. Nothing is
        promised of them: as figures they could be shown.
    """

    withheld: int
    found: int
    narrow: int
    exact: int
    single: int
    large: int

    def figures(self) -> list[tuple[str, int]]:
        """For the report."""
        return [
            ("of them known nearly", self.narrow),
            ("of them known exactly", self.exact),
            ("one person's, known exactly", self.single),
            ("large enough, and known nearly", self.large),
        ]


def examine(evidence: Evidence, progress: Progress) -> Finding:
    """Work out what can be worked out, with exact counts of any filter and from the atlas."""
    published, truth = evidence.published, evidence.truth
    if published.noisy:
        return Finding(NAME, _QUESTION, "not tried", "Figures with noise do not add up, so nothing can be subtracted.")
    least, trials = published.minimums, []
    if truth is not None:
        minimums = least if least.promised else _usual(least)
        off = worked_out(without_gate(truth, published, minimums), minimums, truth, progress)
        trials.append(_trial("exact counts, a cluster and up to three values", "nothing", off))
    overlapping = truth.several if truth is not None else _is_list(evidence)
    on = worked_out(of_atlas(published, truth, overlapping), least, truth, progress)
    trials.append(_trial("the atlas", "the gate", on))
    return Finding(NAME, _QUESTION, _verdict(least, on), _sentence(evidence, on), trials, _SOURCE)


def worked_out(interface: Interface, least: Minimums, truth: Truth | None, progress: Progress) -> Deduced:
    """Narrow every interval of ``interface``, and say what that tells of the withheld cells.

    Without ``truth`` every cell without a figure counts as withheld, since which are empty is not known.
    """
    with progress.stage("Subtracting", None, "rounds") as work:
        deduce(interface, work)
    parts = [_scored(interface, key, least, truth) for key in interface.cells if key[1]]
    return Deduced._make(map(sum, zip(*[Deduced(0, 0, 0, 0, 0, 0), *parts], strict=True)))


def _scored(interface: Interface, key: tuple[int, tuple[int, ...]], least: Minimums, truth: Truth | None) -> Deduced:
    cells = interface.cells[key]
    k = least.users if interface.users_known else least.conversations
    low, high, most = (a.ravel() for a in (cells.conversations.low, cells.conversations.high, cells.users.high))
    hidden = ~cells.shown.ravel()
    is_there, narrow, exact = hidden & (low > 0), high - low < k, low == high
    if truth is None:
        # Small for sure; of others nobody knows.
        found = is_there & (high < least.conversations)
        if interface.users_known:
            found |= is_there & (most < least.users)
        withheld, there, nearly, exactly = _numbers(hidden, found, found & narrow, found & exact)
        return Deduced(withheld, there, nearly, exactly, single=0, large=0)
    true = counted(interface, truth, key)
    hidden, is_there, narrow, exact = (a[true.key] for a in (hidden, is_there, narrow, exact))
    small = true.conversations < least.conversations
    if interface.users_known:
        small |= true.users < least.users
    found = is_there & small
    single = found & exact & (true.users == 1) if interface.users_known else np.zeros(len(found), np.bool_)
    large = is_there & ~small & narrow
    return Deduced(*_numbers(hidden, found, found & narrow, found & exact, single, large))


def _numbers(*flags: NDArray[np.bool_]) -> list[int]:
    return [int(of.sum()) for of in flags]


def _trial(setting: str, layers: str, deduced: Deduced) -> Trial:
    rate = Rate(deduced.found, deduced.withheld) if deduced.withheld else None
    return Trial(setting, layers, rate, figures=deduced.figures(), private=True)


def _verdict(least: Minimums, on: Deduced) -> Verdict:
    if not least.promised:
        return "reported"
    return "leaked" if on.found else "held"


def _sentence(evidence: Evidence, on: Deduced) -> str:
    least = evidence.published.minimums
    k = least.users if evidence.published.users_known else least.conversations
    if not least.promised:
        return "This atlas withholds nothing, so there is nothing to be worked out."
    if evidence.truth is None:
        told = (
            f"{on.found:,} figures that are not shown are known to be small and to be there, {on.narrow:,} of them to "
        )
        told += f"within less than {k}."
        return f"{told} {evidence.missing} So it was not known which of the others are withheld and which empty."
    withheld, found, narrow, exact, single = map(some, on[:5])
    if on.found:
        return (
            f"Of about {withheld:,} withheld figures {found:,} are too small to be shown and yet known to be there: "
            f"{narrow:,} to within less than {k}, {exact:,} exactly, {single:,} of them of a single person."
        )
    return f"Of about {withheld:,} withheld figures none that is too small to be shown can be told from an empty one."


def _usual(least: Minimums) -> Minimums:
    usual = PROFILES["default"]
    return least._replace(users=usual.users, conversations=usual.conversations)


def _is_list(evidence: Evidence) -> bool:
    """Whether a conversation may be in several clusters, as the configuration says."""
    facet = evidence.published.facet
    return any(question.name == facet and question.kind == "list" for question in evidence.config.questions)
