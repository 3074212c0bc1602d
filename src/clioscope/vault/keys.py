"""The keys of one encrypted vault: the run's, and one of each user, wrapped by the master key.

``keys.json`` holds the run's key and names the file of the users' keys: records of equal length, so that adding a user
appends one, and a record that a crash cut short is passed over. Whatever takes keys away or wraps them anew writes
another such file and then changes ``keys.json``, which is whole or as it was.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from clioscope.errors import RunError
from clioscope.vault import cipher

_USER, _KEY = 16, 32
_WRAPPED = cipher.NONCE + _KEY + cipher.TAG
_RECORD = _USER + _WRAPPED


class NoKeyError(RunError):
    """A user's key was destroyed, and with it all that it sealed."""


class Keys:
    """The keys of the vault at ``vault``, unwrapped as they are needed.

    Parameters
    ----------
    master
        32 bytes.

    Raises
    ------
    RunError
        The master key is not this vault's, or the files are damaged.
    """

    def __init__(self, vault: Path, master: bytes) -> None:
        self._vault, self._master = vault, master
        self._about = read_about(vault)
        self.run_id = bytes.fromhex(self._about["run"])
        try:
            self.run_key = cipher.open_sealed(master, base64.b64decode(self._about["key"]), self._bound(b"run"))
        except cipher.SealError:
            raise RunError(
                f"The master key is not that of {vault}. Name the right one with CLIOSCOPE_KEY or --key-file. If it is "
                "lost, nobody can read the vault any more: delete the run's folder, and run again from the source. The "
                "atlas is not encrypted and stays readable."
            ) from None
        self._wrapped = self._read_users()
        self._open: dict[bytes, bytes] = {}

    @classmethod
    def make(cls, vault: Path, master: bytes, key_file: Path | None) -> Keys:
        """Begin an encrypted vault in an empty folder."""
        run_id = secrets.token_bytes(16)
        bound = run_id + b"|run"
        about = {
            "format": 1,
            "run": run_id.hex(),
            "key": base64.b64encode(cipher.seal(master, secrets.token_bytes(_KEY), bound)).decode("ascii"),
            "users": "keys-0.bin",
            "key_file": str(key_file.absolute()) if key_file else None,
        }
        _write(vault / "keys-0.bin", b"")
        _write(vault / "keys.json", json.dumps(about, indent=1).encode("ascii"))
        return cls(vault, master)

    def ensure(self, users: Iterable[bytes]) -> None:
        """Make a key for each user who has none. They are on disk on return."""
        new = {user: secrets.token_bytes(_KEY) for user in dict.fromkeys(users) if user not in self._wrapped}
        if not new:
            return
        wrapped = {user: cipher.seal(self._master, key, self._bound(user)) for user, key in new.items()}
        with (self._vault / self._about["users"]).open("r+b") as file:
            file.seek(len(self._wrapped) * _RECORD)
            file.write(b"".join(user + key for user, key in wrapped.items()))
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        self._wrapped |= wrapped
        self._open |= new

    def of(self, user: bytes) -> bytes:
        """The key of a user.

        Raises
        ------
        NoKeyError
            It was destroyed.
        """
        if user not in self._open:
            if user not in self._wrapped:
                raise NoKeyError(f"The key of a user in {self._vault} was destroyed, and with it what it sealed.")
            self._open[user] = cipher.open_sealed(self._master, self._wrapped[user], self._bound(user))
        return self._open[user]

    def destroy(self, user: bytes) -> bool:
        """Destroy the key of a user: what it sealed can then be read by nobody. Whether there was one."""
        there = self._wrapped.pop(user, None) is not None
        self._open.pop(user, None)
        if there:
            self._write_anew(self._master, self._about["key_file"])
        return there

    def rotate(self, master: bytes, key_file: Path | None) -> int:
        """Wrap all keys by another master key, and return how many. Nothing that they seal is written again."""
        self._wrapped = {user: cipher.seal(master, self.of(user), self._bound(user)) for user in list(self._wrapped)}
        wrapped = cipher.seal(master, self.run_key, self._bound(b"run"))
        self._about["key"] = base64.b64encode(wrapped).decode("ascii")
        self._master = master
        self._write_anew(master, str(key_file.absolute()) if key_file else None)
        return len(self._wrapped)

    def _read_users(self) -> dict[bytes, bytes]:
        path = self._vault / self._about["users"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise RunError(f"{path} holds the keys of users, and cannot be read ({error.strerror}).") from None
        records = (content[start : start + _RECORD] for start in range(0, len(content) - _RECORD + 1, _RECORD))
        return {record[:_USER]: record[_USER:] for record in records}

    def _write_anew(self, master: bytes, key_file: str | None) -> None:
        old = self._vault / self._about["users"]
        number = int(old.stem.rpartition("-")[2]) + 1
        new = self._vault / f"keys-{number}.bin"
        _write(new, b"".join(user + wrapped for user, wrapped in self._wrapped.items()))
        self._about |= {"users": new.name, "key_file": key_file}
        _write(self._vault / "keys.json", json.dumps(self._about, indent=1).encode("ascii"))
        for path in self._vault.glob("keys-*.bin"):
            if path != new:
                path.unlink()

    def _bound(self, whose: bytes) -> bytes:
        return bytes.fromhex(self._about["run"]) + b"|" + whose


def read_about(vault: Path) -> dict[str, Any]:
    """What ``keys.json`` says.

    Raises
    ------
    RunError
        It is damaged.
    """
    path = vault / "keys.json"
    try:
        about: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
        if about["format"] != 1:
            raise RunError(f"{path} was made by a newer Clioscope: upgrade with `pip install --upgrade clioscope`.")
        bytes.fromhex(about["run"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{path} holds the keys of an encrypted vault, and is damaged ({type(error).__name__}). Put it back from a "
            "copy: without it the vault cannot be read."
        ) from None
    return about


def _write(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".partial")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
