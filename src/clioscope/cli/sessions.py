"""``clioscope sessions``: who is signed in to a team's explorer."""

from __future__ import annotations

import json
from datetime import timedelta

import typer
from rich.table import Table
from rich.text import Text

from clioscope.cli.console import console, printable
from clioscope.cli.store_place import opened_store, store_option
from clioscope.errors import ConfigError

_HERE = "the command line"

app = typer.Typer(
    no_args_is_help=True,
    help="List and end the sessions of people who signed in to a team's explorer.",
    rich_markup_mode="rich",
    add_completion=False,
)


@app.command("list")
def list_sessions(
    store: str = store_option(), as_json: bool = typer.Option(False, "--json", help="Print JSON instead.")
) -> None:
    """List who is signed in, the last used first. Some may have ended since they were last used."""
    from clioscope.explorer.teams.sessions import open_sessions
    from clioscope.explorer.teams.times import utc, written

    with opened_store(store) as opened:
        found = open_sessions(opened, timedelta(days=365), written(utc()))
    if as_json:
        typer.echo(json.dumps([session._asdict() for session in found], indent=2, ensure_ascii=False))
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("id", "who", "begun", "last used", "ends"):
        table.add_column(heading, overflow="fold")
    for session in found:
        told = (session.id, session.user, session.begun[:16], session.used[:16], session.ends[:16])
        table.add_row(*(Text(printable(text)) for text in told))
    console().print(table)


@app.command("revoke")
def revoke(
    id: str = typer.Argument("", help="Of the session, as the list has it.", show_default=False),
    person: str = typer.Option("", "--person", help="End all sessions and API tokens of this person."),
    store: str = store_option(),
) -> None:
    """End a session, or with --person all that lets somebody in. The next request is refused."""
    from clioscope.explorer.access import Person
    from clioscope.explorer.teams.sessions import revoke_session, revoke_sessions_of
    from clioscope.explorer.teams.tokens import Tokens

    if bool(id) == bool(person):
        raise ConfigError("Give the id of a session, or --person with a name.")
    with opened_store(store) as opened:
        if id:
            if not revoke_session(opened, id, _HERE):
                raise ConfigError(f"There is no session {id}: it may have ended.")
            console().print("It has ended.")
            return
        sessions = revoke_sessions_of(opened, person, _HERE)
        tokens = Tokens(opened).revoke_all_of(person, Person.with_role(_HERE, "admin"))
    console().print(Text(printable(f"Ended {sessions} sessions and {tokens} tokens of {person}.")))
