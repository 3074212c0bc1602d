"""The command line: one small file a command."""

from __future__ import annotations

import os
import sys

import typer

from clioscope.cli.commands import Commands, list_in
from clioscope.cli.console import errors, stopped
from clioscope.errors import ClioscopeError, OverBudgetError
from clioscope.memory import keep_memory_low
from clioscope.version import __version__

app = typer.Typer(
    cls=Commands,
    name="clioscope",
    help="See what people do with an AI assistant, without reading what any one person said.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
list_in(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"clioscope {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", help="Print the version and leave.", callback=_version, is_eager=True
    ),
) -> None:
    pass


def main() -> None:
    """Run the command line. Errors that a user can act on are printed as sentences, with exit code 1."""
    keep_memory_low()
    try:
        app()
    except OverBudgetError as error:
        stopped(str(error))
        sys.exit(1)
    except ClioscopeError as error:
        errors(str(error))
        sys.exit(1)
    except BrokenPipeError:
        # The reader of a pipe left, as `head` does. Flushing stdout again at exit would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        errors(f"{error.strerror or error}{where}. What is done is kept: mend it and run the same command again.")
        sys.exit(1)


__all__ = ["app", "main"]
