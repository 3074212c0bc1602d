"""What goes wrong, how often, and for which call: decided by the call itself, so that a run repeats exactly."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

_BATCH_SHARE, _BATCH_COUNT, _SETTING = ({"kind": kind} for kind in ("batch share", "batch count", "setting"))
_ROUNDING = 1e-9
"""By how much shares that are written in decimals may come to more than 1."""


@dataclass(frozen=True)
class Faults:
    """How often each fault strikes.

    From ``rate_limited`` to ``content_filter`` each is a share of the calls, 0 to 1, and together they come to at most
    1, since a call fails in one way. The requests of a batch are calls too, but they have no connection of their own:
    ``timeout``, ``reset`` and ``half_body`` pass them by.

    Parameters
    ----------
    rate_limited
        429 with Retry-After.
    rate_limited_silently
        429 without Retry-After.
    overloaded
        529.
    server_error
        500.
    unauthorized
        401, as for a wrong key.
    forbidden
        403, as for a key that may not use the model.
    not_found
        404, as for a model that there is not.
    timeout
        No answer, until the client goes away.
    reset
        The connection is reset before any byte.
    half_body
        Headers and half of the body, then the connection closes.
    bad_json
        The model's text breaks off in the middle, so that it is no JSON, and the response does not say so.
    schema_broken
        JSON in which the first field is missing.
    refusal
        The model declines.
    empty
        The model's text is empty.
    truncated
        The model's text breaks off in the middle, and the response says so.
    wrong_choice
        A value that is not in the schema's enumeration, where there is one.
    far_too_long
        Every text 40 times, and every list ten times as long.
    content_filter
        400, as a provider's filter answers.
    batch_line
        The share of a batch's requests that come back as errors; with ``batch_expired`` at most 1.
    batch_expired
        The share of a batch's requests that come back as not done in time.
    batches_failed
        How many batches, the first ones, fail as a whole; of OpenAI's alone.
    creates_refused
        How many calls to create a batch, the first ones, are answered with 529.
    creates_unheard
        How many calls to create a batch, the first ones, make it and are answered with 500.
    results_cut
        How many readings of a batch's results, the first ones, break off in the middle.
    batch_failure
        The code with which ``batches_failed`` fail.
    retry_after
        Seconds that a ``rate_limited`` call is told to wait.
    always
        Texts, and the fault of every call whose body holds them. The first that a body holds decides, before any share.

    Raises
    ------
    ValueError
        A share, a number or a time cannot be what it is, or shares come to more than 1.
    TypeError
        A fault is named that there is not.
    """

    rate_limited: float = 0.0
    rate_limited_silently: float = 0.0
    overloaded: float = 0.0
    server_error: float = 0.0
    unauthorized: float = 0.0
    forbidden: float = 0.0
    not_found: float = 0.0
    timeout: float = 0.0
    reset: float = 0.0
    half_body: float = 0.0
    bad_json: float = 0.0
    schema_broken: float = 0.0
    refusal: float = 0.0
    empty: float = 0.0
    truncated: float = 0.0
    wrong_choice: float = 0.0
    far_too_long: float = 0.0
    content_filter: float = 0.0
    batch_line: float = field(default=0.0, metadata=_BATCH_SHARE)
    batch_expired: float = field(default=0.0, metadata=_BATCH_SHARE)
    batches_failed: int = field(default=0, metadata=_BATCH_COUNT)
    creates_refused: int = field(default=0, metadata=_BATCH_COUNT)
    creates_unheard: int = field(default=0, metadata=_BATCH_COUNT)
    results_cut: int = field(default=0, metadata=_BATCH_COUNT)
    batch_failure: str = field(default="token_limit_exceeded", metadata=_SETTING)
    retry_after: float = field(default=0.05, metadata=_SETTING)
    always: Mapping[str, str] = field(default_factory=dict, metadata=_SETTING)

    def __new__(cls, *values: Any, **named: Any) -> Faults:
        """Refuse a name that there is not, with those that there are."""
        known = [f.name for f in fields(cls)]
        for name in named.keys() - known:
            raise TypeError(f"there is no fault {name!r}; there are {', '.join(known)}")
        return super().__new__(cls)

    def __post_init__(self) -> None:
        for name in (*FAULTS, *BATCH_SHARES):
            _refuse_unless_share(name, getattr(self, name))
        for excluding in (FAULTS, BATCH_SHARES):
            _refuse_more_than_all({name: getattr(self, name) for name in excluding})
        for name in BATCH_COUNTS:
            _refuse_unless_count(name, getattr(self, name))
        if not (isinstance(self.retry_after, int | float) and 0 <= self.retry_after < float("inf")):
            raise ValueError(f"retry_after is in seconds, 0 or more: {self.retry_after!r} is not")
        for fault in self.always.values():
            refuse_unknown(fault, FAULTS)

    def decide(self, body: bytes, times: int, seed: int) -> str | None:
        """The fault of a call whose body came ``times`` times before; ``None`` for none."""
        for text, fault in self.always.items():
            if _holds(body, text):
                return fault
        digest = hashlib.blake2b(body, digest_size=8, key=f"{seed}:{times}".encode()).digest()
        place = int.from_bytes(digest) / 2**64
        for name in FAULTS:
            place -= getattr(self, name)
            if place < 0:
                return name
        return None


def _named(kind: str) -> tuple[str, ...]:
    return tuple(f.name for f in fields(Faults) if f.metadata.get("kind", "share") == kind)


FAULTS = _named("share")
"""The names of the faults of a call."""

BATCH_SHARES, BATCH_COUNTS = _named("batch share"), _named("batch count")
"""The names of the faults of batches: those that are shares of the requests, and those that are numbers of times."""


def refuse_unknown(name: str, known: Sequence[str]) -> None:
    """Refuse a name that is not of those that there are.

    Raises
    ------
    ValueError
        It names them.
    """
    if name not in known:
        raise ValueError(f"there is no fault {name!r}; there are {', '.join(known)}")


def _refuse_unless_share(name: str, value: Any) -> None:
    if not (isinstance(value, int | float) and 0 <= value <= 1):
        raise ValueError(f"{name} is a share from 0 to 1, such as 0.05 for one in twenty: {value!r} is not")


def _refuse_unless_count(name: str, value: Any) -> None:
    if not (isinstance(value, int) and value >= 0):
        raise ValueError(f"{name} is a number of times, 0 or more: {value!r} is not")


def _refuse_more_than_all(shares: Mapping[str, float]) -> None:
    total = sum(shares.values())
    if total > 1 + _ROUNDING:
        listed = ", ".join(f"{name} {share:g}" for name, share in shares.items() if share)
        raise ValueError(
            f"shares that exclude one another can come to 1 at most, and these come to {total:g}: {listed}"
        )


def _holds(body: bytes, text: str) -> bool:
    """Whether a body of JSON holds the text, as it is or in either way in which JSON writes it."""
    written = (json.dumps(text, ensure_ascii=plain)[1:-1] for plain in (False, True))
    return any(form.encode("utf-8", "surrogatepass") in body for form in {text, *written})
