"""What a run with models will cost, as a table."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from clioscope.api import estimate_with
from clioscope.cli.console import console
from clioscope.cli.costs import cost_table
from clioscope.config import Config
from clioscope.errors import ConfigError
from clioscope.models.judges import Calls
from clioscope.progress import Progress


def print_estimate(config: Config, folder: Path | None, calls: Calls, progress: Progress, *, as_json: bool) -> None:
    """Print the calls, tokens and dollars of every stage. Nothing is sent, spent or changed.

    Without a model, JSON says how many conversations there are; people are told what to ask for.
    """
    if not config.models and not as_json:
        raise ConfigError("--estimate is about what models cost: name one with --model, such as openai/gpt-5-nano.")
    found = estimate_with(config, folder, calls=calls, progress=progress)
    if as_json:
        rows = [stage._asdict() for stage in found.stages]
        told = {"conversations": found.conversations, "stages": rows, "thinks": found.thinks}
        typer.echo(json.dumps(told, indent=2))
        return
    out = console()
    out.print(cost_table(found.stages))
    out.print(f"For {found.conversations:,} conversations. Estimated; nothing was sent.", highlight=False)
    if found.thinks:
        out.print("What a model thinks before it answers comes on top; --max-cost allows for it.", highlight=False)
    if any(stage.dollars is None for stage in found.stages):
        where = calls.prices or "a file for --prices"
        out.print(
            f"Where the price is unknown, write it into {where}: `clioscope prices` shows how.",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
