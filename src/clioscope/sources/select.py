"""Which of a source's conversations are meant: a time window, a random sample."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from clioscope.conversation import Conversation
from clioscope.errors import ConfigError
from clioscope.sources.base import SetAside
from clioscope.sources.source import Source
from clioscope.sources.times import read_time

_DURATION = re.compile(r"(\d{1,6})\s*(h|d|w|m|y)", re.IGNORECASE)
_LONGEST = timedelta(days=36_525)
"""A century: what is longer is a mistake, and leads out of the calendar."""

_DATE_ALONE = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}


def parse_when(text: str, *, end: bool = False) -> datetime:
    """Read a date or a time such as ``2026-06-01`` or ``2026-06-01T12:00+02:00``; UTC where no zone is said.

    Parameters
    ----------
    end
        Whether it ends a window: then a date alone means the end of that day.

    Raises
    ------
    ConfigError
        Where it is neither.
    """
    when = read_time(text)
    if when is None:
        raise ConfigError(f"{text!r} is not a date or a time. Write 2026-06-01 or 2026-06-01T12:00+02:00.")
    return when + timedelta(days=1) if end and _DATE_ALONE.fullmatch(text.strip()) else when


def parse_duration(text: str) -> timedelta:
    """Read ``12h``, ``7d``, ``4w``, ``3m`` (30 days each) or ``1y`` (365 days).

    Raises
    ------
    ConfigError
        Where it is none of these, or no time at all.
    """
    match = _DURATION.fullmatch(text.strip())
    try:
        duration = int(match[1]) * _UNITS[match[2].lower()] if match else timedelta()
    except OverflowError:
        duration = timedelta()
    if not duration or duration > _LONGEST:
        raise ConfigError(f"{text!r} is not a length of time. Write 12h, 7d, 4w, 3m (months of 30 days) or 1y.")
    return duration


@dataclass(frozen=True, slots=True)
class Selection:
    """Conversations that began at or after ``since`` and before ``until``; of these ``sample``, chosen by ``seed``."""

    since: datetime | None = None
    until: datetime | None = None
    sample: int | None = None
    seed: int = 0

    @property
    def has_window(self) -> bool:
        """Whether time matters."""
        return self.since is not None or self.until is not None


@dataclass(slots=True)
class LeftOut:
    """How many conversations were read and are not meant, and why."""

    outside_window: int = 0
    without_time: int = 0
    not_sampled: int = 0

    def sentences(self) -> list[str]:
        """What to tell the user: a sentence for each reason that there was."""
        reasons = (
            (self.outside_window, "{:,} conversations lie outside the time window."),
            (self.without_time, "{:,} conversations have no time, so they cannot lie in the time window."),
            (self.not_sampled, "{:,} conversations are not in the sample."),
        )
        return [sentence.format(count) for count, sentence in reasons if count]


class Selected:
    """What :func:`select` chose. Can be read again and again, as the source can.

    Attributes
    ----------
    left_out
        What the last complete reading left out.
    """

    def __init__(self, source: Source, selection: Selection) -> None:
        self._source, self._selection = source, selection
        self._highest: int | None = None
        self._rank_key = blake2b(str(selection.seed).encode(), digest_size=32).digest()
        self.left_out = LeftOut()

    @property
    def size(self) -> int:
        """Bytes that the next :meth:`read` reports in all: twice the source's where the sample is still to be drawn."""
        drawn = self._selection.sample is None or self._highest is not None
        return self._source.size if drawn else 2 * self._source.size

    def read(self, on_bytes: Callable[[int], object] | None = None) -> Iterator[Conversation | SetAside]:
        """The conversations that are meant, in the source's order, and all that was set aside."""
        if self._selection.sample is not None and self._highest is None:
            self._highest = self._draw(self._selection.sample, on_bytes)
        self.left_out = left_out = LeftOut()
        for item in self._source.read(on_bytes):
            if isinstance(item, SetAside):
                yield item
            elif self._in_window(item, left_out):
                if self._highest is not None and self._rank(item) > self._highest:
                    left_out.not_sampled += 1
                else:
                    yield item

    def _in_window(self, conversation: Conversation, left_out: LeftOut) -> bool:
        selection, time = self._selection, conversation.time
        if not selection.has_window:
            return True
        if time is None:
            left_out.without_time += 1
            return False
        if (selection.since and time < selection.since) or (selection.until and time >= selection.until):
            left_out.outside_window += 1
            return False
        return True

    def _draw(self, count: int, on_bytes: Callable[[int], object] | None) -> int:
        """The rank of the last conversation in the sample: a sample is the ``count`` lowest ranks."""
        lowest: list[int] = []  # negated, so that the heap gives away the highest
        uncounted = LeftOut()
        for item in self._source.read(on_bytes):
            if isinstance(item, Conversation) and self._in_window(item, uncounted):
                rank = -self._rank(item)
                if len(lowest) < count:
                    heapq.heappush(lowest, rank)
                elif count and rank > lowest[0]:
                    heapq.heapreplace(lowest, rank)
        return -lowest[0] if len(lowest) == count and count else (-1 if not count else 1 << 128)

    def _rank(self, conversation: Conversation) -> int:
        """A number that is uniform over all seeds and has nothing to do with where the conversation stands."""
        rank = blake2b(conversation.id.encode(), digest_size=16, key=self._rank_key)
        return int.from_bytes(rank.digest(), "little")


def select(source: Source, selection: Selection) -> Selected:
    """Choose the conversations of ``source`` that ``selection`` means.

    A sample is uniform and exact, does not depend on the order of the source, and needs memory for ``sample`` numbers.
    It reads the source once more, before the first conversation comes.
    """
    return Selected(source, selection)
