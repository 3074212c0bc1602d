"""A model that is asked live, and whether it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from clioscope.models.base import CallError, Model
from clioscope.models.limits import Limiter

LOOKS = 0.5
"""Seconds between looks whether a model is silent."""

_FIRST_WORD = 10.0
"""Seconds after which the user is told of a model that has answered nothing yet."""

_NEXT_WORD = 30.0
"""Seconds after which the user is told of a model that answered before and whose calls now fail."""


@dataclass
class Asked:
    """A model, how fast it is asked, and how many answers the run has of it.

    Parameters
    ----------
    answers
        Of all invocations of the run.
    has_answered
        Whether it has in this one.
    waiting
        Requests that wait for it.
    since
        When it last answered, or when it was first asked after a time in which nothing waited for it.
    failure
        The last one since then.
    told
        Whether the user knows of its silence since then.
    """

    model: Model
    limiter: Limiter
    answers: int
    given_up: int = 0
    has_answered: bool = False
    waiting: int = 0
    since: float = 0.0
    failure: CallError | None = None
    told: bool = False

    def begin(self) -> None:
        """One more request waits."""
        if not self.waiting:
            self._start_anew()
        self.waiting += 1

    def answered(self) -> None:
        """It has answered one."""
        self.answers += 1
        self.has_answered = True
        self._start_anew()

    def _start_anew(self) -> None:
        self.since, self.failure, self.told = time.monotonic(), None, False

    @property
    def silent(self) -> float:
        """Seconds for which it has answered nothing."""
        return time.monotonic() - self.since

    def word(self, patience: float) -> str:
        """What a user should know of its silence, who may have forgotten to start a server; said once.

        A model that has answered may just be slow: of that one only failures are told.
        """
        due = self.silent >= (_NEXT_WORD if self.has_answered else _FIRST_WORD)
        if self.told or not self.waiting or not due or (self.has_answered and self.failure is None):
            return ""
        self.told = True
        if not self.has_answered and (self.failure is None or self.failure.kind == "connection"):
            return f"Nothing has answered at {self.model.address} yet: is the server running?"
        last = f" (last: {self.failure.code or self.failure.kind})" if self.failure else ""
        return (
            f"{self.model.name} has answered nothing for {duration(self.silent)}{last}. Trying on, for "
            f"{duration(patience)} in all (--patience)."
        )


def duration(seconds: float) -> str:
    """So many seconds, or minutes, in words."""
    if seconds >= 120:
        return f"{seconds / 60:.0f} minutes"
    return "1 second" if f"{seconds:.0f}" == "1" else f"{seconds:.0f} seconds"
