"""The seam to whatever answers requests in bulk: files of requests go out, and files of answers come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from clioscope.models.base import Answer, CallError, ModelError, Request
from clioscope.models.fitting import FittedProfile
from clioscope.models.ledger import Line, Shard


class BatchRefusedError(ModelError):
    """A provider refused a shard as a whole, which says nothing of its requests.

    Parameters
    ----------
    full
        Whether there was only no room for it beside others.
    """

    def __init__(self, message: str, *, full: bool) -> None:
        super().__init__(message)
        self.full = full


class UndecidedError(ModelError):
    """Whether a provider has a shard cannot be told yet: it may be what the provider is still at work on."""


class Result(NamedTuple):
    """What a provider says of one request."""

    key: bytes
    outcome: Answer | CallError


class Found(NamedTuple):
    """A good answer that lies somewhere, to a request that has none.

    Parameters
    ----------
    mark
        Tells it from other answers to the same request.
    """

    line: Line
    answer: Answer
    mark: bytes


class BatchService(Protocol):
    """Takes files of requests and gives files of answers."""

    @property
    def name(self) -> str:
        """The model, as the user named it."""

    @property
    def half_price(self) -> bool:
        """Whether its answers are paid at the batch price."""

    @property
    def profile(self) -> FittedProfile:
        """What the model takes, as far as is known by now."""

    def line(self, key: bytes, request: Request) -> bytes:
        """The request as one line of a shard, without the line's end."""

    def path(self, label: str) -> Path:
        """Where the shard of this label is written."""

    def lost(self, shard: Shard) -> bool:
        """Whether the file of an open shard is gone, and still needed."""

    def submit(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str:
        """Hand the shard over, and return the provider's name for it.

        ``known``: the names of this run's other shards.

        Raises
        ------
        UndecidedError
            The provider may have taken it or not. It is looked for later, with :meth:`find`.
        """

    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Set[str]) -> str | None:
        """The provider's name for a shard that may have been handed over before a crash; ``None`` where it was not.

        Raises
        ------
        UndecidedError
            It cannot be told yet.
        """

    def collect(self, shard: Shard, lines: Mapping[bytes, Line]) -> tuple[Iterator[Result], Literal["some", "all"]]:
        """The results that are there, and whether more may come.

        Raises
        ------
        BatchRefusedError
            The provider took none of it.
        """

    def wait(self, shards: Iterable[Shard]) -> bool:
        """Wait until there may be something new. ``False``: it cannot be waited for here, and the run has to stop."""

    def ask_user(self, shards: Iterable[Shard]) -> str:
        """What the user has to do for the answers to come, in sentences."""

    def close(self) -> None:
        """Give connections back."""


@runtime_checkable
class LooseAnswers(Protocol):
    """A :class:`BatchService` whose answers may come in any file, and after their shard is done with."""

    def sweep(self, take: Callable[[Sequence[Found]], None]) -> None:
        """Find all good answers to requests that have none.

        ``take`` is called with a few at a time, and returns once they are on disk.
        """

    def notes(self) -> Iterator[str]:
        """What a user should know of the files that were read since it was last called, a note a file."""
