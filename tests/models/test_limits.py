"""How fast a model is asked: as fast as it allows, and slower after every refusal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.models.base import Limits
from clioscope.models.judges import Calls
from clioscope.models.limits import Bucket, Limiter
from clioscope.testing import Faults, ModelServer
from tests.models.helpers import Scored, opened, works


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Callers:
    """Calls that wait for a place; each holds it until it is told to leave."""

    def __init__(self, limiter: Limiter, count: int) -> None:
        self.limiter, self.inside = limiter, 0
        self._tasks = [asyncio.create_task(self._enter()) for _ in range(count)]

    async def _enter(self) -> None:
        await self.limiter.enter(1)
        self.inside += 1

    async def settled(self) -> int:
        for _ in range(5):
            await asyncio.sleep(0)
        return self.inside

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def at_once(limiter: Limiter, callers: int = 200) -> int:
    """How many the limiter lets through together."""
    waiting = Callers(limiter, callers)
    inside = await waiting.settled()
    await waiting.end()
    for _ in range(inside):
        limiter.leave()
    return inside


def in_a_loop(test: Callable[[Clock], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    return lambda: asyncio.run(test(Clock()))


def test_a_bucket_gives_half_a_second_at_once_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Bucket(600, clock)
    assert [bucket.delay(1) for _ in range(5)] == [0.0] * 5
    assert [bucket.delay(1) for _ in range(3)] == pytest.approx([0.1, 0.2, 0.3])
    clock.now += 0.35
    assert bucket.delay(1) == pytest.approx(0.05)
    clock.now += 3600
    assert [bucket.delay(1) for _ in range(5)] == [0.0] * 5
    assert bucket.delay(1) == pytest.approx(0.1)


def test_another_rate_leaves_in_the_bucket_what_is_in_it_and_a_pause_fills_nothing() -> None:
    clock = Clock()
    bucket = Bucket(600, clock)
    assert bucket.delay(10) == pytest.approx(0.5)
    bucket.change(60)
    assert bucket.delay(0) == pytest.approx(5.0)
    bucket.pause(100)
    clock.now += 100
    assert bucket.delay(0) == pytest.approx(5.0)
    clock.now += 2
    assert bucket.delay(0) == pytest.approx(3.0)


def test_more_than_the_bucket_holds_is_waited_for() -> None:
    slow, bucket = Bucket(6, Clock()), Bucket(60_000, Clock())
    assert [slow.delay(1) for _ in range(3)] == pytest.approx([0.0, 10.0, 20.0])
    assert bucket.delay(5_000) == pytest.approx(4.5)
    assert bucket.delay(1_000) == pytest.approx(5.5)


@given(st.floats(6, 60_000), st.lists(st.tuples(st.floats(0, 5), st.floats(0, 500)), min_size=1, max_size=60))
def test_no_more_is_ever_given_than_the_rate_and_half_a_second_ahead(
    rate: float, asked: list[tuple[float, float]]
) -> None:
    clock = Clock()
    bucket, taken = Bucket(rate, clock), 0.0
    for pause, amount in asked:
        clock.now += pause
        ready = clock.now + bucket.delay(amount)
        taken += amount
        assert taken <= (ready - 100.0) * rate / 60 + max(1.0, rate / 120) + 1e-3


def went_well(limiter: Limiter, times: int) -> None:
    for _ in range(times):
        limiter.went_well()


@in_a_loop
async def test_a_few_are_let_through_at_first_and_at_least_twice_as_many_every_round_up_to_the_most(
    clock: Clock,
) -> None:
    limiter = Limiter(100, Limits(), clock)
    seen = [await at_once(limiter)]
    while seen[-1] < 100:
        went_well(limiter, seen[-1])
        seen.append(await at_once(limiter))
        assert 2 * seen[-2] <= seen[-1] or seen[-1] == 100
    assert seen[0] <= 25
    went_well(limiter, 100)
    assert await at_once(limiter) == 100


@in_a_loop
async def test_never_more_are_let_through_than_was_asked_for(clock: Clock) -> None:
    limiter = Limiter(3, Limits(), clock)
    went_well(limiter, 50)
    assert await at_once(limiter) == 3


@in_a_loop
async def test_a_refusal_makes_it_fewer_and_then_it_grows_by_at_most_one_a_round(clock: Clock) -> None:
    limiter = Limiter(100, Limits(), clock)
    went_well(limiter, 100)
    limiter.refused(1.0, clock.now)
    clock.now += 1.25
    seen = [await at_once(limiter)]
    for _ in range(20):
        went_well(limiter, seen[-1])
        seen.append(await at_once(limiter))
        assert seen[-2] <= seen[-1] <= seen[-2] + 1
    assert 50 <= seen[0] <= 80
    assert seen[-1] >= seen[0] + 10


@in_a_loop
async def test_refusals_of_calls_that_began_before_the_shrinking_shrink_it_once(clock: Clock) -> None:
    limiter = Limiter(100, Limits(), clock)
    went_well(limiter, 100)
    began = clock.now
    for _ in range(10):
        clock.now += 1 / 64
        limiter.refused(0.0, began)
    clock.now += 1
    assert await at_once(limiter) == 70
    for _ in range(40):
        clock.now += 1
        limiter.refused(0.0, clock.now)
    clock.now += 1
    assert await at_once(limiter) == 1
    went_well(limiter, 5)
    assert await at_once(limiter) == 1


@in_a_loop
async def test_nobody_is_let_through_until_the_pause_that_the_server_asked_for_is_over(clock: Clock) -> None:
    limiter = Limiter(100, Limits(), clock)
    limiter.refused(0.5, clock.now)
    limiter.refused(0.25, clock.now)
    waiting = Callers(limiter, 20)
    clock.now += 0.375
    await asyncio.sleep(0.6)
    assert waiting.inside == 0
    clock.now += 0.25
    async with asyncio.timeout(10):
        while not await waiting.settled():
            await asyncio.sleep(0.01)
    await waiting.end()


@in_a_loop
async def test_a_server_that_asks_for_no_pause_gets_a_longer_one_after_every_refusal_and_at_most_a_minute(
    clock: Clock,
) -> None:
    limiter = Limiter(100, Limits(), clock)
    pauses = []
    for _ in range(11):
        limiter.refused(None, clock.now)
        pauses.append(limiter._waiting_for_pause())
        clock.now += pauses[-1] + 0.01
    assert pauses == pytest.approx([0.25, 0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60])
    limiter.went_well()
    limiter.refused(None, clock.now)
    assert limiter._waiting_for_pause() == pytest.approx(0.25)


@in_a_loop
async def test_a_place_that_is_given_back_goes_to_the_next_and_none_is_lost(clock: Clock) -> None:
    limiter = Limiter(2, Limits(), clock)
    waiting = Callers(limiter, 7)
    seen = []
    for _ in range(6):
        seen.append(await waiting.settled())
        limiter.leave()
    assert seen == [2, 3, 4, 5, 6, 7]
    await waiting.end()


@in_a_loop
async def test_a_caller_that_goes_away_while_it_waits_for_the_rate_gives_its_place_back(clock: Clock) -> None:
    limiter = Limiter(1, Limits(requests_per_minute=0.01), clock)
    await limiter.enter(1)
    limiter.leave()
    waiting = Callers(limiter, 1)
    assert await waiting.settled() == 0
    await waiting.end()
    assert limiter._under_way == 0


def delays(known: Limits, told: list[Limits], tokens: int = 1) -> list[float]:
    limiter = Limiter(10, known, Clock())
    for limits in told:
        limiter.learn(limits)
    return [limiter._delay(tokens) for _ in range(3)]


@pytest.mark.parametrize(
    ("known", "told", "tokens", "expected"),
    [
        (Limits(), [], 1_000, [0, 0, 0]),
        (Limits(), [Limits()], 1_000, [0, 0, 0]),
        (Limits(60), [], 1, [0, 1, 2]),
        (Limits(), [Limits(60)], 1, [0, 1, 2]),
        (Limits(60), [Limits(6_000)], 1, [0, 1, 2]),
        (Limits(), [Limits(6), Limits(60)], 1, [0, 1, 2]),
        (Limits(None, 60_000), [], 2_000, [1.5, 3.5, 5.5]),
        (Limits(60, 60_000), [], 2_000, [1.5, 3.5, 5.5]),
        (Limits(6, 60_000), [], 2_000, [1.5, 10, 20]),
    ],
)
def test_what_the_user_knows_wins_over_what_the_provider_tells_and_the_tightest_limit_counts(
    known: Limits, told: list[Limits], tokens: int, expected: list[float]
) -> None:
    assert delays(known, told, tokens) == pytest.approx(expected)


def test_the_same_limit_told_again_does_not_fill_the_bucket_again() -> None:
    limiter = Limiter(10, Limits(), Clock())
    found = []
    for _ in range(3):
        limiter.learn(Limits(60))
        found.append(limiter._delay(1))
    assert found == pytest.approx([0, 1, 2])


def test_a_refused_call_comes_back_no_earlier_than_the_server_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    with ModelServer(faults=Faults(retry_after=0.9)) as server:
        judges = opened(tmp_path, server, Calls(at_once=4))
        server.outage("rate_limited", 0.6)
        begin = time.monotonic()
        results = list(judges.judge("audit", works(3)))
        took = time.monotonic() - begin
        judges.close()
        assert all(isinstance(result, Scored) for result in results)
        refused = server.stats().by_status[429]
        assert 1 <= refused <= 3
        assert server.stats().calls == 3 + refused
    assert took >= 0.9
