"""One wave of requests: written to shards as they come, and handed over a shard at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import NamedTuple

from clioscope.config import Judgement
from clioscope.models.base import Request
from clioscope.models.batch_service import BatchService, UndecidedError
from clioscope.models.ledger import Line, WaveLedger
from clioscope.vault.files import begun

MOST_LINES, MOST_BYTES = 10_000, 90_000_000
"""Of a shard. Some servers write their results only at the end, so that a small shard is a small loss."""


class Lost(NamedTuple):
    """Where a request was handed over in a file that is gone."""

    service: BatchService
    label: str


class Wave:
    """The requests of one wave. Left before :meth:`hand_over`, as when the run is interrupted, it hands over no more.

    Parameters
    ----------
    services
        Who answers each judgement.
    most_lines
        Of a shard for each model that takes fewer than :data:`MOST_LINES`.
    lost
        The requests whose file is gone before it was answered.
    """

    def __init__(
        self,
        services: Mapping[Judgement, BatchService],
        ledger: WaveLedger,
        note: Callable[[str], None],
        most_lines: Mapping[str, int],
        lost: Mapping[bytes, Lost],
    ) -> None:
        self._services, self._ledger, self._note = services, ledger, note
        self._most_lines, self._lost = most_lines, lost
        self._open: dict[BatchService, _OpenShard] = {}
        self._again: dict[str, _OpenShard] = {}
        self._added: set[bytes] = set()
        self._shards = ledger.count()

    def __enter__(self) -> Wave:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for shard in (*self._open.values(), *self._again.values()):
            shard.discard()

    def holds(self, key: bytes) -> bool:
        """Whether the request is in it already."""
        return key in self._added

    def add(self, key: bytes, request: Request, reserved: float) -> None:
        """``reserved``: US dollars that its answer may cost."""
        service = self._services[request.judgement]
        line = service.line(key, request)
        shard = self._open.get(service)
        if shard is not None and shard.full(len(line), self._most_lines.get(service.name, MOST_LINES)):
            self._hand_over(shard)
            shard = None
        if shard is None:
            self._shards += 1
            shard = self._open[service] = _OpenShard(service, f"wave-{self._shards:04d}")
        shard.add(Line(key, request.judgement, request.repairs), line, reserved)
        self._added.add(key)

    def write_again(self, key: bytes, request: Request) -> None:
        """Write a request that is handed over once more where its file is gone."""
        lost = self._lost.get(key)
        if lost is None or key in self._added:
            return
        if lost.label not in self._again:
            self._again[lost.label] = _OpenShard(lost.service, lost.label)
        line = lost.service.line(key, request)
        self._again[lost.label].add(Line(key, request.judgement, request.repairs), line, 0.0)
        self._added.add(key)

    def reserved(self) -> float:
        """US dollars that the shards that were begun may cost."""
        return sum(shard.reserved for shard in self._open.values())

    def hand_over(self) -> None:
        """Hand over every shard that was begun."""
        for shard in self._again.values():
            shard.finish()
            self._note(f"{shard.path} was gone and is written anew.")
        for shard in self._open.values():
            self._hand_over(shard)

    def _hand_over(self, shard: _OpenShard) -> None:
        shard.finish()
        recorded = self._ledger.intend(shard.label, shard.service.name, shard.lines, shard.reserved)
        lines = {line.key: line for line in shard.lines}
        try:
            provider_id = shard.service.submit(recorded, lines, self._ledger.provider_ids())
        except UndecidedError:
            return  # it stays intended, and is looked for with the others
        self._ledger.submitted(shard.label, provider_id)
        requests = "request" if len(shard.lines) == 1 else "requests"
        self._note(f"{len(shard.lines):,} {requests} handed over as {shard.label}.")


class _OpenShard:
    """A shard that is being written beside its place, readable by its owner alone."""

    def __init__(self, service: BatchService, label: str) -> None:
        self.service, self.label = service, label
        self.lines: list[Line] = []
        self.reserved = 0.0
        self.path = service.path(label)
        self._bytes = 0
        self._beside = self.path.with_name(self.path.name + ".partial")
        self._file = begun(self._beside, self.path)

    def full(self, more: int, most_lines: int) -> bool:
        return len(self.lines) >= most_lines or self._bytes + more + 1 > MOST_BYTES

    def add(self, line: Line, text: bytes, reserved: float) -> None:
        self._file.write(text + b"\n")
        self._bytes += len(text) + 1
        self.lines.append(line)
        self.reserved += reserved

    def finish(self) -> None:
        self._file.close()
        self._beside.replace(self.path)

    def discard(self) -> None:
        """Leave nothing beside the place; what is in its place stays."""
        with suppress(OSError):
            self._file.close()
        self._beside.unlink(missing_ok=True)
