"""Which files of which vaults are encrypted: whatever reads or writes one asks here.

A vault is encrypted where it has a ``keys.json``. Then every file in it is sealed but those of :data:`PLAIN`, which
hold nothing about a conversation. It is opened with the master key when first something of it is read or written.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from clioscope.errors import ConfigError
from clioscope.vault import cipher
from clioscope.vault.keys import Keys, read_about
from clioscope.vault.lock import WORKING
from clioscope.vault.master_key import KEY_FILE, find_key

PLAIN = (
    "batches.mark",
    "exports/*",
    "forgotten.json",
    "keys.json",
    "keys-*.bin",
    "last.json",
    "lock",
    "publications*",
    "releases/*",
    "retention.json",
    "waves.sqlite*",  # its words are sealed one by one
    "answers.sqlite*",  # so are the answers
)

_VAULT = "vault"


class Sealed:
    """An encrypted vault that is open."""

    def __init__(self, vault: Path, keys: Keys) -> None:
        self.vault, self.keys = vault, keys

    def bound(self, path: Path) -> bytes:
        """What binds a file to its run and its place in it."""
        return self.keys.run_id + b"|" + path.absolute().relative_to(self.vault).as_posix().encode("utf-8")

    def seal_value(self, user: bytes | None, value: bytes, where: Sequence[object]) -> bytes:
        """A value under the key of its user, or the run's where nobody knows whose it is; ``where``: its place."""
        return cipher.seal(self._key(user), value, self._where(where))

    def open_value(self, user: bytes | None, sealed: bytes, where: Sequence[object]) -> bytes:
        """What :meth:`seal_value` was given.

        Raises
        ------
        SealError, NoKeyError
            It was changed or moved; its user's key was destroyed.
        """
        return cipher.open_sealed(self._key(user), sealed, self._where(where))

    def blind(self, key: bytes) -> bytes:
        """32 bytes that stand for a request and tell nothing of it to whoever has not the run's key."""
        return cipher.derived(self._index, key)

    @cached_property
    def _index(self) -> bytes:
        return cipher.derived(self.keys.run_key, b"index")

    @cached_property
    def _values(self) -> bytes:
        return cipher.derived(self.keys.run_key, b"values")

    def _key(self, user: bytes | None) -> bytes:
        return self.keys.of(user) if user else self._values

    def _where(self, where: Sequence[object]) -> bytes:
        return self.keys.run_id + "".join(f"|{part}" for part in where).encode("utf-8")


_open: dict[Path, tuple[tuple[int, int], Sealed]] = {}
"""Open vaults, and the ``keys.json`` that each was opened with: its inode and time."""


def sealed_vault(path: Path) -> Sealed | None:
    """The encrypted vault that ``path`` is in, or is; ``None`` where it is in none.

    A copy of a run to work on lies in the vault of that run, and has a vault with keys of its own.

    Raises
    ------
    RunError
        The master key is missing or another.
    """
    path = path.absolute()
    for vault in (path, *path.parents):
        if vault.name.startswith(WORKING):
            return None
        if vault.name == _VAULT:
            try:
                stat = (vault / "keys.json").stat()
            except OSError:
                continue
            stamp = (stat.st_ino, stat.st_mtime_ns)
            if vault not in _open or _open[vault][0] != stamp:
                _open[vault] = stamp, Sealed(vault, Keys(vault, find_key(read_about(vault)["key_file"])))
            return _open[vault][1]
    return None


def sealed_at(path: Path) -> Sealed | None:
    """The encrypted vault that the file at ``path`` is, or would be, sealed by; ``None`` where it is in the clear."""
    vault = sealed_vault(path)
    if vault is None or is_plain(path.absolute().relative_to(vault.vault)):
        return None
    return vault


def is_plain(inside: Path) -> bool:
    """Whether a file at that place in a vault is never sealed."""
    return any(inside.match(pattern) for pattern in PLAIN)


def encrypt(vault: Path) -> None:
    """Make an empty vault an encrypted one, under the master key that there is. An encrypted one stays as it is.

    The vault of a working copy is encrypted under the master key of the one that it lies in.

    Raises
    ------
    ConfigError
        It holds something already.
    """
    if sealed_vault(vault) is not None:
        return
    held = sorted(path.name for path in vault.iterdir() if not is_plain(path.relative_to(vault)))
    if held:
        raise ConfigError(
            f"--encrypt: {vault} holds {held[0]} and more that is not encrypted. Give the run another folder with "
            "--run, or delete this one first."
        )
    key_file = os.environ.get(KEY_FILE) or _key_file_around(vault.absolute())
    Keys.make(vault, find_key(key_file), Path(key_file) if key_file else None)


def _key_file_around(vault: Path) -> str | None:
    """The key file that was named for the vault that ``vault`` lies in."""
    outer = next((path for path in vault.parents if path.name == _VAULT and (path / "keys.json").is_file()), None)
    found: str | None = None if outer is None else read_about(outer)["key_file"]
    return found
