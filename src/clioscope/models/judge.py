"""Who answers: the stages yield requests and are sent what came of them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from clioscope.models.base import Answer, FailureKind, Request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failed:
    """A request that was given up.

    Parameters
    ----------
    kind
        What kind of failure it was.
    message
        Why, in the provider's words, which may quote the prompt.
    code
        What may be shown to anybody; see :class:`~clioscope.models.base.CallError`.
    """

    kind: FailureKind
    message: str
    code: str = ""

    @property
    def reason(self) -> str:
        """Why it was given up, without anybody's words."""
        return f"{self.kind} ({self.code})" if self.code else self.kind


Work = Generator[Request, Answer | Failed, T]
"""One piece of work: yields requests, is sent answers, returns its result. It does no input or output of its own."""


def owned(work: Work[T], owner: str) -> Work[T]:
    """``work``, whose requests are about one conversation of ``owner``; empty where nobody knows whose it is."""
    return _told(work, lambda request: replace(request, owner=owner))


def staged(work: Work[T], stage: str) -> Work[T]:
    """``work``, whose requests are those of one stage."""
    return _told(work, lambda request: replace(request, stage=stage))


def _told(work: Work[T], what: Callable[[Request], Request]) -> Work[T]:
    try:
        request = next(work)
        while True:
            request = work.send((yield what(request)))
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        work.close()


class Judge(Protocol):
    """Runs work whose requests a language model answers: live, through a provider's batch, or through files.

    The results depend on the answers alone, never on the order or the time in which they come.
    """

    def judge(self, works: Callable[[], Iterable[Work[T]]]) -> Iterator[T]:
        """Yield the result of each work, in order.

        Parameters
        ----------
        works
            Begins the works anew, always the same ones: answers that come in waves are worked through more than once.
            They are begun as far ahead as is needed, and no further.

        Raises
        ------
        ClioscopeError
            It cannot go on: no model answers, the budget is spent, or answers have to be waited for. What is answered
            is stored, and the same call goes on from there.
        """
