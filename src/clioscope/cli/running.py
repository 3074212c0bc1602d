"""Runs for the commands that make one: the run itself, and what is shown of it."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from clioscope.api import run_with
from clioscope.cli.console import console, error_console, errors, printable
from clioscope.cli.summary import summary, summary_lines
from clioscope.cli.tree import print_tree
from clioscope.config import Config
from clioscope.models.judges import Calls
from clioscope.progress import Progress


def start(
    config: Config,
    folder: Path | None,
    calls: Calls | None,
    progress: Progress,
    *,
    retry_failed: bool = False,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run ``config`` and show the result.

    Raises
    ------
    AwaitingAnswers
        Others have to answer what was asked before it can go on.
    """
    try:
        done = run_with(config, folder, progress=progress, calls=calls, retry_failed=retry_failed)
    except KeyboardInterrupt:
        errors("Stopped. What is done is kept: the same command goes on from there.")
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps(summary(done), indent=2, ensure_ascii=False))
    elif not quiet:
        print_tree(done.atlas)
        out = error_console()
        for line in summary_lines(done):
            out.print(line if isinstance(line, Table) else Text(printable(line)))
        console().file.flush()
