"""Writing to the terminal: plain where it is none, and nothing in a text can steer it."""

from __future__ import annotations

import os
import re
import sys

from rich.console import Console
from rich.text import Text

# Control characters, and the marks that reorder text on screen (Unicode "bidirectional formatting").
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\t\n]+")

_PIPED = 1_000
"""Columns where there is no window."""


def console() -> Console:
    """Where results go. In a pipe or a file nothing is cut: there is no edge of a window."""
    piped = not sys.stdout.isatty()
    width = _PIPED if piped and "COLUMNS" not in os.environ else None
    return Console(highlight=False, soft_wrap=piped, width=width)


def error_console() -> Console:
    """Where progress, notes and errors go, so that results can be piped."""
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def errors(message: str) -> None:
    """Print an error."""
    error_console().print(Text("Error: ", style="bold red") + Text(printable(message, lines=True)))


def stopped(message: str) -> None:
    """Print why a run stopped where it was told to: that is no error."""
    error_console().print(Text("Stopped: ", style="bold") + Text(printable(message, lines=True)))


def printable(text: str, *, lines: bool = False) -> str:
    """``text`` without characters that steer a terminal; line breaks stay where ``lines``."""
    if lines:
        return "\n".join(printable(line) for line in text.split("\n"))
    return _STEERING.sub(" ", text)


def identified(name: str, identifier: str) -> str:
    """``name (identifier)``; the name alone where it says the identifier itself, as that of an unnamed cluster does."""
    return name if name.endswith(f" {identifier}") else f"{name} ({identifier})"


def count(number: int, noun: str) -> str:
    """``1 user``, ``1,204 users``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
