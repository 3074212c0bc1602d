"""OpenAI's chat format: a request as the body of a call, and the body of a response as an answer."""

from __future__ import annotations

import re
from typing import Any

from clioscope.models.base import Answer, FailureKind, Request, no_answer
from clioscope.models.profiles import ModelProfile


def body(request: Request, model: str, profile: ModelProfile) -> dict[str, Any]:
    """What is sent, live or in a batch."""
    fields: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "system", "content": request.system}, {"role": "user", "content": request.user}],
        profile.max_tokens: request.max_tokens + profile.thinking_tokens,
    }
    if profile.temperature:
        fields["temperature"] = request.temperature
    if profile.structured == "json_schema":
        fields["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": request.judgement, "strict": True, "schema": request.schema},
        }
    elif profile.structured == "json_object":
        fields["response_format"] = {"type": "json_object"}
    return fields | dict(profile.extra)


def answer(response: Any) -> Answer:
    """Read the body of a response.

    Raises
    ------
    CallError
        It is not what the format says, as happens where a proxy answers in the model's place.
    """
    try:
        choice = response["choices"][0]
        message = choice["message"]
        usage = response.get("usage") or {}
        refused = bool(message.get("refusal")) or choice.get("finish_reason") == "content_filter"
        return Answer(
            text="" if refused else _text(message.get("content")),
            finish="refusal" if refused else "length" if choice.get("finish_reason") == "length" else "stop",
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
            model=str(response.get("model") or ""),
        )
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        raise no_answer(response, "OpenAI", "completion_tokens") from None


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    if not isinstance(content, str | None):
        raise TypeError
    return content or ""


_UNPAID = ("insufficient_quota", "credit balance", "billing_", "billing hard limit", "account is not active")
_FILTERED = ("content_filter", "content filter", "invalid_prompt", "safety", "moderation", "flagged")
_TOO_LONG = ("context_length", "too long", "maximum context", "request too large", "request_too_large")
_ASKED_FOR = re.compile(r"limit:? ([\d,]+).*requested:? ([\d,]+)", re.DOTALL)


def failure_kind(status: int, code: str, message: str) -> FailureKind:
    """What kind of failure the status and the error's code mean, by the published error codes of the providers."""
    said = f"{code} {message}".lower()
    if any(word in said for word in _UNPAID):
        return "fatal"
    if status == 429:
        return "too long" if _never_fits(said) else "rate limit"
    if status in (503, 529):
        return "overloaded"
    if status in (408, 409, 425) or status >= 500:
        return "server error"
    if status not in (401, 402, 404) and any(word in said for word in _FILTERED):
        return "filtered"
    if status in (401, 402, 403, 404):
        return "fatal"
    if status == 413 or any(word in said for word in _TOO_LONG):
        return "too long"
    return "invalid"


def _never_fits(said: str) -> bool:
    """Whether a request is refused that is larger than the limit itself, so that no waiting helps."""
    numbers = _ASKED_FOR.search(said)
    if numbers is None:
        return "request too large" in said
    limit, requested = (int(number.replace(",", "") or 0) for number in numbers.groups())
    return requested > limit
