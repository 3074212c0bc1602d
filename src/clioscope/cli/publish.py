"""``clioscope publish``: enter an atlas in the ledger of what is out, once it passes the audit beside the rest."""

from __future__ import annotations

import sys
from pathlib import Path

import typer
from rich.text import Text

from clioscope.cli.console import console, printable
from clioscope.cli.progress import make_progress
from clioscope.cli.publications import publication_lines
from clioscope.embeddings import MiniLMEmbedder
from clioscope.errors import ConfigError, RunError
from clioscope.pipeline.finishing import finish_deleting
from clioscope.pipeline.publishing import hand_out, prepared, publish, published_as, refuse_place
from clioscope.pipeline.withdrawing import copy_of, withdraw
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.publications import Publication


def publish_command(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME."),
    to: Path | None = typer.Option(
        None, "--to", help="Also copy what is published to this folder, which may be handed out."
    ),
    after: list[Path] = typer.Option(
        [],
        "--after",
        help="Another run over the same conversations, not in the same folder, whose publications this one is to be "
        "compared with as well. May be given several times.",
    ),
    despite_noise: bool = typer.Option(
        False,
        "--despite-noise",
        help="Publish counts although a release with noise (--epsilon) of the same conversations is out. What epsilon "
        "promised then no longer holds.",
    ),
    list_them: bool = typer.Option(False, "--list", help="Print what was published, and change nothing."),
    withdraw_number: int | None = typer.Option(
        None, "--withdraw", help="Withdraw the publication of this number: what is left of it here goes."
    ),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Print nothing but the publication, and errors."),
) -> None:
    """Publish the atlas of a run: audit it beside what is out already, and enter it in the run's ledger.

    Until then an atlas may be remade freely. What is published lies in RUN/publications/NUMBER. A further publication
    may repeat or withhold figures, so that nobody learns of few people by subtracting one from another; the run's own
    atlas stays as it is. Compared are the publications of this run, of all runs in the same folder that share
    conversations with it, and of those that --after names.
    """
    out, folder = console(), RunFolder.existing(run)
    if list_them:
        for line in publication_lines(run) or ["Nothing of this run was published."]:
            out.print(Text(printable(line)))
        return
    if withdraw_number is not None and (to or after):
        raise ConfigError("--withdraw takes one back, and --to and --after are for publishing: give one of them.")
    with run_lock(folder.vault):
        for line in finish_deleting(folder):
            out.print(Text(printable(line)))
        if withdraw_number is not None:
            for line in withdraw(folder, withdraw_number):
                out.print(Text(printable(line)))
            return
        _publish(folder, to, after, despite_noise=despite_noise, yes=yes, quiet=quiet)


def _publish(
    folder: RunFolder, to: Path | None, after: list[Path], *, despite_noise: bool, yes: bool, quiet: bool
) -> None:
    out = console()
    if to is not None:
        refuse_place(folder, to)
    already = published_as(folder) if folder.atlas.is_dir() else None
    if already is not None:
        _already(folder, already, to)
        return
    progress = make_progress(quiet=quiet, as_json=False)
    others = [RunFolder.existing(path) for path in after]
    if folder.path.resolve() in [other.path.resolve() for other in others]:
        raise ConfigError("--after names this run itself: its own publications are compared anyhow. Leave it out.")
    with prepared(folder, MiniLMEmbedder(), progress, others, despite_noise=despite_noise) as ready:
        if not quiet:
            for line in ready.sentences:
                out.print(Text(printable(line)))
        if not yes:
            _ask(ready.row.number)
        row = publish(folder, ready, to)
    out.print(Text(printable(f"Published as number {row.number}: {copy_of(folder, row.number)}")))
    out.print(Text(f"SHA-256 {row.hash}"))
    if to is not None:
        out.print(Text(printable(f"To hand out: {to}")))


def _already(folder: RunFolder, row: Publication, to: Path | None) -> None:
    console().print(Text(f"This atlas is publication {row.number} already, of {row.date[:10]}."))
    if to is not None:
        hand_out(folder, row.number, to)
        console().print(Text(printable(f"To hand out: {to}")))


def _ask(number: int) -> None:
    if not sys.stdin.isatty():
        raise RunError("Nothing was published, since nobody can be asked here: add --yes.")
    if not typer.confirm(f"Publish it as number {number}? It then counts for all later ones."):
        raise typer.Exit(1)
