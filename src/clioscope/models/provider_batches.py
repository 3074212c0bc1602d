"""What the providers' batches have in common: shards in the vault, waiting, and calls that are made again."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from clioscope.errors import ClioscopeError
from clioscope.models.base import RETRIED, CallError, ModelError, Request
from clioscope.models.batch_service import Result
from clioscope.models.fitting import FittedProfile
from clioscope.models.ledger import Line, Shard
from clioscope.models.names import ModelName
from clioscope.models.profiles import ModelProfile
from clioscope.models.sdk import call_error

T = TypeVar("T")

WITH_BATCHES = ("openai", "anthropic")
"""The providers whose batches are known to be what this module takes them for."""

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0

_FIRST_LOOK, _LONGER = 1.0, 1.5
"""Seconds until the first look for the results of a batch, and by what the wait grows from look to look."""


class BatchSettings(NamedTuple):
    """Where shards are kept, what tells this run's batches from others', and how often is looked for results.

    ``poll``: seconds between looks at most, since they begin close together. ``patience``: seconds for which a call
    that fails is made again.
    """

    folder: Path
    run: str
    poll: float
    note: Callable[[str], None]
    patience: float = 600.0


class _GoneError(ModelError):
    """The provider does not have what was asked for."""


class ProviderBatches(ABC):
    """See :class:`clioscope.models.batch_service.BatchService`."""

    half_price = True

    def __init__(
        self, name: ModelName, client: Any, secrets: tuple[str, ...], settings: BatchSettings, profile: ModelProfile
    ) -> None:
        self.name = str(name)
        self._model = name.model
        self._client = client
        self._secrets = secrets
        self.profile = FittedProfile(profile)
        self._settings = settings
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._told: dict[str, int] = {}
        self._until_look = _FIRST_LOOK

    @abstractmethod
    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.batch_service.BatchService`."""

    @abstractmethod
    def _create(self, label: str) -> str:
        """Hand the shard over, and return the provider's name for the batch."""

    @abstractmethod
    def _find(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str | None:
        """See :meth:`clioscope.models.batch_service.BatchService.find`."""

    @abstractmethod
    def _done(self, shard: Shard) -> int | None:
        """How many requests are done; ``None`` once the batch has ended."""

    @abstractmethod
    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        """What a batch that has ended gave."""

    def path(self, label: str) -> Path:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return self._settings.folder / f"{label}.requests.jsonl"

    def lost(self, shard: Shard) -> bool:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return shard.state == "intended" and not self.path(shard.label).exists()

    def submit(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str:
        """See :class:`clioscope.models.batch_service.BatchService`.

        Where it is not known whether the provider took the batch, it is looked for before it is sent again.
        """

        def once() -> str:
            return self._create(shard.label)

        def again() -> str:
            return self._find(shard, lines, known) or self._create(shard.label)

        return self._steadily(once, again)

    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str | None:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return self._steadily(lambda: self._find(shard, lines, known))

    def collect(self, shard: Shard, lines: Mapping[bytes, Line]) -> tuple[Iterator[Result], Literal["some", "all"]]:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        try:
            done = self._steadily(lambda: self._done(shard))
        except _GoneError:
            self._settings.note(f"{shard.label} is gone at the provider: what it held is asked again.")
            return iter(()), "all"
        if done is None:
            self._until_look = _FIRST_LOOK
            return self._all_results(shard, lines), "all"
        self._tell(shard, done)
        return iter(()), "some"

    def _tell(self, shard: Shard, done: int) -> None:
        """Say how far a shard is, at each tenth of it."""
        tenth = 10 * done // max(1, shard.lines)
        if tenth > self._told.get(shard.label, -1):
            self._told[shard.label] = tenth
            self._settings.note(f"{shard.label}: {done:,} of {shard.lines:,} requests are answered.")

    def _all_results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        """The results, read anew from the first where they break off: a result that comes twice is the same."""
        patience = _Patience(self.name, self._secrets, self._settings.patience)
        while True:
            try:
                yield from self._results(shard, lines)
                return
            except Exception as error:
                try:
                    patience.bear(error)
                except _GoneError:
                    self._settings.note(f"Results of {shard.label} are gone at the provider.")
                    return

    def wait(self, shards: Iterable[Shard]) -> bool:
        """See :class:`clioscope.models.batch_service.BatchService`. It can be interrupted: the batch goes on.

        A small batch may end in seconds and a large one in a day, so that the wait grows with each look until a batch
        ends. One that is refused begins no new row of looks: each of them hands it over once more.
        """
        pause = min(self._until_look, self._settings.poll)
        time.sleep(pause)
        self._until_look = pause * _LONGER
        return True

    def ask_user(self, shards: Iterable[Shard]) -> str:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        return "The provider is at work: run the same command again later."

    def close(self) -> None:
        """See :class:`clioscope.models.batch_service.BatchService`."""
        self._client.close()

    def _steadily(self, call: Callable[[], T], again: Callable[[], T] | None = None) -> T:
        """Make a call of the batch interface until it succeeds; after the first time, ``again`` in its place."""
        patience = _Patience(self.name, self._secrets, self._settings.patience)
        while True:
            try:
                return call()
            except Exception as error:
                patience.bear(error)
                call = again or call


class _Patience:
    """Waits between tries, longer each time, until there has been enough of it."""

    def __init__(self, name: str, secrets: tuple[str, ...], seconds: float) -> None:
        self._name, self._secrets = name, secrets
        self._until = time.monotonic() + seconds
        self._wait = _FIRST_WAIT

    def bear(self, error: Exception) -> None:
        """Return once it is time for the next try.

        Raises
        ------
        ClioscopeError
            No further try would help, or there were enough.
        """
        if isinstance(error, ClioscopeError):
            raise error
        failure = error if isinstance(error, CallError) else call_error(error, self._secrets)
        why = f"{failure.kind}: {failure.message}. Nothing is lost: run the same command again."
        if failure.kind not in RETRIED:
            gone = getattr(error, "status_code", None) == 404
            raise (_GoneError if gone else ModelError)(f"The batches of {self._name} cannot be used: {why}") from None
        pause = max(failure.retry_after or 0.0, self._wait)
        if time.monotonic() + pause > self._until:
            raise ModelError(f"The batches of {self._name} cannot be reached: {why}") from None
        time.sleep(pause)
        self._wait = min(_LONGEST_WAIT, 2 * self._wait)


def keys_of(lines: Mapping[bytes, Line]) -> dict[str, bytes]:
    """The requests of a shard by the name that they have on the wire."""
    return {key.hex(): key for key in lines}


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a body that comes in pieces. They end at line feeds alone: JSON may hold what else ends lines."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    yield rest
