"""Runs for the commands that make one: the run itself, and what is shown of it."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from clioscope.api import run_with
from clioscope.cli.console import console, error_console, errors, printable
from clioscope.cli.ending import terminated_as_interrupted
from clioscope.cli.serve import become_explorer
from clioscope.cli.summary import summary, summary_lines
from clioscope.cli.tree import print_tree
from clioscope.config import Config
from clioscope.models.judges import Calls
from clioscope.models.usage import Usage
from clioscope.progress import Progress
from clioscope.vault.files import write_text


def start(
    config: Config,
    folder: Path | None,
    calls: Calls | None,
    progress: Progress,
    *,
    retry_failed: bool = False,
    quiet: bool,
    as_json: bool,
    open_browser: bool = False,
) -> None:
    """Run ``config`` and show the result: as text, and then in the explorer where ``open_browser``.

    Raises
    ------
    AwaitingAnswers
        Others have to answer what was asked before it can go on.
    """
    try:
        with terminated_as_interrupted():
            done = run_with(config, folder, progress=progress, calls=calls, retry_failed=retry_failed)
    except KeyboardInterrupt:
        errors("Stopped. What is done is kept: the same command goes on from there.")
        raise typer.Exit(130) from None
    if done.usage:
        _keep_cost(done.folder, done.usage)
    if as_json:
        typer.echo(json.dumps(summary(done), indent=2, ensure_ascii=False))
    elif not quiet:
        print_tree(done.atlas)
        out = error_console()
        for line in summary_lines(done):
            out.print(line if isinstance(line, Table) else Text(printable(line)))
        console().file.flush()
    if open_browser:
        become_explorer(done.folder, port=0, open_browser=True)


def _keep_cost(folder: Path, usage: Usage) -> None:
    """Keep what the run has cost, so that a list of runs can say so without a look into vaults."""
    dollars = [stage.dollars for stage in usage.used]
    cost = None if None in dollars else round(sum(spent or 0.0 for spent in dollars), 6)
    write_text(folder / "cost.json", json.dumps({"dollars": cost}) + "\n")
