"""What goes wrong, how often, and for which call: decided by the call itself, so that a run repeats exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True)
class Faults:
    """The probability of each fault, 0 to 1. Together at most 1.

    Parameters
    ----------
    rate_limited, rate_limited_silently
        429 with and without Retry-After.
    overloaded, server_error
        529 and 500.
    timeout
        No answer, until the client goes away.
    reset
        The connection is reset before any byte.
    half_body
        Headers and half of the body, then the connection closes.
    bad_json
        The model's text is no JSON.
    schema_broken
        JSON in which a required field is missing.
    refusal
        The model declines.
    empty
        The model's text is empty.
    truncated
        The text is cut, and the response says so.
    wrong_choice
        A value that is not in the schema's enumeration, where there is one.
    far_too_long
        Texts ten times too long.
    content_filter
        400, as a provider's filter answers.
    batch_line, batch_expired
        The shares of a batch's requests that come back as errors, and as not done in time.
    batches_failed
        How many batches, the first ones, fail as a whole; of OpenAI's alone.
    batch_failure
        The code that they fail with.
    creates_refused
        How many calls to create a batch, the first ones, are answered with 529.
    creates_unheard
        How many calls to create a batch, the first ones, make it and are answered with 500.
    results_cut
        How many readings of a batch's results, the first ones, break off in the middle.
    retry_after
        Seconds that a 429 asks for.
    always
        A call whose body holds the key as text always fails in this way.
    """

    rate_limited: float = 0.0
    rate_limited_silently: float = 0.0
    overloaded: float = 0.0
    server_error: float = 0.0
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
    batch_line: float = field(default=0.0, metadata={"probability": False})
    batch_expired: float = field(default=0.0, metadata={"probability": False})
    batches_failed: int = field(default=0, metadata={"probability": False})
    batch_failure: str = field(default="token_limit_exceeded", metadata={"probability": False})
    creates_refused: int = field(default=0, metadata={"probability": False})
    creates_unheard: int = field(default=0, metadata={"probability": False})
    results_cut: int = field(default=0, metadata={"probability": False})
    retry_after: float = field(default=0.05, metadata={"probability": False})
    always: Mapping[str, str] = field(default_factory=dict, metadata={"probability": False})

    def __post_init__(self) -> None:
        unknown = set(self.always.values()) - set(FAULTS)
        if unknown:
            raise ValueError(f"there is no fault {unknown.pop()!r}; there are {', '.join(FAULTS)}")

    def decide(self, body: bytes, times: int, seed: int) -> str | None:
        """The fault of a call whose body came ``times`` times before; ``None`` for none."""
        for text, fault in self.always.items():
            if text.encode() in body:
                return fault
        digest = hashlib.blake2b(body, digest_size=8, key=f"{seed}:{times}".encode()).digest()
        place = int.from_bytes(digest) / 2**64
        for name in FAULTS:
            place -= getattr(self, name)
            if place < 0:
                return name
        return None


FAULTS: tuple[str, ...] = tuple(f.name for f in fields(Faults) if f.metadata.get("probability", True))
"""The names of the faults."""
