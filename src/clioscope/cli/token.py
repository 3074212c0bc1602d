"""``clioscope token``: API tokens for the explorer, made on the server's machine."""

from __future__ import annotations

import json

import typer
from rich.table import Table
from rich.text import Text

from clioscope.cli.console import console, printable
from clioscope.cli.store_place import opened_store, store_option
from clioscope.errors import ConfigError

_HERE = "the command line"

app = typer.Typer(
    no_args_is_help=True,
    help="Make, list and revoke API tokens for the explorer.",
    rich_markup_mode="rich",
    add_completion=False,
)


@app.command("new")
def new(
    label: str = typer.Argument(..., help="What it is for, such as 'nightly export'."),
    role: str = typer.Option(..., "--role", help="viewer, analyst, investigator, auditor or admin."),
    runs: list[str] = typer.Option(
        [], "--run", help="A run, or a pattern such as 'support-*'; may be given several times. Default: all."
    ),
    days: int = typer.Option(
        30, "--days", min=1, max=365, help="After which it ends. Default: 30.", show_default=False
    ),
    store: str = store_option(),
) -> None:
    """Make a token, and print it. It is told this once: only its hash is kept.

    Programs send it as `Authorization: Bearer TOKEN`. Whoever has it may do what the role may, but look at
    conversations, make other tokens, or end sessions.
    """
    from clioscope.explorer.access import ROLES, Person
    from clioscope.explorer.teams.tokens import Tokens

    found = next((known for known in ROLES if known == role), None)
    if found is None:
        raise ConfigError(f"There is no role {role}. There are {', '.join(ROLES)}.")
    with opened_store(store) as opened:
        made = Tokens(opened).make(Person.with_role(_HERE, "admin"), label, found, runs or None, days)
    typer.echo(made.secret)


@app.command("list")
def list_tokens(
    store: str = store_option(), as_json: bool = typer.Option(False, "--json", help="Print JSON instead.")
) -> None:
    """List all tokens, the newest first, with when each was last used."""
    from clioscope.explorer.teams.tokens import Tokens

    with opened_store(store) as opened:
        found = Tokens(opened).list()
    if as_json:
        typer.echo(json.dumps([token._asdict() for token in found], indent=2, ensure_ascii=False))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("id", "label", "of", "role", "runs", "ends", "last used", ""):
        table.add_column(heading, overflow="fold")
    for token in found:
        runs = "all" if token.runs is None else ", ".join(token.runs)
        told = (token.id, token.label, token.owner, token.role, runs, token.ends[:10], (token.used or "never")[:16])
        table.add_row(*(Text(printable(text)) for text in told), "revoked" if token.revoked else "")
    console().print(table)


@app.command("revoke")
def revoke(id: str = typer.Argument(..., help="As the list has it."), store: str = store_option()) -> None:
    """Revoke a token. Its next request is refused."""
    from clioscope.explorer.access import Person
    from clioscope.explorer.teams.tokens import Tokens

    with opened_store(store) as opened:
        if not Tokens(opened).revoke(id, Person.with_role(_HERE, "admin"), own=False):
            raise ConfigError(f"There is no token {id} that could be revoked.")
    console().print("It is revoked.")
