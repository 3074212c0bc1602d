"""``clioscope prompts``: what models are asked."""

from __future__ import annotations

import typer
from rich.table import Table
from rich.text import Text

from clioscope.cli.console import console
from clioscope.errors import ConfigError
from clioscope.prompting import PROMPTS
from clioscope.prompting.prompts import shipped

_FRAMED = (
    "What people or models wrote is shown by the filter framed alone, as in {{ conversation | framed }}. A prompt of "
    "your own that shows it otherwise, or leaves out what the one in its place shows, is refused."
)


def prompts(name: str = typer.Argument(None, help="Print this prompt, as a Jinja file.")) -> None:
    """List the prompts, or print one to change it: clioscope run ... --prompt NAME=FILE puts yours in its place."""
    if name is None:
        table = Table(box=None, show_header=False, padding=(0, 1))
        for prompt, purpose in PROMPTS.items():
            table.add_row(prompt, purpose)
        console().print(table)
        console().print(Text(_FRAMED))
        return
    if name not in PROMPTS:
        raise ConfigError(f"There is no prompt {name!r}. There are: {', '.join(PROMPTS)}.")
    typer.echo(shipped(name), nl=False)
