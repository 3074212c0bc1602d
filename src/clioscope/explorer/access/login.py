"""Login links: each works once, and not for long."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable

MINUTES = 10
_MOST = 100


class LoginLinks:
    """The links that were made and not used yet. Only hashes of them are kept.

    Parameters
    ----------
    seconds
        For how long a link works.
    clock
        Seconds that only rise.
    """

    def __init__(self, seconds: float = MINUTES * 60, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._ends: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def new(self) -> str:
        """A token of 256 random bits for one login."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._ends) >= _MOST:
                self._ends.pop(next(iter(self._ends)))
            self._ends[_hashed(token)] = self._clock() + self._seconds
        return token

    def use(self, token: str) -> bool:
        """Whether ``token`` lets somebody in. It does so once."""
        with self._lock:
            end = self._ends.pop(_hashed(token), None)
        return end is not None and self._clock() < end


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
