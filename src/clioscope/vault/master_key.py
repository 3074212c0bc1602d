"""The master key of encrypted vaults: from the environment, a file or the system's keyring. It is never in a vault."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from pathlib import Path
from typing import Any

from clioscope.errors import ConfigError, RunError

KEY, KEY_FILE = "CLIOSCOPE_KEY", "CLIOSCOPE_KEY_FILE"
_SERVICE, _ENTRY = "clioscope", "master key"
_BYTES = 32
_HOW = (
    f"Set {KEY} to it, name its file with --key-file (or {KEY_FILE}), or keep it in the system's keyring with "
    "`clioscope key new --keyring`."
)


def new_key() -> str:
    """A new master key: 32 random bytes, as base64."""
    return base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii")


def find_key(recorded: str | None = None) -> bytes:
    """The master key: what the environment says, else the file that it names, else ``recorded``, else the keyring's.

    Parameters
    ----------
    recorded
        The key file that was named when the vault was made.

    Raises
    ------
    RunError
        There is none, or it is no key.
    """
    if text := os.environ.get(KEY):
        return decoded(text, KEY)
    for path in (os.environ.get(KEY_FILE), recorded):
        if path and (path != recorded or Path(path).exists()):
            return from_file(Path(path))
    if text := from_keyring():
        return decoded(text, "the keyring")
    was = f" It was in {recorded}, and that file is gone." if recorded else ""
    raise RunError(f"An encrypted vault needs its master key, and none was found.{was} {_HOW}")


def use_key_file(path: Path | None) -> None:
    """Have the master key read from ``path`` from now on in this process, where one is given."""
    if path is not None:
        os.environ.pop(KEY, None)
        os.environ[KEY_FILE] = str(path)


def from_file(path: Path) -> bytes:
    """The key in a file that its owner alone can read.

    Raises
    ------
    RunError
        It cannot be read, holds no key, or others can read it.
    """
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise RunError(f"The key file {path} cannot be read ({reason}). {_HOW}") from None
    if mode & 0o077:
        raise RunError(
            f"The key file {path} can be read by others ({mode:o}): `chmod 600 {path}`, and consider a new key."
        )
    return decoded(text, str(path))


def write_file(path: Path, key: str) -> None:
    """Write a key to a file that does not exist yet, readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(f"{path} exists, and may be the key of a vault: choose another name.") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")


def decoded(text: str, where: str) -> bytes:
    """The key that ``text`` is.

    Raises
    ------
    RunError
        It is none. What it is instead is not said.
    """
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _BYTES:
        raise RunError(
            f"What is in {where} is no master key: that is 32 bytes as base64, as `clioscope key new` makes them."
        )
    return key


def from_keyring() -> str | None:
    """The key in the system's keyring; ``None`` where there is none, or no keyring."""
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        found: str | None = keyring.get_password(_SERVICE, _ENTRY)
    except Exception:  # whatever a backend raises where nobody is logged in
        return None
    return found


def to_keyring(key: str) -> None:
    """Keep a key in the system's keyring.

    Raises
    ------
    ConfigError
        There is no keyring, or it holds a key already.
    """
    keyring = _keyring()
    if keyring is None:
        raise ConfigError("--keyring needs the keyring library: pip install 'clioscope[encryption]'.")
    if from_keyring() is not None:
        raise ConfigError(
            "The keyring holds a master key already, which vaults may need. Rotate those with `clioscope key rotate` "
            "and delete its entry (service clioscope), or use a key file."
        )
    try:
        keyring.set_password(_SERVICE, _ENTRY, key)
    except Exception as error:
        raise ConfigError(f"The system's keyring cannot be used ({type(error).__name__}). Use a key file.") from None


def _keyring() -> Any:
    try:
        import keyring
    except ImportError:
        return None
    return keyring
