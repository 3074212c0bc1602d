"""The models of one run: who answers which judgement, what it costs, and where the answers are kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clioscope.config import Judgement
from clioscope.models.base import Limits, Model
from clioscope.models.budget import Budget
from clioscope.models.folder import FolderService
from clioscope.models.judge import Judge, Work
from clioscope.models.ledger import WaveLedger
from clioscope.models.live import LiveJudge, Pace
from clioscope.models.meter import Meter
from clioscope.models.names import FILE, ModelName, parse_model
from clioscope.models.prices import Cost, read_prices, refuse_unpriced
from clioscope.models.provider_batches import BatchSettings
from clioscope.models.store import AnswerStore, Spent
from clioscope.models.waves import BatchService, WaveJudge

T = TypeVar("T")


@dataclass(frozen=True)
class Calls:
    """How models are called. Nothing of it decides what is in an atlas.

    Parameters
    ----------
    base_url
        Instead of the provider's own.
    at_once
        Calls under way at most, for each model.
    requests_per_minute, tokens_per_minute
        Limits as the user knows them; else what the provider tells, else found out.
    timeout
        Seconds that one call may take.
    patience
        Seconds without any answer after which the run stops.
    max_cost
        US dollars that the run may cost in all.
    prices
        A price table of the user's own, over the shipped one.
    batch
        Through the provider's batches, at half price and within 24 hours.
    poll
        Seconds between looks for the results of a batch.
    """

    base_url: str | None = None
    at_once: int = 50
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout: float = 120.0
    patience: float = 600.0
    max_cost: float | None = None
    prices: Path | None = None
    batch: bool = False
    poll: float = 30.0


class Judges:
    """Opens the models of a run, and closes them.

    Parameters
    ----------
    models
        The name of the model of each judgement.
    answers, waves
        Where answers, and what is handed over in bulk, are kept.
    note
        Is told in a sentence what a user should know.

    Raises
    ------
    ConfigError
        A model cannot be used as it is named, or cannot be priced where the cost is limited.
    """

    def __init__(
        self,
        models: Mapping[Judgement, str],
        calls: Calls,
        answers: Path,
        waves: Path,
        note: Callable[[str], None],
    ) -> None:
        self._names = {judgement: parse_model(text) for judgement, text in models.items()}
        self._prices = read_prices(calls.prices)
        if calls.max_cost is not None:
            refuse_unpriced(self._prices, sorted({str(name) for name in self._names.values()}))
        self.meter = Meter()
        self._store = AnswerStore(answers)
        self._budget = Budget(self._prices, calls.max_cost, self._store.spent())
        self._open: list[LiveJudge | WaveJudge] = []
        self._judges: dict[Judgement, Judge] = {}
        in_bulk = {j: name for j, name in self._names.items() if name.provider == FILE or calls.batch}
        try:
            self._open_waves(in_bulk, calls, waves, note)
            self._open_live({j: n for j, n in self._names.items() if j not in in_bulk}, calls, note)
        except BaseException:
            self.close()
            raise

    def _open_waves(
        self, names: Mapping[Judgement, ModelName], calls: Calls, path: Path, note: Callable[[str], None]
    ) -> None:
        if not names:
            return
        settings = BatchSettings(path.parent / "batches", _mark(path.parent), calls.poll, note)
        services = {name: _service(name, calls, settings) for name in set(names.values())}
        judge = WaveJudge(
            {judgement: services[name] for judgement, name in names.items()},
            self._store,
            WaveLedger(path),
            self._budget,
            self.meter,
            note,
        )
        self._open.append(judge)
        self._judges |= dict.fromkeys(names, judge)

    def _open_live(self, names: Mapping[Judgement, ModelName], calls: Calls, note: Callable[[str], None]) -> None:
        if not names:
            return
        from clioscope.models.sdk_models import connect

        models: dict[ModelName, Model] = {
            name: connect(name, calls.base_url, calls.timeout) for name in set(names.values())
        }
        pace = Pace(calls.at_once, Limits(calls.requests_per_minute, calls.tokens_per_minute), calls.patience)
        judge = LiveJudge(
            {judgement: models[name] for judgement, name in names.items()},
            self._store,
            self._budget,
            pace,
            self.meter,
            note,
        )
        self._open.append(judge)
        self._judges |= dict.fromkeys(names, judge)

    def judge(self, judgement: Judgement, works: Callable[[], Iterable[Work[T]]]) -> Iterator[T]:
        """The results of works that ask this judgement alone; see :class:`clioscope.models.judge.Judge`."""
        return self._judges[judgement].judge(works)

    def has(self, judgement: Judgement) -> bool:
        """Whether a model answers this judgement."""
        return judgement in self._judges

    def name(self, judgement: Judgement) -> str:
        """The model of a judgement."""
        return str(self._names[judgement])

    def spent(self) -> list[Spent]:
        """What the run has used so far, over all its invocations."""
        return self._store.spent()

    def cost(self, spent: list[Spent]) -> Cost:
        """What that cost."""
        return self._prices.cost(spent)

    def repairs(self) -> dict[str, int]:
        """How many answers had to be mended, by what was wrong."""
        counts: dict[str, int] = {}
        for (_, why), count in self._store.repairs().items():
            counts[why] = counts.get(why, 0) + count
        return counts

    def close(self) -> None:
        """End what is under way, and let go of files and connections."""
        try:
            for judge in self._open:
                judge.close()
        finally:
            self._store.close()


def _service(name: ModelName, calls: Calls, settings: BatchSettings) -> BatchService:
    if name.provider == FILE:
        return FolderService(name)
    from clioscope.models.sdk_models import batch_service

    return batch_service(name, calls.base_url, calls.timeout, settings)


def _mark(vault: Path) -> str:
    """What tells this run's batches from those of other runs; made once."""
    path = vault / "batches.mark"
    if not path.exists():
        path.write_text(secrets.token_hex(8), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii")
