"""Options about calling a model, alike for every command that may: how fast, how patiently and for how much."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from clioscope.models.judges import Calls

COST = "Calls and cost"

Prices = Annotated[
    Path | None,
    typer.Option(
        help="A TOML file with \\[\\[price]] tables of your own, over those that `clioscope prices` prints.",
        rich_help_panel=COST,
    ),
]
Batch = Annotated[
    bool,
    typer.Option(
        "--batch", help="Through the provider's batches: half the price, up to 24 hours.", rich_help_panel=COST
    ),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(help="Where the model answers. Default: the provider's own address.", rich_help_panel=COST),
]
AtOnce = Annotated[int, typer.Option(min=1, help="Calls under way at most.", rich_help_panel=COST)]
Rpm = Annotated[
    float | None,
    typer.Option(min=0.1, help="Requests a minute at most. Default: what the provider tells.", rich_help_panel=COST),
]
Tpm = Annotated[
    float | None,
    typer.Option(min=1, help="Tokens a minute at most. Default: what the provider tells.", rich_help_panel=COST),
]
Timeout = Annotated[float, typer.Option(min=1, help="Seconds that one call may take.", rich_help_panel=COST)]
Patience = Annotated[
    float, typer.Option(min=1, help="Stop after so many seconds without any answer.", rich_help_panel=COST)
]


def idle(calls: Calls) -> list[str]:
    """The options about calls that were given, and are for nothing where no model is named."""
    from clioscope.models.judges import Calls  # loads what a command that only prints its help does without

    usual = Calls()
    given = {
        "--max-cost": calls.max_cost is not None,
        "--base-url": calls.base_url,
        "--prices": calls.prices,
        "--batch": calls.batch,
        "--at-once": calls.at_once != usual.at_once,
        "--rpm": calls.requests_per_minute,
        "--tpm": calls.tokens_per_minute,
        "--timeout": calls.timeout != usual.timeout,
        "--patience": calls.patience != usual.patience,
    }
    return [option for option, value in given.items() if value]
