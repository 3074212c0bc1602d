"""Sessions, kept by the server: a cookie holds a random token and says nothing itself."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from clioscope.explorer.access.person import Person

HOURS = 12
_MOST = 1_000


LOCAL_OWNER = Person.with_role("the owner of this machine's session", "admin")


class Sessions:
    """Who is signed in. Only hashes of the tokens are kept.

    Parameters
    ----------
    seconds
        For how long a session lasts after it was last used.
    clock
        Seconds that only rise.
    """

    def __init__(self, seconds: float = HOURS * 3600, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._found: OrderedDict[bytes, tuple[Person, float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, person: Person) -> str:
        """Let ``person`` in: a token of 256 random bits for the cookie."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._found) >= _MOST:
                self._found.popitem(last=False)
            self._found[hashed(token)] = (person, self._clock() + self._seconds)
        return token

    def find(self, token: str, *, in_use: bool = True) -> Person | None:
        """Who has ``token``; ``None`` where the session has ended or never was.

        Parameters
        ----------
        in_use
            Whether somebody uses it: then it lasts on.
        """
        key = hashed(token)
        with self._lock:
            person, end = self._found.get(key, (None, 0.0))
            if person is None or self._clock() >= end:
                self._found.pop(key, None)
                return None
            if in_use:
                self._found[key] = (person, self._clock() + self._seconds)
                self._found.move_to_end(key)
            return person

    def end(self, token: str) -> None:
        """Forget the session of ``token``."""
        with self._lock:
            self._found.pop(hashed(token), None)


def hashed(token: str) -> bytes:
    """What is kept of a token: it has so many random bits that its hash tells nothing of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
