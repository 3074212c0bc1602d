"""``clioscope prices``: what calls cost."""

from __future__ import annotations

import typer

from clioscope.models.prices import shipped_prices


def prices() -> None:
    """Print the price table as TOML. Rows of your own in a file for --prices win over these."""
    typer.echo(shipped_prices(), nl=False)
