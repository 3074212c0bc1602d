"""What the official libraries have in common: their errors, their limits, and learning what a model does not take."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from clioscope.models.base import CallError, FailureKind, Limits
from clioscope.models.wire_openai import failure_kind

_LONGEST_MESSAGE = 240
_CODE = re.compile(r"[a-z][a-z0-9_.]{2,39}")
_SECRET = re.compile(
    r"\b(?:sk|key|api|tok)[-_][\w*.-]{6,}|\bAIza[\w-]{10,}|Bearer\s+\S+|(?<=://)[^\s/?#]+(?=@)", re.IGNORECASE
)


def call_error(error: Exception, secrets: tuple[str, ...] = ()) -> CallError:
    """Turn an exception of either library into ours. Its text never holds a key."""
    status = getattr(error, "status_code", None)
    if status is None:
        return _without_response(error, secrets)
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else {}
    inner = inner if isinstance(inner, dict) else {}
    code = str(inner.get("code") or inner.get("type") or "")
    message = str(inner.get("message") or error)
    headers = getattr(getattr(error, "response", None), "headers", {})
    text = _clean(f"HTTP {status}: {message}", secrets)
    shown = f"HTTP {status}" + (f", {code}" if _CODE.fullmatch(code) else "")
    kind = failure_kind(int(status), code, message)
    return CallError(kind, text, retry_after(headers), shown, limits=limits(headers))


def _without_response(error: Exception, secrets: tuple[str, ...]) -> CallError:
    import httpx2  # where nothing was sent, as in a run without a model, it is not loaded

    not_sent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
    cannot_be_sent = (httpx2.UnsupportedProtocol, httpx2.InvalidURL, TypeError, ValueError)
    cause = error.__cause__ or error
    sending = _is_a(error, "APIConnectionError") or isinstance(error, TimeoutError | httpx2.HTTPError)
    kind: FailureKind = "connection"
    if isinstance(cause, UnicodeError):
        kind = "invalid"
    elif isinstance(cause, cannot_be_sent) or not (sending or _may_pass(cause)):
        kind = "fatal"
    elif isinstance(error, TimeoutError) or _is_a(error, "APITimeoutError"):
        kind = "timeout"
    paid = sending and kind in ("timeout", "connection") and not isinstance(cause, not_sent)
    said = "no complete answer in time" if isinstance(error, TimeoutError) else str(cause) or type(error).__name__
    return CallError(kind, _clean(said, secrets), paid=paid)


def _may_pass(cause: BaseException) -> bool:
    """Whether what went wrong before anything was sent, such as where credentials are fetched, may go right later."""
    return isinstance(cause, OSError) or _is_a(cause, "ConnectionError", "HTTPClientError")


def _is_a(error: BaseException, *names: str) -> bool:
    """Whether it is of a class of one of these names: the libraries have theirs alike, and may not be installed."""
    return any(kind.__name__ in names for kind in type(error).__mro__)


def _clean(text: str, secrets: tuple[str, ...]) -> str:
    for secret in secrets:
        if len(secret) >= 8:  # what a local server is sent for a key, such as "none", is a word of many messages
            text = text.replace(secret, "...")
    text = " ".join(_SECRET.sub("...", text).split())
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 3] + "..."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from ``retry-after-ms``, or from ``retry-after`` in seconds or as a date."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        said = headers.get(name)
        seconds = _seconds(said, unit) if said else None
        if seconds is not None:
            return max(0.0, seconds)
    return None


def _seconds(said: str, unit: float) -> float | None:
    try:
        seconds = float(said) / unit
        return seconds if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


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
        raise CallError("server error", "the response is not JSON", paid=True) from None
