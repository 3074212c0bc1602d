"""What a run with models will cost, as a table."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.table import Table

from clioscope.api import estimate_with
from clioscope.cli.console import console
from clioscope.config import Config
from clioscope.models.judges import Calls
from clioscope.pipeline.estimating import Estimate
from clioscope.progress import Progress


def print_estimate(config: Config, folder: Path | None, calls: Calls, progress: Progress, *, as_json: bool) -> None:
    """Print the calls, tokens and dollars of every stage. Nothing is sent, spent or changed."""
    found = estimate_with(config, folder, calls=calls, progress=progress)
    if as_json:
        rows = [stage._asdict() for stage in found.stages]
        typer.echo(json.dumps({"conversations": found.conversations, "stages": rows}, indent=2))
        return
    out = console()
    out.print(_table(found))
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


def _table(found: Estimate) -> Table:
    table = Table(box=None, padding=(0, 1))
    table.add_column("")
    table.add_column("model")
    for heading in ("calls", "prompt tokens", "answer tokens", "US$"):
        table.add_column(heading, justify="right")
    for stage in found.stages:
        dollars = "unknown" if stage.dollars is None else f"{stage.dollars:,.4f}"
        table.add_row(
            stage.name,
            stage.model,
            f"{stage.calls:,}",
            f"{stage.prompt_tokens:,}",
            f"{stage.completion_tokens:,}",
            dollars,
        )
    unknown = any(stage.dollars is None for stage in found.stages)
    total = "unknown" if unknown else f"{sum(stage.dollars or 0 for stage in found.stages):,.4f}"
    table.add_row(
        "all",
        "",
        f"{sum(stage.calls for stage in found.stages):,}",
        f"{sum(stage.prompt_tokens for stage in found.stages):,}",
        f"{sum(stage.completion_tokens for stage in found.stages):,}",
        total,
    )
    return table
