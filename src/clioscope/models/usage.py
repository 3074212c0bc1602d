"""What a run asked of models, and what that cost."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from clioscope.models.judges import Judges
from clioscope.models.meter import Meter
from clioscope.models.prices import PriceTable, read_prices
from clioscope.models.store import AnswerStore, Spent


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


def used_before(answers: Path) -> list[Used]:
    """What a run that is not under way has used, from its ``answers.sqlite``, at the shipped prices."""
    store = AnswerStore(answers)
    try:
        return _priced(store.spent(), read_prices(None))
    finally:
        store.close()


def _priced(spent: list[Spent], prices: PriceTable) -> list[Used]:
    costs = [(row, prices.cost([row])) for row in spent]
    return [Used(row, None if cost.unpriced else cost.dollars) for row, cost in costs]


def usage_of(judges: Judges) -> Usage:
    """What the run has used so far."""
    return Usage(_priced(judges.spent(), judges.prices), judges.repairs(), judges.meter)
