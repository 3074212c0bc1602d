"""Telling of what should be gone before anything is done with a run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from rich.text import Text

from clioscope.cli.console import error_console, printable
from clioscope.errors import ClioscopeError
from clioscope.pipeline.keeping import now, overdue_lines
from clioscope.vault import run_lock
from clioscope.vault.journal import Journal
from clioscope.vault.lock import working_copies
from clioscope.vault.retention import Retention


def telling(command: Callable[..., None]) -> Callable[..., None]:
    """``command``, which first tells what of its run is overdue. It names the run, or its atlas, as ``run``."""

    @wraps(command)
    def told(*arguments: Any, **options: Any) -> None:
        for line in lines(options["run"]):
            error_console().print(Text(printable(line), style="yellow"))
        command(*arguments, **options)

    return told


def lines(path: Path) -> list[str]:
    """What of the run at ``path`` should be gone; nothing where it has no vault."""
    for folder in (path, path.parent):
        vault = folder / "vault"
        if vault.is_dir():
            found = [*_left_behind(vault), *overdue_lines(Retention(vault), folder, now())]
            if Journal(vault).is_open():
                found.append(f"Deleting was cut short. `clioscope purge {folder}` finishes it.")
            return found
    return []


def _left_behind(vault: Path) -> list[str]:
    """Remove the working copies that a killed process left: they hold what the vault holds, and maybe no longer."""
    if not working_copies(vault):
        return []
    with suppress(ClioscopeError, OSError), run_lock(vault):
        return ["What an earlier command that was cut short had left in the vault is removed."]
    return []
