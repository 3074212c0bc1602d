"""One attempt to sign in: what binds the provider's answer to the browser that asked."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from dataclasses import asdict, dataclass

SECONDS = 600
_LONGEST = 4_000
_LONGEST_NEXT = 1_500


@dataclass(frozen=True)
class Attempt:
    """What is remembered in a cookie of the browser, and nowhere else, until the provider answers.

    Parameters
    ----------
    state
        Comes back with the answer: an answer that another browser asked for is refused.
    nonce
        Comes back in the id token: one that was made for another attempt is refused.
    verifier
        Of PKCE: a code that somebody read on the way is of no use without it.
    next
        Where to go then, on this site.
    ends
        Seconds since 1970.
    """

    state: str
    nonce: str
    verifier: str
    next: str
    ends: int

    @classmethod
    def new(cls, next: str) -> Attempt:
        """An attempt with 256 random bits each."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, own_path(next), int(time.time()) + SECONDS)

    def as_cookie(self) -> str:
        """The value of the cookie."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode("ascii").rstrip("=")

    @classmethod
    def of_cookie(cls, value: str | None, state: str) -> Attempt | None:
        """The attempt that an answer with ``state`` is for; ``None`` where it is not this browser's, or too late."""
        try:
            if value is None or len(value) > _LONGEST:
                return None
            told = json.loads(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
            found = cls(**told)
            is_it = hmac.compare_digest(found.state.encode(), state.encode("utf-8", "surrogatepass"))
            fits = all(isinstance(part, str) for part in (found.nonce, found.verifier, found.next))
            if not is_it or not fits or len(state) < 32 or time.time() >= found.ends:
                return None
        except (ValueError, TypeError, AttributeError, RecursionError):
            return None
        return cls(found.state, found.nonce, found.verifier, own_path(found.next), found.ends)


def own_path(address: str) -> str:
    """``address`` where it is a place on this site, and the first page where it could lead elsewhere."""
    is_path = address[:1] == "/" and address[1:2] not in ("/", "\\")
    is_plain = address.isascii() and address.isprintable() and not set(address) & set('\\ "<>')
    is_page = not address.startswith(("/login", "/api"))
    return address if is_path and is_plain and is_page and len(address) <= _LONGEST_NEXT else "/"
