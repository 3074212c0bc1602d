"""A server's own limits."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerLimits:
    """What the server allows; ``None`` for no limit.

    Parameters
    ----------
    most_at_once
        Calls under way together.
    retry_after
        Seconds that a refusal asks for; ``None``: it does not say.
    advertise
        Whether responses tell of the limits, in the providers' headers.
    """

    requests_per_second: float | None = None
    tokens_per_minute: float | None = None
    most_at_once: int | None = None
    retry_after: float | None = 0.1
    advertise: bool = True


class Throttle:
    """Says which calls are over the limits. Its buckets hold one second's worth."""

    def __init__(self, limits: ServerLimits) -> None:
        self._limits = limits
        rates = (limits.requests_per_second, limits.tokens_per_minute and limits.tokens_per_minute / 60)
        self._rates = [rate or 0.0 for rate in rates]
        self._levels = [max(1.0, rate) for rate in self._rates]
        self._seen = time.monotonic()

    def refuses(self, tokens: int, under_way: int) -> bool:
        """Whether a call of so many tokens, beside those under way, is refused."""
        limits = self._limits
        if limits.most_at_once is not None and under_way > limits.most_at_once:
            return True
        now = time.monotonic()
        passed, self._seen = now - self._seen, now
        amounts = (1.0, float(tokens))
        for i, rate in enumerate(self._rates):
            self._levels[i] = min(max(1.0, rate), self._levels[i] + passed * rate)
        if any(rate and self._levels[i] < min(amounts[i], max(1.0, rate)) for i, rate in enumerate(self._rates)):
            return True
        for i, amount in enumerate(amounts):
            self._levels[i] -= amount
        return False
