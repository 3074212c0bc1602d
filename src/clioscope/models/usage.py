"""What a run asked of models, and what that cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from clioscope.config import Judgement
from clioscope.models.judges import Judges
from clioscope.models.meter import Meter
from clioscope.models.names import FILE
from clioscope.models.prices import PriceTable, prices_of_run
from clioscope.models.store import AnswerStore, Spent
from clioscope.vault import write_text
from clioscope.vault.files import read_text

_ANSWERED_BY = "answered-by.txt"


class Stage(NamedTuple):
    """What one stage asks of one model, estimated or real. ``dollars`` is ``None`` where the price is unknown."""

    name: str
    judgement: Judgement
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    dollars: float | None


class Usage(NamedTuple):
    """Over all invocations of a run, but ``now``, which is this one alone.

    ``repairs``: answers that had to be mended, by what was wrong.
    """

    used: list[Stage]
    repairs: dict[str, int]
    now: Meter


def used_before(answers: Path) -> list[Stage]:
    """What a run that is not under way has used, from its ``answers.sqlite``, at the prices that it counted with."""
    store = AnswerStore(answers)
    try:
        return _priced(store.spent(), prices_of_run(answers.parent))
    finally:
        store.close()


def mended_before(answers: Path) -> dict[str, int]:
    """How many answers of a run that is not under way had to be mended, by what was wrong."""
    store = AnswerStore(answers)
    try:
        return store.mended()
    finally:
        store.close()


def keep_who_answered(vault: Path, sentence: str) -> None:
    """Keep who answers through files, for whoever is shown the run."""
    write_text(vault / _ANSWERED_BY, sentence)


def who_answered(vault: Path, used: Sequence[Stage]) -> str | None:
    """What is known of who answered through files, in a sentence; ``None`` where nobody did."""
    models = sorted({stage.model for stage in used if stage.model.startswith(f"{FILE}/")})
    if not models:
        return None
    if (vault / _ANSWERED_BY).exists():
        return read_text(vault / _ANSWERED_BY)
    return f"{', '.join(models)} is a name that was given to files. Who or what answered in them is not known here."


def _priced(spent: list[Spent], prices: PriceTable) -> list[Stage]:
    costs = [(row, prices.cost([row])) for row in spent]
    return [Stage(*row[:6], None if cost.unpriced else cost.dollars) for row, cost in costs]


def usage_of(judges: Judges) -> Usage:
    """What the run has used so far."""
    return Usage(_priced(judges.spent(), judges.prices), judges.repairs(), judges.meter)
