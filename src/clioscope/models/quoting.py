"""What may be shown of a provider's words: they may quote the request, and so a person."""

from __future__ import annotations

from clioscope.models.base import CallError, Request
from clioscope.models.judge import Failed

_QUOTED = 20
"""Characters that a provider's words share with a request where they quote it."""


def without_quotes(error: CallError | Failed, request: Request) -> str:
    """The provider's words, or its code where they quote what a person said."""
    said, prompt = " ".join(error.message.split()).casefold(), " ".join(request.user.split()).casefold()
    quotes = any(said[start : start + _QUOTED] in prompt for start in range(max(1, len(said) - _QUOTED + 1)))
    return f"{error.code or error.kind}; its words quote the request and are not shown" if quotes else error.message
