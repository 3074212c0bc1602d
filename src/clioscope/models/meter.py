"""What happened on the way to the answers: calls, waits, failures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from clioscope.models.base import FailureKind


@dataclass
class Meter:
    """Counts of one invocation.

    Parameters
    ----------
    calls
        Sent to a model, those that failed included.
    answered
        Calls that gave an answer.
    reused
        Requests whose answer was already stored.
    failures
        Calls that gave none, by kind.
    given_up
        Requests that were given up for good.
    """

    calls: int = 0
    answered: int = 0
    reused: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    given_up: int = 0
