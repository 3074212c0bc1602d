"""The model seam: a request in, an answer out, or a failure that says what kind it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, get_args

import orjson

from clioscope.config import Judgement
from clioscope.errors import ClioscopeError

JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)

Finish = Literal["stop", "length", "refusal"]

FailureKind = Literal[
    "rate limit", "overloaded", "server error", "timeout", "connection", "filtered", "too long", "invalid", "fatal"
]
"""``fatal``: no call can succeed, such as a wrong key. ``filtered``, ``too long`` and ``invalid``: this one cannot."""

RETRIED: frozenset[FailureKind] = frozenset({"rate limit", "overloaded", "server error", "timeout", "connection"})


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model, exact: equal requests have equal keys, and an answer is paid once.

    Parameters
    ----------
    judgement
        Decides which model answers.
    system, user
        The two messages.
    schema
        The JSON schema of the answer: closed objects, every field required, no keyword that a provider may refuse.
    max_tokens
        The answer is cut there.
    temperature
        Where the model takes one.
    repairs
        What was wrong with the answer that this request asks to be mended; empty for a first request.
    owner
        Whose conversation it is about, as the vault's hash in hexadecimal: empty where that is unknown, ``None`` where
        it is about several. No part of what is asked; it says what has to go where somebody is forgotten.
    stage
        Which stage of a run asks, as a user reads it, so that costs can be told apart. No part of what is asked either.
    """

    judgement: Judgement
    system: str
    user: str
    schema: Mapping[str, Any] = field(hash=False)
    max_tokens: int
    temperature: float
    repairs: str = ""
    owner: str | None = field(default=None, compare=False)
    stage: str = field(default="", compare=False)

    def key(self, model: str) -> bytes:
        """32 bytes that stand for this request to ``model``."""
        exact = [model, self.system, self.user, self.schema, self.max_tokens, self.temperature]
        return hashlib.sha256(orjson.dumps(exact, option=orjson.OPT_SORT_KEYS)).digest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model returned.

    Parameters
    ----------
    text
        Empty where it refused.
    finish
        Why it ended: ``length`` means that the text is cut.
    prompt_tokens, completion_tokens
        As the provider counted them; 0 where it did not say.
    model
        As the provider names what answered.
    """

    text: str
    finish: Finish
    prompt_tokens: int = 0
    completion_tokens: int = 0
    model: str = ""


class Limits(NamedTuple):
    """What a provider said of its limits; ``None`` where it did not."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None


class Reply(NamedTuple):
    """An answer, and what came with it."""

    answer: Answer
    limits: Limits | None = None


class ModelError(ClioscopeError):
    """A model cannot be used, or has stopped answering. What is answered is kept."""


class CallError(Exception):
    """A call gave no answer.

    Parameters
    ----------
    kind
        What kind of failure it is, which decides what follows.
    message
        The provider's words. Holds no key, but may quote the prompt.
    retry_after
        Seconds to wait, where the provider said so.
    code
        What may be shown to anybody: the status, and the provider's code for the failure.
    limits
        What the provider said of its limits.
    paid
        Whether the request had been sent and may be paid, although no answer came of it.
    completion_tokens
        What the response says that the model wrote, although it is no answer.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        retry_after: float | None = None,
        code: str = "",
        *,
        limits: Limits | None = None,
        paid: bool = False,
        completion_tokens: int = 0,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.code = code
        self.limits = limits
        self.paid = paid
        self.completion_tokens = completion_tokens


def no_answer(response: Any, provider: str, counted: str) -> CallError:
    """The failure of a response that is JSON and no answer. A model may have written, and its provider may bill it."""
    usage = response.get("usage") if isinstance(response, dict) else None
    said = usage.get(counted) if isinstance(usage, dict) else None
    written = said if isinstance(said, int) and said > 0 else 0
    return CallError(
        "server error", f"the response is not in {provider}'s format", paid=True, completion_tokens=written
    )


class Model(Protocol):
    """A language model, reached one call at a time. It never retries: the caller does."""

    @property
    def name(self) -> str:
        """As the user named it, such as ``openai/gpt-5-nano``."""

    @property
    def address(self) -> str:
        """Where it answers, as a user can check it."""

    async def answer(self, request: Request) -> Reply:
        """Ask once.

        Raises
        ------
        CallError
            For every failure, of whatever library.
        """

    async def close(self) -> None:
        """Give connections back."""
