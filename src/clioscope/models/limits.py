"""How fast a model is asked: a token bucket where its limits are known, adaptive concurrency where they are not."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from clioscope.models.base import Limits

_FIRST = 16
_SHRINK = 0.7
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.25, 60.0


class Bucket:
    """Tokens that refill steadily.

    Parameters
    ----------
    per_minute
        How many are given in a minute.
    clock
        Seconds, never going back.
    """

    def __init__(self, per_minute: float, clock: Callable[[], float]) -> None:
        self._rate = per_minute / 60
        # One second's worth may go at once, so that the bucket's burst stays within a server's own.
        self._most = max(1.0, self._rate)
        self._level = self._most
        self._clock = clock
        self._seen = clock()

    def delay(self, amount: float) -> float:
        """Take ``amount``, and return the seconds to wait before it is there. It may be more than the bucket holds."""
        now = self._clock()
        self._level = min(self._most, self._level + (now - self._seen) * self._rate) - amount
        self._seen = now
        return max(0.0, -self._level / self._rate)


class Limiter:
    """Lets calls to one model through.

    Starts with a few at once and doubles every round until the server refuses one, then shrinks, and grows by one a
    round. After a refusal nobody is let through until the pause that the server asked for is over.

    Parameters
    ----------
    most_at_once
        Never more calls than this are under way.
    known
        Limits that the user set; they win over what the provider tells.
    clock
        Seconds, never going back.
    """

    def __init__(self, most_at_once: int, known: Limits, clock: Callable[[], float]) -> None:
        self._most = most_at_once
        self._known = known
        self._clock = clock
        self._allowed = float(min(_FIRST, most_at_once))
        self._doubling = True
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._paused_until = 0.0
        self._refusals = 0
        self._shrunk_at = -1.0
        self._buckets: dict[str, tuple[float, Bucket]] = {}
        self.learn(Limits())

    def learn(self, told: Limits) -> None:
        """Heed what the provider says of its limits."""
        for what, known, said in zip(Limits._fields, self._known, told, strict=True):
            rate = known or said
            if rate and (what not in self._buckets or self._buckets[what][0] != rate):
                self._buckets[what] = (rate, Bucket(rate, self._clock))

    async def enter(self, tokens: int) -> None:
        """Wait for a place. Every call that entered must :meth:`leave`."""
        while self._under_way >= int(self._allowed) or self._waiting_for_pause() > 0:
            pause = self._waiting_for_pause()
            if pause > 0:
                await asyncio.sleep(pause)
                continue
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            await place
        self._under_way += 1
        try:
            await asyncio.sleep(self._delay(tokens))
        except BaseException:
            self.leave()
            raise

    def _waiting_for_pause(self) -> float:
        return self._paused_until - self._clock()

    def _delay(self, tokens: int) -> float:
        amounts = {"requests_per_minute": 1, "tokens_per_minute": tokens}
        return max((bucket.delay(amounts[what]) for what, (_, bucket) in self._buckets.items()), default=0.0)

    def leave(self) -> None:
        """Give the place to the next."""
        self._under_way -= 1
        self._wake()

    def _wake(self) -> None:
        free = int(self._allowed) - self._under_way
        while self._waiting and free > 0:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                free -= 1

    def went_well(self) -> None:
        """Allow more at once."""
        self._refusals = 0
        grow = 1.0 if self._doubling else 1.0 / self._allowed
        self._allowed = min(float(self._most), self._allowed + grow)
        self._wake()

    def refused(self, retry_after: float | None, began: float) -> None:
        """Allow fewer at once, and nobody for a while.

        Parameters
        ----------
        retry_after
            Seconds that the server asked for.
        began
            When the refused call began. Those that began before the last shrinking tell nothing new.
        """
        now = self._clock()
        self._doubling = False
        if began > self._shrunk_at:
            self._refusals += 1
            self._allowed = max(1.0, self._allowed * _SHRINK)
            self._shrunk_at = now
        pause = retry_after
        if pause is None:
            pause = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2 ** (self._refusals - 1))
        self._paused_until = max(self._paused_until, now + pause)
