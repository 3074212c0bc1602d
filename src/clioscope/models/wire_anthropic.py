"""Anthropic's messages format: a request as the body of a call, and the body of a response as an answer."""

from __future__ import annotations

from typing import Any

from clioscope.models.base import Answer, Request, no_answer
from clioscope.models.profiles import ModelProfile


def body(request: Request, model: str, profile: ModelProfile) -> dict[str, Any]:
    """What is sent, live or in a batch."""
    fields: dict[str, Any] = {
        "model": model,
        "system": request.system,
        "messages": [{"role": "user", "content": request.user}],
        "max_tokens": request.max_tokens + profile.thinking_tokens,
    }
    if profile.temperature:
        fields["temperature"] = request.temperature
    if profile.structured == "json_schema":
        fields["output_config"] = {"format": {"type": "json_schema", "schema": request.schema}}
    return fields | dict(profile.extra)


def answer(response: Any) -> Answer:
    """Read the body of a response.

    Raises
    ------
    CallError
        It is not what the format says.
    """
    try:
        reason = response["stop_reason"]
        usage = response.get("usage") or {}
        refused = reason == "refusal"
        text = "".join(block["text"] for block in response["content"] if block["type"] == "text")
        cached = sum(int(usage.get(name) or 0) for name in ("cache_creation_input_tokens", "cache_read_input_tokens"))
        return Answer(
            text="" if refused else text,
            finish="refusal"
            if refused
            else "length"
            if reason in ("max_tokens", "model_context_window_exceeded")
            else "stop",
            prompt_tokens=int(usage.get("input_tokens") or 0) + cached,
            completion_tokens=int(usage.get("output_tokens") or 0),
            model=str(response.get("model") or ""),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        raise no_answer(response, "Anthropic", "output_tokens") from None
