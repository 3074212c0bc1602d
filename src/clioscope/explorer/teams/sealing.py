"""Keeping an id token so that only who has the session's cookie can read it: it holds names, and signs people out."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def seal(text: str, cookie: str) -> str:
    """``text``, encrypted with AES-256-GCM under a key made from ``cookie``."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + _cipher(cookie).encrypt(nonce, text.encode(), None)).decode("ascii")


def unseal(sealed: str, cookie: str) -> str | None:
    """What was sealed; ``None`` where it was sealed with another cookie or is damaged."""
    from cryptography.exceptions import InvalidTag

    try:
        raw = base64.b64decode(sealed)
        return str(_cipher(cookie).decrypt(raw[:12], raw[12:], None), "utf-8")
    except (InvalidTag, ValueError):
        return None


def _cipher(cookie: str) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, None, b"clioscope id token").derive(cookie.encode()))
