"""Users who must not be read in again."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

from clioscope.errors import RunError
from clioscope.vault.files import write_text


class Forgotten:
    """The list of forgotten users, in ``forgotten.json`` of the vault.

    It holds a keyed hash of each user's hash, so that neither the user nor what the tables knew the user by is in the
    vault. Whoever has the run's secret and guesses a user can tell whether that user is on the list, and nobody else.
    """

    def __init__(self, vault: Path, secret: bytes) -> None:
        self._path = vault / "forgotten.json"
        self._key = hmac.digest(secret, b"forgotten users", hashlib.sha256)
        self._marks: set[str] = set()
        if self._path.exists():
            try:
                self._marks = set(json.loads(self._path.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError) as error:
                raise RunError(
                    f"{self._path} lists who must not be read in again, and cannot be read ({type(error).__name__}). "
                    "Put it back from a copy; without it, delete the file and forget those users again."
                ) from None

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, user: bytes) -> bool:
        """``user``: as :func:`~clioscope.vault.user_hash` gives it."""
        return bool(self._marks) and self._mark(user) in self._marks

    def add(self, user: bytes) -> None:
        """Put a user on the list. It is on disk on return."""
        self._marks.add(self._mark(user))
        write_text(self._path, json.dumps(sorted(self._marks)))

    def _mark(self, user: bytes) -> str:
        return hmac.digest(self._key, user, hashlib.sha256)[:16].hex()
