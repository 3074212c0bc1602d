"""Calls one at a time, many at once: bounded, retried, each answer stored before it is used."""

from __future__ import annotations

import asyncio
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from clioscope.config import Judgement, counted
from clioscope.errors import OverBudgetError, RunError
from clioscope.models.asked import LOOKS, Asked, duration
from clioscope.models.base import RETRIED, Answer, CallError, Limits, Model, ModelError, Request
from clioscope.models.budget import Budget
from clioscope.models.flow import Flow
from clioscope.models.judge import Failed, Work
from clioscope.models.limits import Limiter
from clioscope.models.meter import Meter
from clioscope.models.quoting import without_quotes
from clioscope.models.store import AnswerStore
from clioscope.models.tokens import request_tokens

T = TypeVar("T")

_MOST_FAILURES = 8
"""A request that failed so often while others were answered is given up. Refusals for rate do not count."""

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0

_ALL_REFUSED = 20
"""So many requests given up where none was ever answered mean that the fault is not theirs."""

_FEW_LEFT, _SHARE_LEFT = 5, 0.01
"""So few requests, or such a share of those answered, are given up where only they are left and nothing answers."""

_NO_SERVER = 20.0
"""Seconds for which connecting may fail where a model has answered nothing yet: nobody is there."""


@dataclass(frozen=True)
class Pace:
    """How fast, and how patiently.

    Parameters
    ----------
    at_once
        Calls under way at most, for each model.
    limits
        As the user knows them.
    patience
        Seconds without any answer after which the run stops.
    """

    at_once: int = 50
    limits: Limits = field(default_factory=Limits)
    patience: float = 600.0


class _Miss(NamedTuple):
    """A call that failed, and whether other calls were answered while it was under way."""

    error: CallError
    others_answered: bool


