"""``clioscope synth``: conversations that nobody had, and what is true of them."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.text import Text

from clioscope.cli.call_options import COST, AtOnce, BaseUrl, Batch, Patience, Prices, Rpm, Timeout, Tpm, idle
from clioscope.cli.console import console, error_console, errors, printable
from clioscope.cli.costs import cost_table
from clioscope.cli.ending import terminated_as_interrupted
from clioscope.cli.progress import make_progress
from clioscope.errors import ClioscopeError, ConfigError
from clioscope.models.judges import Calls
from clioscope.models.names import parse_model
from clioscope.models.waves import AwaitingAnswers
from clioscope.synth.grammar import LANGUAGES
from clioscope.synth.making import STAGE, Made, Writer, make
from clioscope.synth.recipe import Recipe

_COULD_NOT, _AWAITS, _STOPPED = 2, 3, 130
_CONTENT, _EVERY = "What is in them", ", ".join(LANGUAGES)


def synth(
    folder: Path = typer.Argument(..., help="A new folder for conversations.jsonl and truth.jsonl."),
    conversations: int = typer.Option(Recipe.conversations, min=1, help="How many."),
    users: int | None = typer.Option(None, min=1, help="People who have them. Default: one for four conversations."),
    language: list[str] = typer.Option(
        [],
        help=f"A language, the most common first. May be given several times. Default: {_EVERY}.",
        rich_help_panel=_CONTENT,
    ),
    first_language: float = typer.Option(
        Recipe.first_language, min=0, max=1, help="The share of people who write the first.", rich_help_panel=_CONTENT
    ),
    exponent: float = typer.Option(
        Recipe.exponent,
        min=0,
        help="How uneven topics are: the r-th is r to the power of minus this as large as the largest; 0: all alike.",
        rich_help_panel=_CONTENT,
    ),
    misuse: float = typer.Option(
        Recipe.misuse, min=0, max=1, help="The share that is about misuse.", rich_help_panel=_CONTENT
    ),
    personal: float = typer.Option(
        Recipe.personal,
        min=0,
        max=1,
        help="The share in which somebody gives away who they are.",
        rich_help_panel=_CONTENT,
    ),
    groups: int = typer.Option(
        Recipe.groups, min=0, help="Groups of 15 people who ask for nearly the same.", rich_help_panel=_CONTENT
    ),
    trends: int = typer.Option(
        Recipe.trends, min=0, max=20, help="Topics that grow, and as many that shrink.", rich_help_panel=_CONTENT
    ),
    months: int = typer.Option(Recipe.months, min=1, help="Over how many months.", rich_help_panel=_CONTENT),
    seed: int = typer.Option(0, min=0, help="Where all randomness comes from."),
    model: str | None = typer.Option(
        None,
        help="PROVIDER/MODEL that writes; file:FOLDER writes requests for others to answer. Default: a grammar does.",
    ),
    max_cost: float | None = typer.Option(
        None, min=0, help="Stop before it has cost more US dollars than this. Default: no limit.", rich_help_panel=COST
    ),
    prices: Prices = None,
    batch: Batch = False,
    base_url: BaseUrl = None,
    at_once: AtOnce = 50,
    rpm: Rpm = None,
    tpm: Tpm = None,
    timeout: Timeout = 120.0,
    patience: Patience = 600.0,
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but errors."),
    as_json: bool = typer.Option(False, "--json", help="Print what was made as JSON."),
) -> None:
    """Make up conversations of which everything is known, to see how well an analysis finds it again.

    Fifty topics in ten categories, some large and some small; people with interests of their own, in up to seventeen
    languages; misuse, and groups that do it together; topics that grow; and invented people who give themselves away.
    Written by a grammar: no model, no network. With --model a model writes.

    Then: clioscope run FOLDER/conversations.jsonl, and clioscope evaluate runs/conversations --truth
    FOLDER/truth.jsonl. The same command makes the same bytes.
    """
    progress = make_progress(quiet=quiet, as_json=as_json)
    calls = Calls(
        base_url=base_url,
        at_once=at_once,
        requests_per_minute=rpm,
        tokens_per_minute=tpm,
        timeout=timeout,
        patience=patience,
        max_cost=max_cost,
        prices=prices,
        batch=batch,
    )
    try:
        recipe = Recipe(
            conversations=conversations,
            users=users,
            languages=tuple(language) or LANGUAGES,
            first_language=first_language,
            exponent=exponent,
            misuse=misuse,
            personal=personal,
            groups=groups,
            trends=trends,
            months=months,
            seed=seed,
        )
        with terminated_as_interrupted():
            made = make(folder, recipe, _writer(model, calls), progress)
    except KeyboardInterrupt:
        kept = "" if model is None else " What a model has answered is kept: the same command goes on from there."
        errors(f"Stopped.{kept}")
        raise typer.Exit(_STOPPED) from None
    except AwaitingAnswers as waiting:
        error_console().print(Text(printable(str(waiting))))
        raise typer.Exit(_AWAITS) from None
    except (ClioscopeError, OSError) as error:
        errors(str(error))
        raise typer.Exit(_COULD_NOT) from None
    if as_json:
        typer.echo(json.dumps(_json(made), indent=2))
    elif not quiet:
        _print(made)


def _writer(model: str | None, calls: Calls) -> Writer | None:
    if model is not None:
        parse_model(model)
        return Writer(model, calls)
    if given := idle(calls):
        raise ConfigError(f"{', '.join(given)}: for a model that writes. Name one with --model, or leave it out.")
    return None


def _json(made: Made) -> dict[str, object]:
    return {
        "conversations": str(made.conversations),
        "truth": str(made.truth),
        "written": made.written,
        "unwritten": made.unwritten,
        "users": made.users,
        "personal": made.personal,
    }


def _print(made: Made) -> None:
    out = console()
    told = f"{made.written:,} conversations of {made.users:,} users, {made.personal:,} with something personal in them."
    if made.unwritten:
        told += f" The model gave no usable answer for {made.unwritten:,} more."
    if made.usage is not None:
        out.print(cost_table([stage for stage in made.usage.used if stage.name == STAGE]))
    out.print(Text(printable(told)))
    out.print(Text(printable(f"clioscope run {made.conversations}\nclioscope evaluate RUN --truth {made.truth}")))
