"""Sealing and opening with AES-256-GCM.

Nonces do not repeat under a key. A user's key and the run's key seal single values under random 96-bit nonces: after
2^32 values under one key two of them would be equal with a probability of 2^-32 (NIST SP 800-38D, 8.3), and neither a
user's rows nor a run's come near that many. A file is sealed under a key of its own, made from 128 random bits, with
its pieces counted.

References
----------
NIST SP 800-38D, "Galois/Counter Mode (GCM) and GMAC". Hoang, Reyhanitabar, Rogaway and Vizar, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (STREAM: pieces that are counted, and a last one).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Any

from clioscope.errors import ConfigError, RunError

NONCE, TAG = 12, 16
_PIECE = 1 << 20
_MAGIC = b"clioscope sealed 1\n"
_SALT = 16


class SealError(RunError):
    """Something sealed does not open: another key, or it was changed or moved."""


def _aes(key: bytes) -> Any:
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        raise ConfigError(
            "An encrypted vault needs the cryptography library: pip install 'clioscope[encryption]'."
        ) from None
    return AESGCM(key)


_ready = lru_cache(maxsize=4096)(_aes)


def seal(key: bytes, data: bytes, bound: bytes) -> bytes:
    """``data`` under ``key``, as nonce, ciphertext and tag. ``bound``: where it belongs; it opens nowhere else."""
    nonce = os.urandom(NONCE)
    sealed: bytes = nonce + _ready(key).encrypt(nonce, data, bound)
    return sealed


def open_sealed(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """What :func:`seal` was given.

    Raises
    ------
    SealError
        The key is another, or what is sealed was changed or moved.
    """
    from cryptography.exceptions import InvalidTag

    try:
        data: bytes = _ready(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError):
        raise SealError("A sealed value does not open: it was changed or moved, or the key is another.") from None
    return data


def derived(key: bytes, purpose: bytes) -> bytes:
    """A key for one purpose, made from a random one."""
    return hmac.digest(key, purpose, hashlib.sha256)


class Sealing(io.RawIOBase):
    """A file that is written and is sealed piece by piece, so that nothing of it is ever on disk in the clear.

    Parameters
    ----------
    key
        The run's.
    bound
        Which file it is.
    """

    def __init__(self, file: IO[bytes], key: bytes, bound: bytes) -> None:
        super().__init__()
        salt = os.urandom(_SALT)
        file.write(_MAGIC + salt)
        self._file, self._bound = file, bound
        self._aes = _aes(derived(key, b"file" + salt))
        self._held = bytearray()
        self._count = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Take ``data``; whole pieces go to disk."""
        self._held += data
        while len(self._held) > _PIECE:
            self._put(bytes(self._held[:_PIECE]), last=False)
            del self._held[:_PIECE]
        return len(data)

    def close(self) -> None:
        """Write the last piece, without which the file does not open."""
        if not self.closed:
            self._put(bytes(self._held), last=True)
            self._held.clear()
            self._file.close()
        super().close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce, bound = _counted(self._count, self._bound, last=last)
        self._file.write(self._aes.encrypt(nonce, piece, bound))
        self._count += 1


def sealed_file(data: bytes, key: bytes, bound: bytes) -> bytes:
    """All of a sealed file."""
    kept = io.BytesIO()
    salt = os.urandom(_SALT)
    aes = _aes(derived(key, b"file" + salt))
    kept.write(_MAGIC + salt)
    pieces = [data[start : start + _PIECE] for start in range(0, len(data), _PIECE)] or [b""]
    for number, piece in enumerate(pieces):
        nonce, tied = _counted(number, bound, last=number == len(pieces) - 1)
        kept.write(aes.encrypt(nonce, piece, tied))
    return kept.getvalue()


def opened_file(sealed: bytes, key: bytes, bound: bytes) -> bytes:
    """What a sealed file holds.

    Raises
    ------
    SealError
        It is not sealed, not whole, another file's, or was changed.
    """
    from cryptography.exceptions import InvalidTag

    if not sealed.startswith(_MAGIC):
        raise SealError("It is not sealed, and everything private in an encrypted vault is.")
    start = len(_MAGIC) + _SALT
    aes = _aes(derived(key, b"file" + sealed[len(_MAGIC) : start]))
    try:
        return b"".join(_pieces(memoryview(sealed)[start:], aes, bound))
    except (InvalidTag, ValueError):
        raise SealError("It was changed, cut or moved, or the key is another.") from None


def _pieces(sealed: memoryview, aes: Any, bound: bytes) -> Iterator[bytes]:
    size = _PIECE + TAG
    count = max(1, -(-len(sealed) // size))
    for number in range(count):
        nonce, tied = _counted(number, bound, last=number == count - 1)
        yield aes.decrypt(nonce, bytes(sealed[number * size : (number + 1) * size]), tied)


def _counted(number: int, bound: bytes, *, last: bool) -> tuple[bytes, bytes]:
    """The nonce of a piece, and what binds it to its place."""
    return number.to_bytes(NONCE, "big"), b"%s|%d|%d" % (bound, number, last)