class LiveJudge:
    """Asks models directly; see :class:`clioscope.models.judge.Judge`.

    Parameters
    ----------
    models
        Who answers each judgement. Judgements may share one.
    note
        Is told in a sentence what a user should know.
    """

    def __init__(
        self,
        models: Mapping[Judgement, Model],
        store: AnswerStore,
        budget: Budget,
        pace: Pace,
        meter: Meter,
        note: Callable[[str], None],
    ) -> None:
        answers: Counter[str] = Counter()
        for row in store.spent():
            answers[row.model] += row.calls
        by_name = {
            model.name: Asked(model, Limiter(pace.at_once, pace.limits, time.monotonic), answers[model.name])
            for model in models.values()
        }
        self._asked = {judgement: by_name[model.name] for judgement, model in models.items()}
        self._by_name = by_name
        self._store, self._budget, self._pace, self._meter, self._note = store, budget, pace, meter, note
        self._runner = asyncio.Runner()
        self._flow = Flow(iter(()), self._answer, pace.at_once)
        self._asking: dict[bytes, asyncio.Task[Answer | Failed]] = {}
        self._in_call: set[asyncio.Task[Any]] = set()
        self._last_answer = time.monotonic()
        self._unanswered = 0
        self._settled = asyncio.Event()
        self._draining = self._closed = False
        self._watching: asyncio.TimerHandle | None = None
        self._not_stored: RunError | None = None
        self._going_to_disk = 0

    def judge(self, works: Callable[[], Iterable[Work[T]]]) -> Iterator[T]:
        """See :class:`clioscope.models.judge.Judge`. Left early, it waits for the calls under way and stores them."""
        flow = self._flow = Flow(iter(works()), self._answer, self._pace.at_once)
        self._last_answer = time.monotonic()
        self._watch()
        try:
            while done := self._next(flow):
                yield from done
        except BaseException as left:
            if not self._closed:
                self._drain(pressed=isinstance(left, KeyboardInterrupt))
            raise
        finally:
            if self._watching is not None:
                self._watching.cancel()

    def _next(self, flow: Flow) -> list[Any]:
        """Run until there are results.

        Ctrl-C is taken between the steps of the calls: Python would raise it in the middle of one, and its answer,
        although paid, would be lost.
        """
        main = threading.current_thread() is threading.main_thread()
        if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            return self._runner.run(flow.next())
        loop = self._runner.get_loop()

        def pressed(*_: object) -> None:
            flow.stopped = True
            loop.call_soon_threadsafe(flow.wake)

        signal.signal(signal.SIGINT, pressed)
        try:
            done = self._runner.run(flow.next())
        finally:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if flow.stopped:
            raise KeyboardInterrupt
        return done

    def _watch(self) -> None:
        """Look now and then whether a model is silent."""
        for asked in self._by_name.values():
            if word := asked.word(self._pace.patience):
                self._note(word)
        self._watching = self._runner.get_loop().call_later(LOOKS, self._watch)

    async def _answer(self, request: Request) -> Answer | Failed:
        asked = self._asked[request.judgement]
        stored = self._store.get(request, asked.model.name)
        if stored is not None:
            self._meter.reused += 1
            return stored
        key = request.key(asked.model.name)
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._ask(request, asked))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, request: Request, asked: Asked) -> Answer | Failed:
        """Ask until there is an answer, or this request is given up. The answer is on disk when this returns."""
        tokens = request_tokens(request) + self._budget.most_answer_tokens(request, asked.model.name)
        asked.begin()
        try:
            return await self._ask_until(request, asked, tokens)
        finally:
            asked.waiting -= 1

    async def _ask_until(self, request: Request, asked: Asked, tokens: int) -> Answer | Failed:
        tries = counted = 0
        while True:
            outcome = await self._try(request, asked, tokens)
            if isinstance(outcome, Answer):
                return outcome
            failure = outcome.error
            self._meter.failures[failure.kind] += 1
            asked.failure = failure
            if self._draining:
                raise failure
            if failure.kind != "rate limit":
                tries += 1
                # What fails while nothing at all is answered tells of the model and not of the request.
                counted += outcome.others_answered
            if failure.kind not in RETRIED or counted >= _MOST_FAILURES:
                return self._given_up(failure, request, asked)
            if self._out_of_patience(failure, request, asked):
                return self._left_unanswered(failure, request, asked)
            await asyncio.sleep(self._wait(failure, tries))

    async def _try(self, request: Request, asked: Asked, tokens: int) -> Answer | _Miss:
        """Ask once, and store the answer."""
        me = asyncio.current_task()
        assert me is not None
        await asked.limiter.enter(tokens)
        try:
            reserved = await self._reserve(request, asked)
        except BaseException:
            asked.limiter.leave()
            raise
        began = time.monotonic()
        self._in_call.add(me)
        try:
            try:
                answer = await self._call(request, asked, reserved)
            except BaseException:
                asked.limiter.leave()
                raise
            await self._keep(request, asked, answer)
            return answer
        except RunError as error:
            self._not_stored = error
            raise
        except CallError as error:
            return _Miss(error, self._last_answer > began)
        finally:
            self._in_call.discard(me)
            self._settled.set()

    async def _keep(self, request: Request, asked: Asked, answer: Answer) -> None:
        """Store an answer.

        The place of its call is free for the next one meanwhile, unless as many answers as there are places are on
        their way to a disk that is slow: what a crash may cost is bounded.
        """
        is_slow = self._going_to_disk >= self._pace.at_once
        if not is_slow:
            asked.limiter.leave()
        self._going_to_disk += 1
        try:
            await asyncio.wrap_future(self._store.put(request, asked.model.name, answer))
        finally:
            self._going_to_disk -= 1
            if is_slow:
                asked.limiter.leave()

    async def _reserve(self, request: Request, asked: Asked) -> float:
        """Set aside what the call may cost at most, once calls under way leave room for it: most cost less than that.

        Raises
        ------
        OverBudgetError
            There is no room, and none to come.
        RunError
            Answers cannot be stored: what is asked now would be paid and lost.
        """
        while True:
            if self._not_stored is not None:
                raise self._not_stored
            try:
                return self._budget.reserve(request, asked.model.name)
            except OverBudgetError:
                if not self._in_call:
                    raise
            self._settled.clear()
            await self._settled.wait()

    async def _call(self, request: Request, asked: Asked, reserved: float) -> Answer:
        answer = None
        self._meter.calls += 1
        began = time.monotonic()
        try:
            answer, told = await asked.model.answer(request)
        except CallError as error:
            asked.limiter.failed(error, began)
            if error.paid:
                self._budget.lose(request, asked.model.name, error.completion_tokens)
            raise
        finally:
            self._budget.settle(reserved, asked.model.name, answer)
        self._meter.answered += 1
        asked.answered()
        self._last_answer = time.monotonic()
        self._unanswered = 0
        if told is not None:
            asked.limiter.learn(told)
        asked.limiter.went_well()
        return answer

    def _given_up(self, error: CallError, request: Request, asked: Asked) -> Failed:
        self._meter.given_up += 1
        asked.given_up += 1
        if error.kind == "fatal":
            hint = f" It was asked at {asked.model.address}: is that right?" if "404" in error.code else ""
            raise ModelError(f"{asked.model.name} cannot be used: {without_quotes(error, request)}.{hint}")
        if not asked.answers and asked.given_up >= _ALL_REFUSED:
            raise ModelError(
                f"{asked.model.name} refused each of the first {_ALL_REFUSED} requests: "
                f"{without_quotes(error, request)}. Nothing was paid. A local server may need another model or a "
                "longer context; see `clioscope prompts` for what is sent."
            )
        return Failed(error.kind, error.message, error.code)

    def _out_of_patience(self, error: CallError, request: Request, asked: Asked) -> bool:
        """Whether nothing has answered, or will, for longer than the user waits.

        Raises
        ------
        ModelError
            The provider asks for a longer pause than that, or nobody is there.
        """
        asks, patience = error.retry_after or 0.0, self._pace.patience
        if asks > patience:
            raise ModelError(
                f"{asked.model.name} asks to wait for {duration(asks)}, and --patience is {duration(patience)} "
                f"({without_quotes(error, request)}). What is answered is kept: run the same command again then."
            )
        if error.kind == "connection" and not (error.paid or asked.has_answered) and asked.silent > _NO_SERVER:
            kept = "What is answered is kept." if self._meter.answered else "Nothing was paid."
            raise ModelError(
                f"Nothing answers at {asked.model.address} ({without_quotes(error, request)}). Is the server running, "
                f"and is that its address? {kept}"
            )
        return asked.silent + asks > patience

    def _left_unanswered(self, error: CallError, request: Request, asked: Asked) -> Failed:
        """Give up a request that is among the last few, while all others were answered: the fault may well be its own.

        Raises
        ------
        ModelError
            There are more: the fault is the model's.
        """
        self._unanswered += 1
        left = self._unanswered + len(self._asking) - 1
        silent = duration(asked.silent)
        if not (self._flow.all_begun and asked.answers and left <= max(_FEW_LEFT, _SHARE_LEFT * asked.answers)):
            raise ModelError(
                f"{asked.model.name} has answered nothing for {silent} (last: {error.kind}: "
                f"{without_quotes(error, request)}). What is answered is kept: run the same command again to go on."
            )
        if self._unanswered == 1:
            self._note(
                f"{asked.model.name} has answered all but the last {left} requests, and these not for {silent} (last: "
                f"{error.kind}: {without_quotes(error, request)}): they are given up."
            )
        return self._given_up(error, request, asked)

    def _wait(self, error: CallError, tries: int) -> float:
        """Seconds before the next try: longer each time, at random, so that calls do not come back together."""
        if error.kind == "rate limit":
            return 0.0
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(tries - 1, 10))
        return max(error.retry_after or 0.0, random.uniform(longest / 10, longest))

    def _drain(self, *, pressed: bool = False) -> None:
        """Let the calls under way end and store their answers, since they are paid for; begin none.

        Parameters
        ----------
        pressed
            Whether the user has pressed Ctrl-C.
        """
        self._draining = True
        if self._in_call:
            self._note(
                f"Waiting for {counted(len(self._in_call), 'call')} under way, paid for already. Press Ctrl-C"
                f"{' again' if pressed else ''} to leave them."
            )
        try:
            self._runner.run(self._end())
        finally:
            self._draining = False

    async def _end(self) -> None:
        # Not all tasks that there are: a library that is about to connect has some of its own.
        ours = [*self._flow.under_way(), *self._asking.values()]
        for task in ours:
            if task not in self._in_call:
                task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)

    def close(self) -> None:
        """End what is under way, and give connections back."""
        try:
            self._drain()
        finally:
            self._closed = True
            try:  # also where the user does not wait for what is under way
                self._runner.run(self._close_models())
            finally:
                self._runner.close()

    async def _close_models(self) -> None:
        for model in {asked.model.name: asked.model for asked in self._asked.values()}.values():
            await model.close()
