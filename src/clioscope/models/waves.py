"""Requests in bulk, wave by wave: written to shards, handed over, and gone on with once the answers are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from clioscope.config import Judgement
from clioscope.errors import ClioscopeError, OverBudgetError
from clioscope.models.base import RETRIED, Answer, CallError, Request
from clioscope.models.batch_service import BatchRefusedError, BatchService, Found, LooseAnswers, UndecidedError
from clioscope.models.budget import Budget
from clioscope.models.judge import Failed, Work
from clioscope.models.ledger import Line, Shard, WaveLedger
from clioscope.models.meter import Meter
from clioscope.models.shards import Lost, Wave
from clioscope.models.store import AnswerStore

T = TypeVar("T")

_MOST_TIMES = 3
"""A request that came back as an error so often is given up."""

_ASKED_AGAIN = RETRIED | {"fatal"}
"""What is no fault of the request, such as the wrong key with which somebody answered a file."""

_FEWEST_LINES = 100
"""A shard that alone is more than a provider takes is cut in halves, down to so many lines."""


class AwaitingAnswers(ClioscopeError):  # noqa: N818 - nothing went wrong
    """The run waits for answers that others give. The same command goes on from there."""


class WaveJudge:
    """Answers in bulk; see :class:`clioscope.models.judge.Judge`.

    All works are carried as far as stored answers go; what they then ask is one wave. Works are not kept between
    waves: they begin anew and find their answers stored, so that memory does not grow with their number.

    Parameters
    ----------
    services
        Who answers each judgement.
    note
        Is told in a sentence what a user should know.
    """

    def __init__(
        self,
        services: Mapping[Judgement, BatchService],
        store: AnswerStore,
        ledger: WaveLedger,
        budget: Budget,
        meter: Meter,
        note: Callable[[str], None],
    ) -> None:
        self._services = dict(services)
        self._store, self._ledger, self._budget, self._meter, self._note = store, ledger, budget, meter, note
        self._held: dict[str, str] = {}
        """The labels of shards for which there was no room, and their models; oldest first."""
        self._most_lines: dict[str, int] = {}
        """Of a shard for each model that was found to take fewer than :data:`~clioscope.models.shards.MOST_LINES`."""
        self._told_full: set[str] = set()
        self._told_undecided: set[str] = set()

    def judge(self, works: Callable[[], Iterable[Work[T]]]) -> Iterator[T]:
        """See :class:`clioscope.models.judge.Judge`."""
        self._collect()
        try:
            yield from self._judged(works)
        finally:
            self._tell()

    def _judged(self, works: Callable[[], Iterable[Work[T]]]) -> Iterator[T]:
        """Wave after wave, until all works have ended."""
        given = 0
        while True:
            self._budget.recount(self._store.spent(), self._ledger.reserved())
            gap, over = False, None
            with Wave(self._services, self._ledger, self._note, self._most_lines, self._lost()) as wave:
                try:
                    for number, work in enumerate(works()):
                        result = self._carried(work, wave)
                        if isinstance(result, _Missing):
                            gap = True
                        elif not gap and number >= given:
                            given += 1
                            yield result
                except OverBudgetError as error:
                    over = error
                if over is None or self._budget.is_worth_a_batch(wave.reserved()):
                    wave.hand_over()
            self._tell()
            if over is not None and not self._open_shards():
                raise over
            if over is None and not gap:
                return
            # What is open may cost less than was reserved for it, and so leave room for what was over the budget.
            self._await_answers()

    def forget(self, request: Request) -> None:
        """Have a request asked again, however often it failed."""
        self._ledger.forget(request.key(self._services[request.judgement].name))

    def past(self, request: Request) -> Failed | None:
        """How a request was given up; ``None`` where it was not."""
        service = self._services[request.judgement]
        failures = self._ledger.past(request.key(service.name))
        if not failures:
            return None
        # A field that is no longer sent is not the request's fault.
        understood, last = service.profile.learn(failures), failures[-1]
        if understood[-1] or (last.kind in _ASKED_AGAIN and understood.count(False) < _MOST_TIMES):
            return None
        return Failed(last.kind, last.message)

    def _carried(self, work: Work[T], wave: Wave) -> T | _Missing:
        """Carry one work on until it ends or asks what is not answered."""
        try:
            request = next(work)
            while True:
                outcome = self._outcome(request, wave)
                if outcome is None:
                    return _Missing()
                request = work.send(outcome)
        except StopIteration as stop:
            result: T = stop.value
            return result
        finally:
            work.close()

    def _outcome(self, request: Request, wave: Wave) -> Answer | Failed | None:
        service = self._services[request.judgement]
        stored = self._store.get(request, service.name)
        if stored is not None:
            self._meter.reused += 1
            return stored
        given_up = self.past(request)
        if given_up is not None:
            return given_up
        key = request.key(service.name)
        if self._ledger.is_open(key):
            wave.write_again(key, request)
        elif not wave.holds(key):
            reserved = self._budget.reserve(request, service.name, batched=service.half_price)
            self._meter.calls += 1
            self._store.own(key, request)
            wave.add(key, request, reserved)
        return None

    def _service_of(self, shard: Shard) -> BatchService | None:
        """Who answers the shard. Where two folders have a model of one name, what it asks decides."""
        named = {judgement: s for judgement, s in self._services.items() if s.name == shard.model}
        if len(set(named.values())) > 1:
            asked = {line.judgement for line in self._ledger.lines(shard.label).values()}
            named = {judgement: s for judgement, s in named.items() if judgement in asked} or named
        return next(iter(named.values()), None)

    def _open_shards(self) -> list[tuple[BatchService, Shard]]:
        """The shards whose results are not all in, and who answers them; oldest first."""
        found = ((self._service_of(shard), shard) for shard in self._ledger.open_shards())
        return [(service, shard) for service, shard in found if service is not None]

    def _lost(self) -> dict[bytes, Lost]:
        """The requests whose file is gone before it was answered."""
        return {
            key: Lost(service, shard.label)
            for service, shard in self._open_shards()
            if service.lost(shard)
            for key in self._ledger.lines(shard.label)
        }

    def _await_answers(self) -> None:
        """Return once there are new answers.

        Raises
        ------
        AwaitingAnswers
            They cannot be waited for here.
        """
        while not self._collect():
            by_service: dict[BatchService, list[Shard]] = {}
            for service, shard in self._open_shards():
                by_service.setdefault(service, []).append(shard)
            waited = [service.wait(shards) for service, shards in by_service.items()]
            if not all(waited) or not waited:
                raise AwaitingAnswers("\n".join(service.ask_user(shards) for service, shards in by_service.items()))

    def _collect(self) -> bool:
        """Store the answers that are there. Whether a shard is finished, so that there is more to ask."""
        for service in dict.fromkeys(self._services.values()):
            if isinstance(service, LooseAnswers):
                service.sweep(partial(self._take, service))
        finished: set[str] = set()
        for service, shard in self._open_shards():
            if shard.label in self._held:
                continue
            lines = self._ledger.open_lines(shard.label)
            if shard.state == "intended":
                shard = self._handed_over(service, shard, lines)
            if shard.state == "submitted" and self._collect_shard(service, shard, lines):
                finished.add(shard.model)
        self._release(finished)
        return bool(finished)

    def _take(self, service: BatchService, found: Sequence[Found]) -> None:
        """Store answers, and only then record that their requests have one."""
        storing = [
            self._store.put_key(
                line.key, line.judgement, service.name, answer, line.repairs, batched=service.half_price
            )
            for line, answer, _ in found
        ]
        for stored in storing:
            stored.result()
        self._ledger.take({line.key: mark for line, _, mark in found})
        self._meter.answered += len(found)

    def _tell(self) -> None:
        """Tell of the files that were read. What they lack is handed over by now, so that it can be said where."""
        for service in dict.fromkeys(self._services.values()):
            if isinstance(service, LooseAnswers):
                for text in service.notes():
                    self._note(text)

    def _handed_over(self, service: BatchService, shard: Shard, lines: Mapping[bytes, Line]) -> Shard:
        """Hand over a shard that may have been: a crash came between, or there was no room for it."""
        known = self._ledger.provider_ids()
        try:
            provider_id = service.find(shard, lines, known)
            if provider_id is None:
                if service.lost(shard):
                    return shard
                shard = self._ledger.intend_again(shard)
                provider_id = service.submit(shard, lines, known)
        except UndecidedError as undecided:
            if shard.label not in self._told_undecided:
                self._told_undecided.add(shard.label)
                self._note(str(undecided))
            return shard
        self._ledger.submitted(shard.label, provider_id)
        return shard._replace(state="submitted", provider_id=provider_id)

    def _collect_shard(self, service: BatchService, shard: Shard, lines: Mapping[bytes, Line]) -> bool:
        if not lines:
            self._ledger.collected(shard.label, {})
            return True
        try:
            results, there = service.collect(shard, lines)
        except BatchRefusedError as refused:
            return self._refused(service, shard, refused)
        storing: dict[bytes, Future[None]] = {}
        failures: dict[bytes, CallError] = {}
        for key, outcome in results:
            line = lines.get(key)
            if line is None or key in storing:
                continue
            if isinstance(outcome, Answer):
                storing[key] = self._store.put_key(
                    key, line.judgement, service.name, outcome, line.repairs, batched=service.half_price
                )
            else:
                failures[key] = outcome
        for stored in storing.values():
            stored.result()
        missing = lines.keys() - storing.keys()
        if missing and there == "some":
            return False
        nothing = CallError("server error", "no answer came back")
        failed = {key: failures.get(key, nothing) for key in missing}
        self._ledger.collected(shard.label, failed)
        self._meter.answered += len(storing)
        self._meter.failures.update(error.kind for error in failed.values())
        # Who reads files says it with what else is to be said of them.
        if failed and not isinstance(service, LooseAnswers):
            self._note(f"{len(failed):,} of {shard.lines:,} requests of {shard.label} have no answer.")
        self._learn(service, failed)
        return True

    def _learn(self, service: BatchService, failed: Mapping[bytes, CallError]) -> None:
        """Send otherwise from now on what the model was found not to take."""
        before = service.profile.now
        for key, error in failed.items():
            if error.kind == "invalid":
                service.profile.learn(self._ledger.past(key))
        changes = service.profile.changes(before)
        if changes:
            self._note(f"{service.name} does not take {', '.join(changes)}: what it refused for that is asked without.")

    def _refused(self, service: BatchService, shard: Shard, refused: BatchRefusedError) -> bool:
        """What becomes of a shard that was refused as a whole. Whether its requests have to be asked anew."""
        alone = not any(
            other.model == shard.model and other.state == "submitted" and other.label != shard.label
            for other in self._ledger.open_shards()
        )
        if refused.full and alone and shard.lines > _FEWEST_LINES:
            self._note(f"{refused} Asking in batches of half the size.")
            self._most_lines[service.name] = shard.lines // 2
            self._ledger.withdraw(shard.label)
            return True
        self._ledger.intend_again(shard)
        if not refused.full:
            raise refused
        if shard.label not in self._told_full:
            self._told_full.add(shard.label)
            self._note(f"{refused} Waiting for room.")
        self._held[shard.label] = shard.model
        return False

    def _release(self, finished: Set[str]) -> None:
        """Let the oldest shard that had no room be tried again once one of its model ended, or none is under way."""
        under_way = {shard.model for shard in self._ledger.open_shards() if shard.state == "submitted"}
        for label, model in self._held.items():
            if model in finished or model not in under_way:
                del self._held[label]
                return

    def close(self) -> None:
        """Let go of connections."""
        for service in set(self._services.values()):
            service.close()


class _Missing:
    """A work that waits for an answer."""
