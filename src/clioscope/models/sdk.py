"""What the official libraries have in common: their errors, their limits, and learning what a model does not take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from clioscope.models.base import CallError, FailureKind, Limits
from clioscope.models.profiles import ModelProfile
from clioscope.models.wire_openai import failure_kind

_LONGEST_MESSAGE = 240
_SECRET = re.compile(r"\b(?:sk|key|api|tok)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|Bearer\s+\S+", re.IGNORECASE)


def call_error(error: Exception, secrets: tuple[str, ...] = ()) -> CallError:
    """Turn an exception of either library into ours. Its text never holds a key."""
    status = getattr(error, "status_code", None)
    if status is None:
        kind: FailureKind = "timeout" if type(error).__name__ == "APITimeoutError" else "connection"
        return CallError(kind, _clean(str(error.__cause__ or error) or type(error).__name__, secrets))
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else {}
    inner = inner if isinstance(inner, dict) else {}
    code = str(inner.get("code") or inner.get("type") or "")
    message = str(inner.get("message") or error)
    headers = getattr(getattr(error, "response", None), "headers", {})
    text = _clean(f"HTTP {status}: {message}", secrets)
    return CallError(failure_kind(int(status), code, message), text, retry_after(headers))


def _clean(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        text = text.replace(secret, "...")
    text = " ".join(_SECRET.sub("...", text).split())
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 3] + "..."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from ``retry-after-ms`` or ``retry-after`` in seconds."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        return max(0.0, seconds)
    return None


_LIMIT_HEADERS = (
    ("x-ratelimit-limit-requests", "x-ratelimit-limit-tokens"),
    ("anthropic-ratelimit-requests-limit", "anthropic-ratelimit-tokens-limit"),
)


def limits(headers: Mapping[str, str]) -> Limits | None:
    """The limits a minute that a response tells of."""
    for requests, tokens in _LIMIT_HEADERS:
        if requests in headers or tokens in headers:
            return Limits(_number(headers.get(requests)), _number(headers.get(tokens)))
    return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return None
    return value if value > 0 else None


def parsed(content: bytes) -> Any:
    """The JSON of a response.

    Raises
    ------
    CallError
        It is cut or is something else: the call is made again.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        raise CallError("server error", "the response is not JSON") from None


def adapted(profile: ModelProfile, error: CallError) -> ModelProfile | None:
    """What to send instead where a model was found not to take a field; ``None`` where the fault is another."""
    said = error.message.lower()
    if error.kind != "invalid":
        return None
    if "temperature" in said and profile.temperature:
        return profile.model_copy(update={"temperature": False})
    if "max_completion_tokens" in said and profile.max_tokens == "max_tokens":
        return profile.model_copy(update={"max_tokens": "max_completion_tokens"})
    unknown_field = next((name for name in profile.extra if name.lower() in said), None)
    if unknown_field:
        rest = {name: value for name, value in profile.extra.items() if name != unknown_field}
        return profile.model_copy(update={"extra": rest})
    structured = ("response_format", "json_schema", "output_config", "output_format", "structured")
    if profile.structured == "json_schema" and any(word in said for word in structured):
        return profile.model_copy(update={"structured": "none"})
    return None
