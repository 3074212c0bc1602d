"""``clioscope purge``: remove what a run need not keep."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from clioscope.cli.console import console, printable
from clioscope.errors import ConfigError
from clioscope.pipeline.finishing import finish_deleting
from clioscope.pipeline.keeping import now
from clioscope.pipeline.purging import What, purge
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.retention import CALLED, Retention


def purge_command(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME."),
    raw: bool = typer.Option(False, "--raw", help="What people and assistants said, and all that quotes it."),
    facets: bool = typer.Option(
        False, "--facets", help="Facets, vectors and clusters of single conversations, and the answers of models."
    ),
    answers: bool = typer.Option(False, "--answers", help="What models returned."),
    everything: bool = typer.Option(
        False, "--all", help="All of it: what is left says what was done and paid, and who must not be read in again."
    ),
    at_once: bool = typer.Option(False, "--now", help="Whether it is due or not. Default: only what is due."),
) -> None:
    """Remove from a run's vault what is due, or with --now what is named. The atlas stays.

    When something is due was said by --expire, --expire-raw or --expire-facets of clioscope run. Stopped at any point,
    the next command that opens the run finishes it.
    """
    wanted: dict[What, bool] = {"raw": raw, "facets": facets, "answers": answers, "all": everything}
    named = [kind for kind, is_wanted in wanted.items() if is_wanted]
    if at_once and not named:
        raise ConfigError("--now: say what is to go with it: --raw, --facets, --answers or --all.")
    out = console()
    folder = RunFolder.existing(run)
    with run_lock(folder.vault):
        for line in finish_deleting(folder):
            out.print(Text(printable(line)))
        what = named if at_once else _due(folder, named)
        for line in purge(folder, what) if what else _nothing(folder):
            out.print(Text(printable(line)))


def _due(folder: RunFolder, named: list[What]) -> list[What]:
    """What is due, of what is named where something is."""
    due: list[What] = [due.kind for due in Retention(folder.vault).overdue(now())]
    return [kind for kind in due if not named or kind in named or "all" in named]


def _nothing(folder: RunFolder) -> list[str]:
    coming = Retention(folder.vault).dues()
    if not coming:
        what = "--expire of clioscope run says so, and --now removes what is named at once."
        return [f"Nothing is due: nobody said for how long anything may be kept. {what}"]
    return [f"Nothing is due yet: {CALLED[due.kind]} are from {due.when:%Y-%m-%d} on." for due in coming]
