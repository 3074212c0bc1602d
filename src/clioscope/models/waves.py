"""Requests in bulk, wave by wave: written to shards, handed over, and gone on with once the answers are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeVar

from clioscope.config import Judgement
from clioscope.errors import ClioscopeError
from clioscope.models.base import RETRIED, Answer, CallError, Request
from clioscope.models.budget import Budget
from clioscope.models.judge import Failed, Work
from clioscope.models.ledger import Line, Shard, WaveLedger
from clioscope.models.meter import Meter
from clioscope.models.store import AnswerStore

T = TypeVar("T")

_MOST_TIMES = 3
"""A request that came back as an error so often is given up."""

MOST_LINES, MOST_BYTES = 10_000, 90_000_000
"""Of a shard. Some servers write their results only at the end, so that a small shard is a small loss."""


class AwaitingAnswers(ClioscopeError):  # noqa: N818 - nothing went wrong
    """The run waits for answers that others give. The same command goes on from there."""


class Result(NamedTuple):
    """What a provider says of one request."""

    key: bytes
    outcome: Answer | CallError


class BatchService(Protocol):
    """Takes files of requests and gives files of answers."""

    @property
    def name(self) -> str:
        """The model, as the user named it."""

    @property
    def half_price(self) -> bool:
        """Whether its answers are paid at the batch price."""

    def line(self, key: bytes, request: Request) -> bytes:
        """The request as one line of a shard, without the line's end."""

    def path(self, label: str) -> Path:
        """Where the shard of this label is written."""

    def submit(self, shard: Shard, lines: Mapping[bytes, Line]) -> str:
        """Hand the shard over, and return the provider's name for it."""

    def find(self, shard: Shard, lines: Mapping[bytes, Line], known: Iterable[str]) -> str | None:
        """The provider's name for a shard that may have been handed over before a crash; ``None`` where it was not.

        ``known``: the names of this run's other shards.
        """

    def collect(self, shard: Shard, lines: Mapping[bytes, Line]) -> tuple[Iterator[Result], Literal["some", "all"]]:
        """The results that are there, and whether more may come."""

    def wait(self, shards: Iterable[Shard]) -> bool:
        """Wait until there may be something new. ``False``: it cannot be waited for here, and the run has to stop."""

    def ask_user(self, shards: Iterable[Shard]) -> str:
        """What the user has to do for the answers to come, in sentences."""

    def close(self) -> None:
        """Give connections back."""


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
        self._by_name = {service.name: service for service in services.values()}
        self._store, self._ledger, self._budget, self._meter, self._note = store, ledger, budget, meter, note

    def judge(self, works: Callable[[], Iterable[Work[T]]]) -> Iterator[T]:
        """See :class:`clioscope.models.judge.Judge`."""
        given = 0
        self._collect()
        while True:
            self._budget.recount(self._store.spent())
            wave = _Wave(self._services, self._ledger, self._note)
            gap = False
            try:
                for number, work in enumerate(works()):
                    result = self._carried(work, wave)
                    if isinstance(result, _Missing):
                        gap = True
                    elif not gap and number >= given:
                        given += 1
                        yield result
            finally:
                # Also where the budget ends in the middle: what was within it is asked.
                wave.hand_over()
            if not gap:
                return
            self._await_answers()

    def _carried(self, work: Work[T], wave: _Wave) -> T | _Missing:
        """Carry one work on until it ends or asks what is not answered."""
        try:
            request = next(work)
            while True:
                outcome = self._outcome(request, wave)
                if outcome is None:
                    work.close()
                    return _Missing()
                request = work.send(outcome)
        except StopIteration as stop:
            result: T = stop.value
            return result

    def _outcome(self, request: Request, wave: _Wave) -> Answer | Failed | None:
        service = self._services[request.judgement]
        stored = self._store.get(request, service.name)
        if stored is not None:
            self._meter.reused += 1
            return stored
        key = request.key(service.name)
        past = self._ledger.past(key)
        if past is not None and (past.times >= _MOST_TIMES or past.kind not in RETRIED):
            return Failed(past.kind, past.message)
        if not self._ledger.is_open(key) and not wave.holds(key):
            self._budget.reserve(request, service.name, batched=service.half_price)
            self._meter.calls += 1
            wave.add(key, request)
        return None

    def _await_answers(self) -> None:
        """Return once there are new answers.

        Raises
        ------
        AwaitingAnswers
            They cannot be waited for here.
        """
        while not self._collect():
            shards = self._ledger.open_shards()
            by_service = {
                name: [shard for shard in shards if shard.model == name] for name in {shard.model for shard in shards}
            }
            waited = [self._by_name[name].wait(of) for name, of in by_service.items() if name in self._by_name]
            if not all(waited) or not waited:
                told = [self._by_name[name].ask_user(of) for name, of in by_service.items() if name in self._by_name]
                raise AwaitingAnswers("\n".join(told))

    def _collect(self) -> bool:
        """Store the answers that are there. Whether a shard is finished."""
        finished = False
        for shard in self._ledger.open_shards():
            service = self._by_name.get(shard.model)
            if service is None:
                continue
            lines = self._ledger.lines(shard.label)
            if shard.state == "intended":
                # A crash came between recording the intent and recording that it was done: the provider knows which.
                known = self._ledger.provider_ids()
                provider_id = service.find(shard, lines, known) or service.submit(shard, lines)
                self._ledger.submitted(shard.label, provider_id)
                shard = shard._replace(state="submitted", provider_id=provider_id)
            finished |= self._collect_shard(service, shard, lines)
        return finished

    def _collect_shard(self, service: BatchService, shard: Shard, lines: Mapping[bytes, Line]) -> bool:
        results, there = service.collect(shard, lines)
        stored: Future[None] | None = None
        answered = failed = 0
        for key, outcome in results:
            line = lines.get(key)
            if line is None:
                continue
            if isinstance(outcome, Answer):
                stored = self._store.put_key(
                    key, line.judgement, service.name, outcome, line.repairs, batched=service.half_price
                )
                answered += 1
            else:
                self._meter.failures[outcome.kind] += 1
                self._ledger.failed(shard.label, key, outcome.kind, outcome.message)
                failed += 1
        if stored is not None:
            stored.result()
        self._meter.answered += answered
        complete = there == "all" or answered == len(lines)
        if complete:
            self._ledger.collected(shard.label)
            if answered < len(lines):
                self._note(f"{len(lines) - answered:,} of {len(lines):,} requests of {shard.label} have no answer.")
        return complete

    def close(self) -> None:
        """Let go of files and connections."""
        for service in self._by_name.values():
            service.close()
        self._ledger.close()


