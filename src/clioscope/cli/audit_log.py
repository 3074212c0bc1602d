"""``clioscope audit-log``: whether what the explorer wrote down is as it was written."""

from __future__ import annotations

import json

import typer
from rich.text import Text

from clioscope.cli.console import console, printable
from clioscope.cli.store_place import place_of_store

app = typer.Typer(help="Check the explorer's audit log.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    """Keep ``verify`` a command of its own, also while it is the only one."""


@app.command()
def verify(
    store: str = typer.Argument(
        "runs",
        envvar="CLIOSCOPE_STORE",
        show_envvar=False,
        help="The folder that is served, the store's file, or its address. Default: runs.",
        show_default=False,
    ),
    known: str | None = typer.Option(
        None, "--known", help="The hash that an earlier look printed: finds out whether the log was written anew since."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Go through the audit log. Each line holds the hash of the one before: the first that was changed is named.

    Exit code 1 where a line was changed, removed or added. Nobody can tell from the log alone whether all of it was
    written anew: keep the printed hash elsewhere, and give it with --known.
    """
    from clioscope.explorer.store.audit_log import verify as verify_log  # loads a database, and no other command does
    from clioscope.explorer.store.opening import open_to_read

    opened = open_to_read(place_of_store(store))
    try:
        found = verify_log(opened, known)
    finally:
        opened.close()
    if as_json:
        typer.echo(json.dumps(found._asdict(), indent=2))
    elif found.broken is None:
        lines = "1 line" if found.lines == 1 else f"{found.lines:,} lines"
        console().print(f"{lines}, all as they were written. Hash of the last: {found.hash or 'none'}", soft_wrap=True)
    else:
        said = f"Line {found.broken:,} is not as it was written: {found.why}. The {found.lines:,} before it are."
        console().print(Text(printable(said)), soft_wrap=True)
    raise typer.Exit(0 if found.broken is None else 1)
