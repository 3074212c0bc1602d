"""What is being deleted at the moment, so that a deletion that was cut short is finished."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clioscope.errors import RunError
from clioscope.vault.files import read_text, write_text


class Journal:
    """One deletion under way, in ``journal.json`` of the vault.

    It is written before the first thing is deleted and removed after the last. What a search for what must be gone
    needs to know is in it for so long, and no longer: of a user who is being forgotten the ids, and pieces of what the
    user said. In an encrypted vault it is sealed.
    """

    def __init__(self, vault: Path) -> None:
        self.path = vault / "journal.json"

    def is_open(self) -> bool:
        """Whether a deletion was begun and did not end."""
        return self.path.exists()

    def read(self) -> dict[str, Any]:
        """What the deletion is about.

        Raises
        ------
        RunError
            The file is damaged.
        """
        try:
            work: dict[str, Any] = json.loads(read_text(self.path))
        except (OSError, ValueError) as error:
            raise RunError(
                f"{self.path} says what was being deleted, and cannot be read ({type(error).__name__}). Delete the "
                "file, and give the purge or forget command again."
            ) from None
        return work

    def write(self, work: Mapping[str, Any]) -> None:
        """Record what is going to be deleted."""
        write_text(self.path, json.dumps(work))

    def close(self) -> None:
        """Record that it is deleted."""
        self.path.unlink(missing_ok=True)
