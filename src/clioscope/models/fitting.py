"""Learning what a model does not take from what it refuses."""

from __future__ import annotations

from collections.abc import Sequence

from clioscope.config import Structured, TokenLimit
from clioscope.models.base import CallError
from clioscope.models.profiles import ModelProfile

_WEAKER: dict[Structured, Structured] = {"json_schema": "json_object", "json_object": "none"}
"""What is asked for where a way to have an answer in a schema is refused. Some servers know JSON and no schemas."""

_UNKNOWN = ("not supported", "unsupported", "not permitted", "unknown", "unexpected", "unrecognized", "invalid field")
"""What servers say of a field that they do not know, and not of one whose value is wrong."""

_STRUCTURED = ("response_format", "json_schema", "json_object", "output_config", "output_format", "structured")


def adapted(profile: ModelProfile, error: CallError) -> ModelProfile | None:
    """What to send instead where a model was found not to take a field; ``None`` where the fault is another."""
    said = error.message.lower()
    if error.kind != "invalid":
        return None
    if "temperature" in said and profile.temperature:
        return profile.model_copy(update={"temperature": False})
    if profile.max_tokens in said and any(word in said for word in _UNKNOWN):
        other: TokenLimit = "max_tokens" if profile.max_tokens == "max_completion_tokens" else "max_completion_tokens"
        return profile.model_copy(update={"max_tokens": other})
    if "max_completion_tokens" in said and profile.max_tokens == "max_tokens":
        return profile.model_copy(update={"max_tokens": "max_completion_tokens"})
    unknown_field = next((name for name in profile.extra if name.lower() in said), None)
    if unknown_field:
        rest = {name: value for name, value in profile.extra.items() if name != unknown_field}
        return profile.model_copy(update={"extra": rest})
    if profile.structured in _WEAKER and any(word in said for word in _STRUCTURED):
        return profile.model_copy(update={"structured": _WEAKER[profile.structured]})
    return None


class FittedProfile:
    """The profile of a model that is asked in bulk, less what it was found not to take.

    What a request was sent with is not known when its refusal comes: others may have been refused in the meantime. So a
    request's own refusals are gone through from the first profile on.
    """

    def __init__(self, profile: ModelProfile) -> None:
        self._first = self.now = profile

    def learn(self, failures: Sequence[CallError]) -> list[bool]:
        """Learn from all failures of one request. For each: whether it was of a field that is no longer sent so."""
        profile, understood = self._first, []
        for failure in failures:
            takes = adapted(profile, failure)
            understood.append(takes is not None)
            profile = takes or profile
        self.now = self._both(self.now, profile)
        return understood

    def changes(self, before: ModelProfile) -> list[str]:
        """What is sent otherwise than by the profile ``before``."""
        return [
            *(["temperature"] if self.now.temperature != before.temperature else []),
            *(["max_tokens"] if self.now.max_tokens != before.max_tokens else []),
            *([before.structured] if self.now.structured != before.structured else []),
            *(name for name in before.extra if name not in self.now.extra),
        ]

    def _both(self, one: ModelProfile, other: ModelProfile) -> ModelProfile:
        """What is taken where both are right."""
        ways: tuple[Structured, ...] = ("json_schema", "json_object", "none")
        return one.model_copy(
            update={
                "temperature": one.temperature and other.temperature,
                "max_tokens": max(one.max_tokens, other.max_tokens, key=lambda name: name != self._first.max_tokens),
                "structured": max(one.structured, other.structured, key=ways.index),
                "extra": {name: value for name, value in one.extra.items() if name in other.extra},
            }
        )
