"""What the providers' batches have in common: shards in the vault, waiting, and calls that are made again."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from clioscope.models.base import RETRIED, CallError, Request
from clioscope.models.ledger import Line, Shard
from clioscope.models.live import ModelError
from clioscope.models.names import ModelName
from clioscope.models.profiles import profile_of
from clioscope.models.sdk import call_error
from clioscope.models.waves import Result

T = TypeVar("T")

_TRIES = 6
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0


class BatchSettings(NamedTuple):
    """Where shards are kept, what tells this run's batches from others', and how often is looked for results.

    ``poll``: seconds.
    """

    folder: Path
    run: str
    poll: float
    note: Callable[[str], None]


class ProviderBatches(ABC):
    """See :class:`clioscope.models.waves.BatchService`."""

    half_price = True

    def __init__(self, name: ModelName, client: Any, secrets: tuple[str, ...], settings: BatchSettings) -> None:
        self.name = str(name)
        self._model = name.model
        self._client = client
        self._secrets = secrets
        self._profile = profile_of(self.name)
        self._settings = settings
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._told = -1

    @abstractmethod
    def line(self, key: bytes, request: Request) -> bytes:
        """See :class:`clioscope.models.waves.BatchService`."""

    @abstractmethod
    def _create(self, label: str) -> str:
        """Hand the shard over, and return the provider's name for the batch."""

    @abstractmethod
    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Iterable[str]) -> str | None:
        """See :class:`clioscope.models.waves.BatchService`."""

    @abstractmethod
    def _done(self, shard: Shard) -> int | None:
        """How many requests are done; ``None`` once the batch has ended."""

    @abstractmethod
    def _results(self, shard: Shard, lines: Mapping[bytes, Line]) -> Iterator[Result]:
        """What a batch that has ended gave."""

    def path(self, label: str) -> Path:
        """See :class:`clioscope.models.waves.BatchService`."""
        return self._settings.folder / f"{label}.requests.jsonl"

    def submit(self, shard: Shard, lines: Mapping[bytes, Line]) -> str:
        """See :class:`clioscope.models.waves.BatchService`.

        Where it is not known whether the provider took the batch, it is looked for before it is sent again.
        """

        def once() -> str:
            return self._create(shard.label)

        def again() -> str:
            return self.find(shard, lines, ()) or self._create(shard.label)

        return self._steadily(once, again)

    def collect(self, shard: Shard, lines: Mapping[bytes, Line]) -> tuple[Iterator[Result], Literal["some", "all"]]:
        """See :class:`clioscope.models.waves.BatchService`."""
        done = self._steadily(lambda: self._done(shard))
        if done is None:
            return self._results(shard, lines), "all"
        if done != self._told:
            self._settings.note(f"{shard.label}: {done:,} of {shard.lines:,} requests are answered.")
            self._told = done
        return iter(()), "some"

    def wait(self, shards: Iterable[Shard]) -> bool:
        """See :class:`clioscope.models.waves.BatchService`. It can be interrupted: the batch goes on by itself."""
        time.sleep(self._settings.poll)
        return True

    def ask_user(self, shards: Iterable[Shard]) -> str:
        """See :class:`clioscope.models.waves.BatchService`."""
        return "The provider is at work: run the same command again later."

    def close(self) -> None:
        """See :class:`clioscope.models.waves.BatchService`."""
        self._client.close()

    def _steadily(self, call: Callable[[], T], again: Callable[[], T] | None = None) -> T:
        """Make a call of the batch interface until it succeeds."""
        wait = _FIRST_WAIT
        for attempt in range(_TRIES):
            try:
                return call() if attempt == 0 or again is None else again()
            except CallError as error:
                failure = error
            except Exception as error:
                failure = call_error(error, self._secrets)
            if failure.kind not in RETRIED:
                break
            if attempt < _TRIES - 1:
                time.sleep(failure.retry_after or wait)
                wait = min(_LONGEST_WAIT, 2 * wait)
        raise ModelError(
            f"The batches of {self.name} cannot be reached: {failure.kind}: {failure.message}. Nothing is lost: run "
            "the same command again."
        ) from None


def keys_of(lines: Mapping[bytes, Line]) -> dict[str, bytes]:
    """The requests of a shard by the name that they have on the wire."""
    return {key.hex(): key for key in lines}
