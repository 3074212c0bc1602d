"""Redaction: raw text to text in which what identifies a person is replaced by its kind."""

from __future__ import annotations

from clioscope.privacy.redaction.redactor import VERSION, Redacted, Redactor
from clioscope.privacy.redaction.rule import Span

__all__ = ["VERSION", "Redacted", "Redactor", "Span"]
