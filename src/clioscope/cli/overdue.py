"""Telling of what should be gone, or made again, before anything is done with a run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from clioscope.cli.console import error_console, errors, printable
from clioscope.errors import ClioscopeError
from clioscope.pipeline.keeping import now, overdue_lines
from clioscope.vault import run_lock
from clioscope.vault.journal import Journal
from clioscope.vault.lock import working_copies
from clioscope.vault.outdated import outdated_line
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
    """What of the run at ``path`` should be gone or made again; nothing where it has no vault."""
    for folder in (path, path.parent):
        vault = folder / "vault"
        if vault.is_dir():
            found = [*_left_behind(vault), *overdue_lines(Retention(vault), folder, now())]
            if (open_line := deleting_line(folder)) is not None:
                found.append(open_line)
            if (outdated := outdated_line(folder)) is not None:
                found.append(outdated)
            return found
    return []


def deleting_line(run: Path) -> str | None:
    """That something of the run in this folder is being deleted, and what finishes it; ``None`` where nothing is."""
    if not Journal(run / "vault").is_open():
        return None
    return f"Deleting was cut short. `clioscope purge {run}` finishes it, whatever it was, and says what is left to do."


def refuse_outdated(path: Path) -> None:
    """Leave with exit code 1 where the atlas at ``path``, or that of the run there, counts a forgotten user.

    Where a deletion is open it may be that of a user, whom the atlas then counts.
    """
    for folder in (path, path.parent):
        # Both were told before this, as of every command that tells.
        if outdated_line(folder) is not None:
            errors("Nothing was written: it would spread what the forgotten user was counted in.")
            raise typer.Exit(1)
        if deleting_line(folder) is not None:
            errors("Nothing was written: what is being deleted may be counted in it.")
            raise typer.Exit(1)


def _left_behind(vault: Path) -> list[str]:
    """Remove the working copies that a killed process left: they hold what the vault holds, and maybe no longer."""
    if not working_copies(vault):
        return []
    with suppress(ClioscopeError, OSError), run_lock(vault):
        return ["What an earlier command that was cut short had left in the vault is removed."]
    return []
