"""What models are asked and what it costs, stage by stage: estimated and real figures in one form."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from clioscope.cli.console import printable
from clioscope.models.usage import Stage


def cost_table(stages: Sequence[Stage]) -> Table:
    """A row for each stage, and one for all of them."""
    table = Table(box=None, padding=(0, 1))
    table.add_column("")
    table.add_column("model", overflow="fold")
    for heading in ("calls", "prompt tokens", "answer tokens", "US$"):
        table.add_column(heading, justify="right")
    for stage in stages:
        table.add_row(
            Text(printable(stage.name or "(an earlier version)")),
            Text(printable(stage.model)),
            *_figures(stage.calls, stage.prompt_tokens, stage.completion_tokens, stage.dollars),
        )
    unknown = any(stage.dollars is None for stage in stages)
    table.add_row(
        "all",
        "",
        *_figures(
            sum(stage.calls for stage in stages),
            sum(stage.prompt_tokens for stage in stages),
            sum(stage.completion_tokens for stage in stages),
            None if unknown else sum(stage.dollars or 0 for stage in stages),
        ),
    )
    return table


def _figures(calls: int, prompt_tokens: int, completion_tokens: int, dollars: float | None) -> list[str]:
    tokens = (f"{calls:,}", f"{prompt_tokens:,}", f"{completion_tokens:,}")
    return [*tokens, "unknown" if dollars is None else f"{dollars:,.4f}"]
