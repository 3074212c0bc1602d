"""Ending early without losing what is paid for."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def terminated_as_interrupted() -> Iterator[None]:
    """Have SIGTERM, which services and containers are stopped with, end what is within as Ctrl-C does."""
    # Whoever waits for calls has a handler of its own for Ctrl-C, which loses none of them.
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
