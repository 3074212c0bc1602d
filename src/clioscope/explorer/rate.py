"""A token bucket for each session."""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST = 10_000


class Rates:
    """How fast each may ask.

    Parameters
    ----------
    per_second
        How many requests, over a longer time.
    burst
        How many at once.
    clock
        Seconds that only rise.
    """

    def __init__(self, per_second: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def wait(self, who: str) -> int:
        """Whole seconds that ``who`` has to wait before the next request; 0: it is taken now."""
        key = hashlib.sha256(who.encode("utf-8", "surrogateescape")).digest()
        now = self._clock()
        left, before = self._left.pop(key, (float(self._burst), now))
        left = min(self._burst, left + (now - before) * self._per_second)
        taken = left >= 1
        self._left[key] = (left - taken, now)
        if len(self._left) > _MOST:
            self._left.popitem(last=False)
        return 0 if taken else math.ceil((1 - left) / self._per_second)
