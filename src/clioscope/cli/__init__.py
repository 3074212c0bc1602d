"""The command line: one small file a command."""

from __future__ import annotations

import os
import sys

import typer

from clioscope.cli import (
    audit,
    demo,
    export,
    forget,
    info,
    key,
    prices,
    prompts,
    publish,
    purge,
    run,
    search,
    show,
    tree,
)
from clioscope.cli.console import errors, stopped
from clioscope.cli.overdue import telling
from clioscope.errors import ClioscopeError
from clioscope.memory import give_memory_back
from clioscope.models.budget import OverBudgetError
from clioscope.version import __version__

app = typer.Typer(
    name="clioscope",
    help="See what people do with an AI assistant, without reading what any one person said.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("tree")(telling(tree.tree))
app.command("show")(telling(show.show))
app.command("search")(telling(search.search))
app.command("export")(telling(export.export))
app.command("info")(telling(info.info))
app.command("audit")(audit.audit)
app.command("publish")(telling(publish.publish_command))
app.command("purge")(purge.purge_command)
app.command("forget")(forget.forget)
app.add_typer(key.app, name="key")
app.command("prompts")(prompts.prompts)
app.command("prices")(prices.prices)


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
    give_memory_back()
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
