"""What there is to say of an answers file, in numbers alone: what its lines hold is nobody's to see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from clioscope.models.ledger import Shard

_MOST_NAMED = 5
"""Lines that are named by their number, of those that cannot be read."""


@dataclass
class FileReport:
    """Filled while the file is read and its shard is dealt with; as text, what a user should know of it.

    Parameters
    ----------
    unreadable, first
        How many lines are no results, and the numbers of the first few.
    unknown
        Lines that name no request of this run and model.
    taken
        Answers to requests that had none.
    cut
        Whether it ends in the middle of a line.
    awaited, late
        Whether its shard was waiting for it, or done with before it was read.
    finished, errors
        Its shard, where that is done with by this file, and how many requests failed in it.
    failed, again
        Requests of that shard without an answer, and how many of them each later shard asks again.
    """

    unreadable: int = 0
    first: list[int] = field(default_factory=list)
    unknown: int = 0
    taken: int = 0
    cut: bool = False
    awaited: bool = False
    late: bool = False
    finished: Shard | None = None
    errors: int = 0
    failed: int = 0
    again: dict[str, int] = field(default_factory=dict)

    def add_unreadable(self, number: int) -> None:
        """Count a line, and keep its number if it is among the first."""
        self.unreadable += 1
        if len(self.first) < _MOST_NAMED:
            self.first.append(number)

    def __str__(self) -> str:
        return " ".join((*self._of_lines(), *self._of_its_end(), *self._of_its_shard()))

    def _of_lines(self) -> Iterator[str]:
        if self.unreadable:
            more = self.unreadable - len(self.first)
            numbers = ", ".join(map(str, self.first)) + (f" and {more:,} more" if more else "")
            lines = "line" if self.unreadable == 1 else "lines"
            yield f"{_counted(self.unreadable, 'line')} could not be read ({lines} {numbers})."
        if self.unknown:
            names = "names" if self.unknown == 1 else "name"
            yield f"{_counted(self.unknown, 'line')} {names} no request that this run has asked this model."
        if self.late and self.taken:
            yield f"{_counted(self.taken, 'answer')} came late and {_are(self.taken)} used."

    def _of_its_end(self) -> Iterator[str]:
        if not self.cut or not (self.awaited or self.taken):
            return
        yield (
            "It ends in the middle of a line, as a file does that is still being copied. What it answers is used; put "
            "the complete file in place and run the same command again."
        )
        if self.awaited:
            yield "If there is no more of it, delete its last line: what is missing is then asked again."

    def _of_its_shard(self) -> Iterator[str]:
        if self.finished is None or not self.failed:
            return
        came = f" ({self.errors:,} came back as errors)" if self.errors else ""
        yield f"{self.failed:,} of {_counted(self.finished.lines, 'request')} have no answer{came}."
        again, waves = sum(self.again.values()), " and ".join(self.again)
        if again:
            yield f"{again:,} {_are(again)} handed over again as {waves}."
        if self.failed > self.errors:
            rest = f": what it answers need not be answered in {waves}." if again else "."
            yield f"If the file is not complete, put the complete one in place before running again{rest}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
