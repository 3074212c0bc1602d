"""Which of a source's conversations are meant: a time window, so many of each user, a random sample."""

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
    """Conversations that began at or after ``since`` and before ``until``; some ``of_each_user``; ``sample`` of those.

    Which ones is decided by ``seed``. Conversations without a user count as one user's, as they do in all figures, and
    as of different ones where no conversation has a user.
    """

    since: datetime | None = None
    until: datetime | None = None
    of_each_user: int | None = None
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
    beyond_their_users: int = 0
    not_sampled: int = 0

    def sentences(self) -> list[str]:
        """What to tell the user: a sentence for each reason that there was."""
        reasons = (
            (self.outside_window, "{:,} conversations lie outside the time window."),
            (self.without_time, "{:,} conversations have no time, so they cannot lie in the time window."),
            (self.beyond_their_users, "{:,} conversations are of users who have more than may be counted."),
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
        self._highest_of: dict[str, int] | None = None
        self._rank_key = blake2b(str(selection.seed).encode(), digest_size=32).digest()
        self.left_out = LeftOut()

    @property
    def size(self) -> int:
        """Bytes that the next :meth:`read` reports in all: the source's once more for each thing still to be drawn."""
        return self._source.size * (1 + self._has_to_draw_users() + self._has_to_draw())

    def _has_to_draw_users(self) -> bool:
        return self._selection.of_each_user is not None and self._highest_of is None

    def _has_to_draw(self) -> bool:
        return self._selection.sample is not None and self._highest is None

    def read(self, on_bytes: Callable[[int], object] | None = None) -> Iterator[Conversation | SetAside]:
        """The conversations that are meant, in the source's order, and all that was set aside."""
        selection = self._selection
        if self._has_to_draw_users() and selection.of_each_user is not None:
            self._highest_of = self._draw_of_each_user(selection.of_each_user, on_bytes)
        if self._has_to_draw() and selection.sample is not None:
            self._highest = self._draw(selection.sample, on_bytes)
        self.left_out = left_out = LeftOut()
        for item in self._source.read(on_bytes):
            if isinstance(item, SetAside):
                yield item
            elif self._is_meant(item, left_out):
                if self._highest is not None and self._rank(item) > self._highest:
                    left_out.not_sampled += 1
                else:
                    yield item

    def _is_meant(self, conversation: Conversation, left_out: LeftOut) -> bool:
        """Whether it is in the window, and among those of its user."""
        if not self._in_window(conversation, left_out):
            return False
        highest = (self._highest_of or {}).get(conversation.user or "")
        if highest is not None and self._rank(conversation) > highest:
            left_out.beyond_their_users += 1
            return False
        return True

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

    def _draw_of_each_user(self, most: int, on_bytes: Callable[[int], object] | None) -> dict[str, int]:
        """For each user with more than ``most``, the rank of the last that is kept: the ``most`` lowest ranks are."""
        lowest: dict[str, list[int]] = {}  # negated, so that the heap gives away the highest
        beyond: set[str] = set()
        uncounted = LeftOut()
        for item in self._source.read(on_bytes):
            if isinstance(item, Conversation) and self._in_window(item, uncounted):
                user = item.user or ""
                mine, rank = lowest.setdefault(user, []), -self._rank(item)
                if len(mine) < most:
                    heapq.heappush(mine, rank)
                else:
                    beyond.add(user)
                    heapq.heappushpop(mine, rank)
        if lowest.keys() == {""}:
            return {}
        return {user: -lowest[user][0] for user in beyond}

    def _draw(self, count: int, on_bytes: Callable[[int], object] | None) -> int:
        """The rank of the last conversation in the sample: a sample is the ``count`` lowest ranks."""
        lowest: list[int] = []  # negated, so that the heap gives away the highest
        uncounted = LeftOut()
        for item in self._source.read(on_bytes):
            if isinstance(item, Conversation) and self._is_meant(item, uncounted):
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

    What is drawn is uniform and exact and does not depend on the order of the source. It needs memory for ``sample``
    numbers, or ``of_each_user`` for every user, and reads the source once more for each of the two, before the first
    conversation comes.
    """
    return Selected(source, selection)
