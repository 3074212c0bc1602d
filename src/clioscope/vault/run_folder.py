"""A run's folder: where each thing is."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from clioscope.errors import RunError
from clioscope.vault.files import private_folder, read_array, read_bytes, write_bytes
from clioscope.vault.forgotten import Forgotten
from clioscope.vault.stages import Stages
from clioscope.vault.tables import Parts
from clioscope.vault.vectors import AlignedVectors, StoredVectors


@dataclass(frozen=True)
class HierarchyFolder:
    """What belongs to the hierarchy over one clustered facet."""

    facet: str
    embeddings: Parts
    assignments: Path
    atlas: Path

    def embedded(self) -> StoredVectors:
        """The vectors of all items, as they were embedded."""
        return StoredVectors(self.embeddings.paths())

    def vectors(self) -> StoredVectors | AlignedVectors:
        """The vectors of all items, as they are clustered: languages moved together where the run does so."""
        if not self.shifts.exists():
            return self.embedded()
        return AlignedVectors(self.embedded(), read_array(self.languages), read_array(self.shifts))

    @property
    def languages(self) -> Path:
        """uint8 [items]: the row of ``shifts`` that belongs to the language of each."""
        return self.assignments / "languages.npy"

    @property
    def shifts(self) -> Path:
        """float32 [languages, d]: what is taken off the vectors of each language."""
        return self.assignments / "shifts.npy"


class RunFolder:
    """The private side of one run.

    Parameters
    ----------
    path
        ``runs/NAME``.
    make
        Make it where it is missing. Otherwise nothing is made, and only what is there may be read.
    """

    def __init__(self, path: Path, *, make: bool = True) -> None:
        if path.exists() and not path.is_dir():
            raise RunError(f"{path} is a file, and a run needs a folder: choose another with --run.")
        if make:
            path.mkdir(parents=True, exist_ok=True)
            private_folder(path / "vault")
        self.path = path
        self.run_toml = path / "run.toml"
        self.atlas = path / "atlas"
        self.vault = path / "vault"
        self.stages = Stages(self.vault / "stages.json")
        self.quarantine = self.vault / "quarantine.jsonl"
        self.stopped = self.vault / "stopped.txt"
        self.failures = self.vault / "failures.jsonl"
        self.answers = self.vault / "answers.sqlite"
        self.waves = self.vault / "waves.sqlite"
        self.prompts = path / "prompts"

    @cached_property
    def conversations(self) -> Parts:
        """What was read, in parts."""
        return Parts(self.vault / "conversations")

    @cached_property
    def facets(self) -> Parts:
        """What was asked of every conversation, in the same parts."""
        return Parts(self.vault / "facets")

    @classmethod
    def existing(cls, path: Path) -> RunFolder:
        """The run at ``path``, or a :class:`~clioscope.errors.RunError` where there is none."""
        if not (path / "vault" / "stages.json").is_file():
            raise RunError(f"{path} is not a run of Clioscope: it has no vault. `clioscope run SOURCE` makes one.")
        return cls(path)

    def hierarchy(self, facet: str, *, main: bool) -> HierarchyFolder:
        """Where the hierarchy over ``facet`` is. The main one's atlas is ``atlas/``, another's ``atlas-FACET/``."""
        return HierarchyFolder(
            facet,
            Parts(private_folder(self.vault / "embeddings") / facet, suffix=".npy"),
            private_folder(private_folder(self.vault / "assignments") / facet),
            self.atlas if main else self.path / f"atlas-{facet}",
        )

    def secret(self) -> bytes:
        """32 random bytes, made once a run. They key the hashes of user ids."""
        path = self.vault / "secret"
        if not path.exists():
            write_bytes(path, secrets.token_bytes(32))
        return read_bytes(path)

    def forgotten(self) -> Forgotten:
        """The users who must not be read in again."""
        return Forgotten(self.vault, self.secret() if (self.vault / "forgotten.json").exists() else b"")


def conversation_key(secret: bytes, identifier: str) -> str:
    """32 hexadecimal digits that tell conversations of one run apart, and nothing else without the run's secret."""
    said = b"conversation " + identifier.encode("utf-8", "surrogatepass")
    return hmac.digest(secret, said, hashlib.sha256)[:16].hex()


def user_hash(secret: bytes, user: str) -> bytes:
    """16 bytes that tell users of one run apart, and nothing else without the run's secret."""
    return hmac.digest(secret, user.encode("utf-8", "surrogatepass"), hashlib.sha256)[:16]
