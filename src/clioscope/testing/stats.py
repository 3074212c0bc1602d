"""What a server has seen."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Stats:
    """Counts since the server began, or since they were reset.

    Parameters
    ----------
    calls
        To a model, whatever came of them.
    answered
        Of these, those that got a complete response with a model's text, good or bad.
    under_way
        Calls that wait for their response now.
    by_status, by_fault
        How many calls got each HTTP status, and each fault.
    most_at_once
        Calls that were under way together at most.
    repeated
        Calls whose body had been answered before: what a client pays twice.
    """

    calls: int = 0
    answered: int = 0
    under_way: int = 0
    by_status: Counter[int] = field(default_factory=Counter)
    by_fault: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    repeated: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
