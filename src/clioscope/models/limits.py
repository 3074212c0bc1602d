"""How fast a model is asked: a token bucket where its limits are known, adaptive concurrency where they are not."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable

from clioscope.models.base import CallError, Limits

_FIRST = 24
_GROWTH = 2.0
"""More at once after every call that went well, until the first refusal: three times as many every round."""

_SHRINK = 0.7
_REGROWTH = 0.1
"""At most so many more at once after every call that went well, since a refusal."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.25, 60.0
_MOST_DOUBLINGS = 10


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
        self._clock = clock
        self._seen = clock()
        self._level = math.inf
        self.change(per_minute)

    def change(self, per_minute: float) -> None:
        """Refill at another rate from now on. What is in the bucket stays."""
        self._rate = per_minute / 60
        # Half a second's worth may go at once. A server allows a second's as a rule, and the other half is for calls
        # that a busy machine sends late, together with those that come after them.
        self._most = max(1.0, self._rate / 2)
        self._level = min(self._level, self._most)

    def delay(self, amount: float) -> float:
        """Take ``amount``, and return the seconds to wait before it is there. It may be more than the bucket holds."""
        now = self._clock()
        if now > self._seen:
            self._level = min(self._most, self._level + (now - self._seen) * self._rate)
            self._seen = now
        self._level -= amount
        return max(0.0, -self._level / self._rate)

    def pause(self, seconds: float) -> None:
        """Do not refill for so long."""
        self.delay(0.0)
        self._seen += seconds


class Limiter:
    """Lets calls to one model through.

    Starts with a few at once and allows three times as many every round, until the server refuses one or leaves it
    without an answer; then shrinks, and grows by one a round or a tenth, whichever is less. After a refusal nobody is
    let through until the pause that the server asked for is over; who waited for the rate then waits on from there.

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
        self._growing = True
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._paused_until = 0.0
        self._paused = 0.0
        self._refusals = 0
        self._shrunk_at = -1.0
        self._buckets: dict[str, Bucket] = {}
        self.learn(Limits())

    def learn(self, told: Limits) -> None:
        """Heed what the provider says of its limits."""
        for what, known, said in zip(Limits._fields, self._known, told, strict=True):
            rate = known or said
            if rate and what in self._buckets:
                self._buckets[what].change(rate)
            elif rate:
                self._buckets[what] = Bucket(rate, self._clock)

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
            await self._wait_for_rate(tokens)
        except BaseException:
            self.leave()
            raise

    async def _wait_for_rate(self, tokens: int) -> None:
        """Sleep until the buckets allow the call. A pause that begins meanwhile puts that off by its length."""
        paused = self._paused
        ready = self._clock() + self._delay(tokens)
        while (left := ready + self._paused - paused - self._clock()) > 0:
            await asyncio.sleep(left)

    def _waiting_for_pause(self) -> float:
        return self._paused_until - self._clock()

    def _delay(self, tokens: int) -> float:
        amounts = {"requests_per_minute": 1, "tokens_per_minute": tokens}
        return max((bucket.delay(amounts[what]) for what, bucket in self._buckets.items()), default=0.0)

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
        grow = _GROWTH if self._growing else min(_REGROWTH, 1.0 / self._allowed)
        self._allowed = min(float(self._most), self._allowed + grow)
        self._wake()

    def failed(self, error: CallError, began: float) -> None:
        """Allow as much less as a call's failure calls for; ``began`` is when the call did."""
        if error.limits is not None:
            self.learn(error.limits)
        if error.kind in ("rate limit", "overloaded"):
            self.refused(error.retry_after, began)
        elif error.kind == "timeout":
            self.shrink(began)

    def refused(self, retry_after: float | None, began: float) -> None:
        """Allow fewer at once, and nobody for a while.

        Parameters
        ----------
        retry_after
            Seconds that the server asked for.
        began
            When the refused call began.
        """
        if self.shrink(began):
            self._refusals += 1
        pause = retry_after
        if pause is None:
            pause = min(_LONGEST_PAUSE, _SHORTEST_PAUSE * 2.0 ** min(self._refusals - 1, _MOST_DOUBLINGS))
        self._pause(max(pause, _SHORTEST_PAUSE))

    def shrink(self, began: float) -> bool:
        """Allow fewer at once, as where a call that began at ``began`` got no answer in time.

        Calls that began before the last shrinking tell nothing new, and change nothing; whether this one did.
        """
        self._growing = False
        if began <= self._shrunk_at:
            return False
        self._allowed = max(1.0, self._allowed * _SHRINK)
        self._shrunk_at = self._clock()
        return True

    def _pause(self, seconds: float) -> None:
        now = self._clock()
        longer = now + seconds - max(self._paused_until, now)
        if longer <= 0:
            return
        self._paused_until = now + seconds
        self._paused += longer
        for bucket in self._buckets.values():
            bucket.pause(longer)
