"""Keeps what can be read only once, so that it can be read twice."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from clioscope.errors import SourceError


class Spool:
    """A folder for copies that only their owner can read. Without one, a temporary one that :meth:`close` removes."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._temporary: Path | None = None
        self._count = 0

    def keep(self, pipe: IO[bytes]) -> Path:
        """Copy ``pipe`` to its end.

        Raises
        ------
        SourceError
            Where it cannot be read, or the disk is full.
        """
        folder = self._folder
        try:
            if folder is None:
                folder = self._temporary = self._temporary or Path(tempfile.mkdtemp(prefix="clioscope-"))
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"input-{self._count}"
            self._count += 1
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(pipe, file, 1 << 20)
        except OSError as error:
            raise SourceError(f"What is piped in cannot be kept in {folder} ({error.strerror}).") from None
        return path

    def close(self) -> None:
        """Remove what was temporary."""
        if self._temporary:
            shutil.rmtree(self._temporary, ignore_errors=True)
