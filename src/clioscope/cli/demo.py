"""``clioscope demo``: the sample that comes with the package."""

from __future__ import annotations

from importlib.resources import as_file
from pathlib import Path

import typer

from clioscope.cli.run import start
from clioscope.config import make_config
from clioscope.sample import conversations


def demo(
    run: Path = typer.Option(Path("runs/demo"), "--run", "-r", help="The run's folder."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but errors."),
    as_json: bool = typer.Option(False, "--json", help="Print the summary as JSON."),
) -> None:
    """Run on the shipped sample and print its hierarchy: no key, no network, about half a minute.

    The sample was written for Clioscope. No person said any of it.
    """
    with as_file(conversations()) as path:
        start(make_config(source=(str(path),)), run, quiet=quiet, as_json=as_json)
