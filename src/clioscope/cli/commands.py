"""The commands: what each is called, what it does, and where it is. One is loaded when it is called.

The libraries that a run needs take more than a second to load, and whoever asks which commands there are, or looks at
an atlas, needs few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup


class Command(NamedTuple):
    """A command that is not loaded yet.

    Parameters
    ----------
    at
        The module beside this one and, after a colon, its function, or its ``typer.Typer`` where it has commands of its
        own.
    does
        The first paragraph of its help.
    tells
        Whether it tells first what of its run is overdue.
    """

    at: str
    does: str
    tells: bool = False


COMMANDS = {
    "run": Command("run:run", "Read conversations and show what people do in them."),
    "demo": Command(
        "demo:demo",
        "Run on the shipped sample and print its hierarchy: no key, no network, about half a minute.",
    ),
    "tree": Command("tree:tree", "Print the hierarchy: name, size and share of every cluster.", tells=True),
    "show": Command(
        "show:show",
        "Show one cluster: description, terms, its parent and children, and every released count.",
        tells=True,
    ),
    "search": Command(
        "search:search",
        "Find clusters by the words and the meaning of what is published about them.",
        tells=True,
    ),
    "serve": Command(
        "serve:serve",
        "Explore runs in a browser: tree, map, table, comparison, search, and what is kept from whom.",
        tells=True,
    ),
    "report": Command(
        "report:report",
        "Write a run as one HTML file that opens from a disk: the explorer without a server, and without a network.",
        tells=True,
    ),
    "export": Command(
        "export:export",
        "Write the atlas as clusters.json (nested), CSV and Parquet, and one CSV a level (level 0 = base).",
        tells=True,
    ),
    "info": Command(
        "info:info",
        "Say what was run, on what, how long each stage took, what models cost, and what was withheld.",
        tells=True,
    ),
    "audit": Command(
        "audit:audit",
        "Attack a finished run on a copy, and write a report into RUN/audits that can be shown to others.",
    ),
    "evaluate": Command(
        "evaluate:evaluate_command",
        "Measure how good a finished run is, and write a report into RUN/evaluation that can be shown to others.",
    ),
    "synth": Command(
        "synth:synth",
        "Make up conversations of which everything is known, to see how well an analysis finds it again.",
    ),
    "publish": Command(
        "publish:publish_command",
        "Publish the atlas of a run: audit it beside what is out already, and enter it in the run's ledger.",
        tells=True,
    ),
    "purge": Command(
        "purge:purge_command",
        "Remove from a run's vault what is due, or with --now what is named. The atlas stays.",
    ),
    "forget": Command(
        "forget:forget",
        "Delete one user's conversations, facets, vectors, answers and requests, and make the atlas again without "
        "them.",
    ),
    "prompts": Command(
        "prompts:prompts",
        "List the prompts, or print one to change it: clioscope run ... --prompt NAME=FILE puts yours in its place.",
    ),
    "prices": Command(
        "prices:prices",
        "Print the price table as TOML. Rows of your own in a file for --prices win over these.",
    ),
    "key": Command("key:app", "Make a master key for encrypted vaults, or change that of a run."),
    "audit-log": Command("audit_log:app", "Check the explorer's audit log."),
    "token": Command("token:app", "Make, list and revoke API tokens for the explorer."),
    "sessions": Command("sessions:app", "List and end the sessions of people who signed in to a team's explorer."),
}
"""In the order in which the help lists them."""


class Commands(TyperGroup):
    """Lists :data:`COMMANDS` by what is said of them, and loads the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that ``args`` begin with, and the rest of them."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else loaded(name), rest


def loaded(name: str) -> Any:
    """The command of that name as it is: with its options, its whole help, and what it runs."""
    command = COMMANDS[name]
    module, _, thing = command.at.partition(":")
    found = getattr(import_module(f"clioscope.cli.{module}"), thing)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    if command.tells:
        from clioscope.cli.overdue import telling  # loads the vault, which not every command reads

        found = telling(found)
    alone = typer.Typer(rich_markup_mode="rich", add_completion=False)
    alone.command(name)(found)
    return typer.main.get_command(alone)


def list_in(app: typer.Typer) -> None:
    """Have ``app`` list every command."""
    for name, command in COMMANDS.items():
        app.command(name, help=command.does)(_not_loaded)


def _not_loaded() -> None:
    raise AssertionError("A command is loaded before it is called.")
