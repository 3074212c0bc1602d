"""The two wire formats: a call's body as a request, and a text as the body of a response."""

from __future__ import annotations

from typing import Any

from clioscope.testing.brain import ChatRequest

STATUS_OF_FAULT = {
    "rate_limited": 429,
    "rate_limited_silently": 429,
    "overloaded": 529,
    "server_error": 500,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "content_filter": 400,
}

_ERRORS = {
    400: ("invalid_request_error", "content_filter", "The prompt was stopped by the content filter."),
    401: ("authentication_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("permission_error", "permission_denied", "This key may not use the model."),
    404: ("not_found_error", "model_not_found", "The model does not exist."),
    429: ("rate_limit_error", "rate_limit_exceeded", "Rate limit reached."),
    500: ("api_error", "server_error", "The server had an error."),
    529: ("overloaded_error", "overloaded", "Overloaded."),
}


class OpenAIWire:
    """OpenAI's chat completions."""

    limit_headers = ("x-ratelimit-limit-requests", "x-ratelimit-limit-tokens")

    @staticmethod
    def key(headers: Any) -> str:
        """The key that the client sent."""
        return str(headers.get("authorization", "")).removeprefix("Bearer ").strip()

    @staticmethod
    def request(body: dict[str, Any]) -> ChatRequest:
        """Read the body of a call."""
        by_role: dict[str, list[str]] = {"system": [], "user": []}
        for message in body.get("messages", []):
            by_role.setdefault(message["role"], []).append(_text(message.get("content")))
        asked = body.get("response_format") or {}
        schema = (asked.get("json_schema") or {}).get("schema")
        return ChatRequest(str(body.get("model")), "\n".join(by_role["system"]), "\n".join(by_role["user"]), schema)

    @staticmethod
    def structured(body: dict[str, Any]) -> dict[str, Any]:
        """How a call asks for JSON, by the name of the way: ``json_schema`` or ``json_object``."""
        asked = body.get("response_format") or {}
        return {str(asked["type"]): asked} if "type" in asked else {}

    @staticmethod
    def response(request: ChatRequest, text: str, fault: str | None, prompt: int, completion: int) -> dict[str, Any]:
        """The body of a response."""
        refused = fault == "refusal"
        message = {
            "role": "assistant",
            "content": None if refused else text,
            "refusal": "I can't help with that." if refused else None,
        }
        return {
            "id": "chatcmpl-double",
            "object": "chat.completion",
            "created": 0,
            "model": request.model,
            "choices": [
                {"index": 0, "message": message, "finish_reason": "length" if fault == "truncated" else "stop"}
            ],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            },
        }

    @staticmethod
    def error(status: int, said: str = "") -> dict[str, Any]:
        """The body of an error; ``said`` in the place of what is said of it as a rule."""
        kind, code, message = _ERRORS[status]
        code = "invalid_value" if said else code
        return {"error": {"message": said or message, "type": kind, "param": None, "code": code}}


class AnthropicWire:
    """Anthropic's messages."""

    limit_headers = ("anthropic-ratelimit-requests-limit", "anthropic-ratelimit-tokens-limit")

    @staticmethod
    def key(headers: Any) -> str:
        """The key that the client sent."""
        bearer = str(headers.get("authorization", "")).removeprefix("Bearer ")
        return str(headers.get("x-api-key", bearer)).strip()

    @staticmethod
    def request(body: dict[str, Any]) -> ChatRequest:
        """Read the body of a call."""
        user = "\n".join(_text(message.get("content")) for message in body.get("messages", []))
        asked = (body.get("output_config") or {}).get("format") or {}
        schema = asked.get("schema")
        if schema is None and body.get("tools"):
            schema = body["tools"][0].get("input_schema")
        return ChatRequest(str(body.get("model")), _text(body.get("system")), user, schema)

    @staticmethod
    def structured(body: dict[str, Any]) -> dict[str, Any]:
        """How a call asks for JSON, by the name of the way: ``json_schema``."""
        asked = (body.get("output_config") or {}).get("format") or {}
        return {str(asked["type"]): asked} if "type" in asked else {}

    @staticmethod
    def response(request: ChatRequest, text: str, fault: str | None, prompt: int, completion: int) -> dict[str, Any]:
        """The body of a response."""
        reasons = {"refusal": "refusal", "truncated": "max_tokens"}
        return {
            "id": "msg_double",
            "type": "message",
            "role": "assistant",
            "model": request.model,
            "content": [] if fault == "refusal" else [{"type": "text", "text": text}],
            "stop_reason": reasons.get(fault or "", "end_turn"),
            "stop_sequence": None,
            "usage": {"input_tokens": prompt, "output_tokens": completion},
        }

    @staticmethod
    def error(status: int, said: str = "") -> dict[str, Any]:
        """The body of an error; ``said`` in the place of what is said of it as a rule."""
        kind, _, message = _ERRORS[status]
        return {"type": "error", "error": {"type": kind, "message": said or message}}


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content or ""
