"""What models take, where it differs from one to another."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Structured = Literal["json_schema", "json_object", "none"]
TokenLimit = Literal["max_tokens", "max_completion_tokens"]


class ProfileRow(BaseModel):
    """What the models take whose names fit. What it does not say stays as it is.

    Parameters
    ----------
    match
        Patterns of ``provider/model``, such as ``openai/gpt-5*``.
    temperature
        Whether they take a temperature.
    max_tokens
        What the limit of the answer is called on the wire.
    structured
        How they are made to answer in a schema. The schema is in the prompt whatever this says.
    thinking_tokens
        Added to the limit of the answer, for models that think before they answer and count that.
    extra
        Further fields of the request, such as those that turn thinking off.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: Annotated[tuple[str, ...], Field(min_length=1)]
    temperature: bool | None = None
    max_tokens: TokenLimit | None = None
    structured: Structured | None = None
    thinking_tokens: Annotated[int, Field(ge=0)] | None = None
    extra: dict[str, Any] | None = None