class _Missing:
    """A work that waits for an answer."""


class _Wave:
    """The requests of one wave, written to shards as they come; handed over a shard at a time."""

    def __init__(
        self, services: Mapping[Judgement, BatchService], ledger: WaveLedger, note: Callable[[str], None]
    ) -> None:
        self._services, self._ledger, self._note = services, ledger, note
        self._open: dict[str, _OpenShard] = {}
        self._added: set[bytes] = set()
        self._shards = ledger.count()

    def holds(self, key: bytes) -> bool:
        return key in self._added

    def add(self, key: bytes, request: Request) -> None:
        service = self._services[request.judgement]
        line = service.line(key, request)
        shard = self._open.get(service.name)
        if shard is not None and shard.full(len(line)):
            self._hand_over(shard)
            shard = None
        if shard is None:
            self._shards += 1
            shard = self._open[service.name] = _OpenShard(service, f"wave-{self._shards:04d}")
        shard.add(Line(key, request.judgement, request.repairs), line)
        self._added.add(key)

    def hand_over(self) -> None:
        """Hand over every shard that was begun."""
        for shard in self._open.values():
            self._hand_over(shard)
        self._open.clear()

    def _hand_over(self, shard: _OpenShard) -> None:
        shard.finish()
        recorded = self._ledger.intend(shard.label, shard.service.name, shard.lines)
        provider_id = shard.service.submit(recorded, {line.key: line for line in shard.lines})
        self._ledger.submitted(shard.label, provider_id)
        self._note(f"{len(shard.lines):,} requests handed over as {shard.label}.")


class _OpenShard:
    """A shard that is being written beside its place."""

    def __init__(self, service: BatchService, label: str) -> None:
        self.service, self.label = service, label
        self.lines: list[Line] = []
        self._bytes = 0
        self._path = service.path(label)
        self._beside = self._path.with_name(self._path.name + ".partial")
        self._file = self._beside.open("wb")

    def full(self, more: int) -> bool:
        return len(self.lines) >= MOST_LINES or self._bytes + more + 1 > MOST_BYTES

    def add(self, line: Line, text: bytes) -> None:
        self._file.write(text + b"\n")
        self._bytes += len(text) + 1
        self.lines.append(line)

    def finish(self) -> None:
        self._file.close()
        self._beside.replace(self._path)
