"""The models of one run: who answers which judgement, what it costs, and where the answers are kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from clioscope.config import Judgement
from clioscope.errors import ConfigError
from clioscope.models.addresses import answers_here
from clioscope.models.base import Limits, Model
from clioscope.models.batch_service import BatchService
from clioscope.models.budget import Budget
from clioscope.models.folder import FolderService
from clioscope.models.judge import Judge, Work, staged
from clioscope.models.ledger import WaveLedger
from clioscope.models.live import LiveJudge, Pace
from clioscope.models.meter import Meter
from clioscope.models.names import FILE, ModelName, parse_model
from clioscope.models.prices import keep_prices, read_prices, refuse_unpriced
from clioscope.models.profiles import SHIPPED, Profiles
from clioscope.models.provider_batches import WITH_BATCHES, BatchSettings
from clioscope.models.store import AnswerStore, Spent
from clioscope.models.waves import WaveJudge
from clioscope.vault import write_text

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
        Seconds that one call may take, until all of its answer is there.
    patience
        Seconds without any answer after which the run stops, or gives up the last few requests.
    max_cost
        US dollars that the run may cost in all, by estimates of what is under way.
    prices
        A price table of the user's own, over the shipped one.
    batch
        Through the provider's batches, at half price and within 24 hours.
    poll
        Seconds between looks for the results of a batch, at most: the first ones come sooner.
    """

    base_url: str | None = field(default=None, repr=False)
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
    profiles
        What the models take.

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
        profiles: Profiles = SHIPPED,
    ) -> None:
        self._profiles = profiles
        self._names = {judgement: parse_model(text) for judgement, text in models.items()}
        self._base_url = calls.base_url
        if calls.base_url:
            _refuse_several_providers(self._names.values())
        self.prices = read_prices(calls.prices)
        if calls.max_cost is not None:
            refuse_unpriced(self.prices, sorted({str(name) for name in self._names.values()}))
        self.meter = Meter()
        self._store = AnswerStore(answers)
        self._budget = Budget(self.prices, calls.max_cost, self._store.spent(), profiles)
        self._open: list[LiveJudge | WaveJudge | WaveLedger] = []
        self._judges: dict[Judgement, Judge] = {}
        in_bulk = {j: name for j, name in self._names.items() if name.provider == FILE or calls.batch}
        try:
            self._open_waves(in_bulk, calls, waves, note)
            self._open_live({j: n for j, n in self._names.items() if j not in in_bulk}, calls, waves, note)
        except BaseException:
            self.close()
            raise
        keep_prices(answers.parent, self.prices)

    def _open_waves(
        self, names: Mapping[Judgement, ModelName], calls: Calls, path: Path, note: Callable[[str], None]
    ) -> None:
        if not names:
            return
        ledger = WaveLedger(path)
        self._open.append(ledger)
        settings = BatchSettings(path.parent / "batches", _mark(path.parent), calls.poll, note, calls.patience)
        services = {name: _service(name, calls, settings, ledger, self._profiles) for name in set(names.values())}
        judge = WaveJudge(
            {judgement: services[name] for judgement, name in names.items()},
            self._store,
            ledger,
            self._budget,
            self.meter,
            note,
        )
        self._open.append(judge)
        self._judges |= dict.fromkeys(names, judge)

    def _open_live(
        self, names: Mapping[Judgement, ModelName], calls: Calls, waves: Path, note: Callable[[str], None]
    ) -> None:
        if not names:
            _tell_of_idle_options(calls, note)
            return
        _refuse_batched(set(map(str, names.values())), waves)
        from clioscope.models.sdk_models import connect

        models: dict[ModelName, Model] = {
            name: connect(name, calls.base_url, calls.timeout, self._profiles) for name in set(names.values())
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

    def judge(self, judgement: Judgement, works: Callable[[], Iterable[Work[T]]], stage: str = "") -> Iterator[T]:
        """The results of works that ask this judgement alone; see :class:`clioscope.models.judge.Judge`.

        ``stage`` is what their cost is told under.
        """
        return self._judges[judgement].judge(lambda: (staged(work, stage) for work in works()))

    def forget(self, judgement: Judgement, work: Work[T], has_failed: Callable[[T], bool]) -> None:
        """Have all that ``work`` asks asked again, where the answers that there are make it fail."""
        model, judge, asked = self.name(judgement), self._judges[judgement], []
        in_bulk = judge if isinstance(judge, WaveJudge) else None
        try:
            request = next(work)
            while (
                outcome := self._store.get(request, model) or (in_bulk.past(request) if in_bulk else None)
            ) is not None:
                asked.append(request)
                request = work.send(outcome)
            return
        except StopIteration as stop:
            if not has_failed(stop.value):
                return
        for request in asked:
            self._store.forget(request, model)
            if in_bulk is not None:
                in_bulk.forget(request)

    def has(self, judgement: Judgement) -> bool:
        """Whether a model answers this judgement."""
        return judgement in self._judges

    def name(self, judgement: Judgement) -> str:
        """The model of a judgement."""
        return str(self._names[judgement])

    def is_here(self, judgement: Judgement) -> bool:
        """Whether the model of a judgement is known to answer on this machine."""
        return answers_here(self._names[judgement], self._base_url)

    def spent(self) -> list[Spent]:
        """What the run has used so far, over all its invocations."""
        return self._store.spent()

    def repairs(self) -> dict[str, int]:
        """How many answers had to be mended, by what was wrong."""
        return self._store.mended()

    def close(self) -> None:
        """End what is under way, and let go of files and connections."""
        try:
            for judge in self._open:
                judge.close()
        finally:
            self._store.close()


def _refuse_several_providers(names: Iterable[ModelName]) -> None:
    """One address for all would be sent the key of each."""
    providers = sorted({name.provider for name in names} - {FILE})
    if len(providers) > 1:
        raise ConfigError(
            f"--base-url is one address, and the models are of {' and '.join(providers)}, whose keys it would get. Set "
            f"{providers[0].upper()}_BASE_URL in the environment instead, or the like for the one that it is of."
        )


def _refuse_batched(models: Set[str], waves: Path) -> None:
    """What is with a provider's batch is paid already."""
    if not waves.exists():
        return
    with closing(WaveLedger(waves)) as ledger:
        shards = [shard for shard in ledger.open_shards() if shard.model in models]
    if shards:
        told = ", ".join(f"{shard.label} ({shard.lines:,} requests)" for shard in shards)
        raise ConfigError(
            f"{told} {'is' if len(shards) == 1 else 'are'} with the provider: add --batch to use the answers, or "
            f"delete {waves} to pay for them once more."
        )


def _tell_of_idle_options(calls: Calls, note: Callable[[str], None]) -> None:
    rates = {"--at-once": "at_once", "--rpm": "requests_per_minute", "--tpm": "tokens_per_minute"}
    idle = [option for option, name in rates.items() if getattr(calls, name) != getattr(Calls, name)]
    if idle:
        note(f"{', '.join(idle)}: without effect, since all that is asked is handed over in bulk.")


def _service(
    name: ModelName, calls: Calls, settings: BatchSettings, ledger: WaveLedger, profiles: Profiles
) -> BatchService:
    if name.provider == FILE:
        return FolderService(name, settings.run, ledger, profiles)
    if name.provider not in WITH_BATCHES:
        raise ConfigError(
            f"--batch: {name.provider} takes no batches here; {' and '.join(WITH_BATCHES)} do. Leave out --batch."
        )
    from clioscope.models.sdk_models import batch_service

    return batch_service(name, calls.base_url, calls.timeout, settings, profiles)


def _mark(vault: Path) -> str:
    """What tells this run's batches from those of other runs; made once."""
    path = vault / "batches.mark"
    if not path.exists():
        write_text(path, secrets.token_hex(8))
    return path.read_text(encoding="ascii")
