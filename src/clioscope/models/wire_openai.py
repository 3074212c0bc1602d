"""OpenAI's chat format: a request as the body of a call, and the body of a response as an answer."""

from __future__ import annotations

from typing import Any

from clioscope.models.base import Answer, CallError, FailureKind, Request
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
        raise CallError("server error", "the response is not in OpenAI's format") from None


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


def failure_kind(status: int, code: str, message: str) -> FailureKind:
    """What kind of failure the status and the error's code mean, by the published error codes of the providers."""
    said = f"{code} {message}".lower()
    if status == 429:
        return "fatal" if "insufficient_quota" in said else "rate limit"
    if status in (503, 529):
        return "overloaded"
    if status in (408, 409, 425) or status >= 500:
        return "server error"
    if status in (401, 402, 403, 404):
        return "fatal"
    if "content_filter" in said or "invalid_prompt" in said or "safety" in said:
        return "filtered"
    if status == 413 or "context_length" in said or "too long" in said or "maximum context" in said:
        return "too long"
    return "invalid"
