"""``clioscope run``: from conversations to an atlas."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.text import Text

from clioscope.api import run_with
from clioscope.cli.console import console, error_console, errors, printable
from clioscope.cli.progress import make_progress
from clioscope.cli.summary import summary, summary_lines
from clioscope.cli.tree import print_tree
from clioscope.config import Config, make_config, read_config
from clioscope.errors import ConfigError

_READ, _WHICH, _GROUP, _PRIVACY, _SHOW = (
    "What is read",
    "Which conversations",
    "Clusters and hierarchy",
    "Privacy",
    "What is shown",
)


def run(
    source: list[str] = typer.Argument(
        None, help="Files, folders, globs, or - for standard input; plain, .gz, .zst or .zip."
    ),
    run: Path | None = typer.Option(
        None, "--run", "-r", help="The run's folder. Default: runs/ and the source's name."
    ),
    config: Path | None = typer.Option(
        None, help="A TOML file with a [config] table, such as another run's run.toml.", rich_help_panel=_READ
    ),
    field: list[str] = typer.Option(
        [],
        help="Where a column has another name: id=, user=, time=, text= or messages=, with dots for nested ones.",
        rich_help_panel=_READ,
    ),
    facet: list[str] = typer.Option(
        [],
        help="A metadata column to count by and to publish, with at most 50 values. May be given several times.",
        rich_help_panel=_READ,
    ),
    max_set_aside: float | None = typer.Option(
        None,
        min=0,
        max=1,
        help="Stop where a larger share of the records is broken. Default: 0.01.",
        rich_help_panel=_READ,
    ),
    sample: int | None = typer.Option(
        None, min=1, help="Take so many conversations at random.", rich_help_panel=_WHICH
    ),
    since: str | None = typer.Option(
        None, help="From this day or time on, such as 2026-06-01.", rich_help_panel=_WHICH
    ),
    until: str | None = typer.Option(
        None, help="Up to the end of this day, or before this time.", rich_help_panel=_WHICH
    ),
    last: str | None = typer.Option(
        None,
        help="The last hours, days, weeks or months: 12h, 7d, 4w, 3m. Fixed when the run begins.",
        rich_help_panel=_WHICH,
    ),
    clusters: int | None = typer.Option(None, min=1, help="So many base clusters.", rich_help_panel=_GROUP),
    cluster_size: int | None = typer.Option(
        None,
        min=1,
        help="So many conversations a base cluster on average. Default: the square root of all.",
        rich_help_panel=_GROUP,
    ),
    hierarchy: str | None = typer.Option(
        None, help="The number of clusters of each level, base first: 150,10.", rich_help_panel=_GROUP
    ),
    branching: int | None = typer.Option(
        None, min=2, help="So many children a cluster on average.", rich_help_panel=_GROUP
    ),
    top_clusters: int | None = typer.Option(
        None, min=1, help="So many clusters at the top. Default: 5 to 20.", rich_help_panel=_GROUP
    ),
    seed: int | None = typer.Option(None, help="Where all randomness comes from. Default: 0.", rich_help_panel=_GROUP),
    profile: str | None = typer.Option(
        None,
        help="default: 10 users and 15 conversations behind every figure. "
        "personal: your own export, no minimums, not for publishing.",
        rich_help_panel=_PRIVACY,
    ),
    min_users: int | None = typer.Option(
        None, min=1, help="The fewest users behind any figure.", rich_help_panel=_PRIVACY
    ),
    min_conversations: int | None = typer.Option(
        None, min=1, help="The fewest conversations behind any figure.", rich_help_panel=_PRIVACY
    ),
    period: str | None = typer.Option(
        None, help="Count by month or by week. Default: month.", rich_help_panel=_PRIVACY
    ),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but errors.", rich_help_panel=_SHOW),
    as_json: bool = typer.Option(
        False,
        "--json",
        help="Print the summary as JSON; progress as JSON lines on standard error.",
        rich_help_panel=_SHOW,
    ),
) -> None:
    """Read conversations and show what people do in them.

    Understands JSONL and JSON with messages, OpenAI chat, Claude's and ChatGPT's exports, ShareGPT, LMSYS-Chat-1M,
    WildChat, hh-rlhf, Parquet and CSV, by looking at the content. Nothing leaves this machine.

    Stopped at any point, the same command goes on. With another option it redoes only what depends on it.
    """
    given = {
        "source": source or None,
        "fields": dict(_pair(text) for text in field) or None,
        "facets": facet or None,
        "max_set_aside": max_set_aside,
        "sample": sample,
        "since": since,
        "until": until,
        "last": last,
        "clusters": clusters,
        "cluster_size": cluster_size,
        "hierarchy": _numbers(hierarchy) if hierarchy else None,
        "branching": branching,
        "top_clusters": top_clusters,
        "seed": seed,
        "profile": profile,
        "min_users": min_users,
        "min_conversations": min_conversations,
        "period": period,
    }
    base = read_config(config).model_dump(exclude_none=True) if config else {}
    settled = make_config(**(base | {key: value for key, value in given.items() if value is not None}))
    if not settled.source:
        raise ConfigError("Nothing to read: name a file, a folder, a glob, or - for standard input.")
    start(settled, run, quiet=quiet, as_json=as_json)


def start(config: Config, folder: Path | None, *, quiet: bool, as_json: bool) -> None:
    """Run ``config`` and show the result."""
    try:
        done = run_with(config, folder, progress=make_progress(quiet=quiet, as_json=as_json))
    except KeyboardInterrupt:
        errors("Stopped. What is done is kept: the same command goes on from there.")
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps(summary(done), indent=2, ensure_ascii=False))
    elif not quiet:
        print_tree(done.atlas)
        out = error_console()
        for line in summary_lines(done):
            out.print(Text(printable(line)))
        console().file.flush()


def _pair(text: str) -> tuple[str, str]:
    name, equals, column = text.partition("=")
    if not equals or not name or not column:
        raise ConfigError(f"--field {text}: write it as name=column, such as --field user=account_id.")
    return name, column


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ConfigError(f"--hierarchy {text}: write whole numbers with commas, base first, such as 150,10.") from None
