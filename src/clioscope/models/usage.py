"""What a run asked of models, and what that cost."""

from __future__ import annotations

from typing import NamedTuple

from clioscope.models.judges import Judges
from clioscope.models.meter import Meter
from clioscope.models.store import Spent


class Used(NamedTuple):
    """One judgement by one model. ``dollars`` is ``None`` where the price is unknown."""

    spent: Spent
    dollars: float | None


class Usage(NamedTuple):
    """Over all invocations of a run, but ``now``, which is this one alone.

    ``repairs``: answers that had to be mended, by what was wrong.
    """

    used: list[Used]
    repairs: dict[str, int]
    now: Meter


def usage_of(judges: Judges) -> Usage:
    """What the run has used so far."""
    used = []
    for spent in judges.spent():
        cost = judges.cost([spent])
        used.append(Used(spent, None if cost.unpriced else cost.dollars))
    return Usage(used, judges.repairs(), judges.meter)
