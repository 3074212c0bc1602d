"""``clioscope report``: the explorer's page and a run's figures as one file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer
from rich.text import Text

from clioscope.atlas import Atlas
from clioscope.cli.console import console, error_console, printable
from clioscope.cli.overdue import refuse_outdated
from clioscope.errors import ClioscopeError
from clioscope.pipeline.exporting import note_export


def report(
    run: Path = typer.Argument(..., help="A run's folder, or its atlas."),
    output: Path | None = typer.Option(
        None, "-o", "--output", help="The file to write. Default: NAME.html of the run.", show_default=False
    ),
    folder: Path | None = typer.Option(
        None, "--folder", help="Write a folder of files instead, with everything, however large.", show_default=False
    ),
    store: str | None = typer.Option(
        None,
        "--store",
        envvar="CLIOSCOPE_STORE",
        show_envvar=False,
        help="Where people's edits are kept, as of clioscope serve; CLIOSCOPE_STORE says the same. Default: beside the "
        "runs.",
        show_default=False,
    ),
) -> None:
    """Write a run as one HTML file that opens from a disk: the explorer without a server, and without a network.

    It holds what the atlas holds, and no more: released names and rounded counts, with people's edits applied. Search
    is by words alone. Of a run with several hierarchies it holds all, and only the main one is for publishing: give
    RUN/atlas for a report of that one. Above 3 MB the finest pairs of attributes are left out; --folder keeps them.
    """
    from clioscope.explorer.report import write_report, write_report_folder  # takes most of a second to load

    if folder is not None and output is not None:
        raise typer.BadParameter("-o names one file, and --folder a folder of them: give one of the two.")
    refuse_outdated(run)
    page = output or Path(f"{run.name or 'run'}.html")
    with suppress(ClioscopeError):  # where there is no atlas, the report says so
        note_export(Atlas.open(run).path, folder or page, is_report=True)
    written = write_report_folder(run, folder, store) if folder else write_report(run, page, store=store)
    console().print(str(written.page), markup=False)
    notes = error_console()
    notes.print(Text(f"{written.size / 1e6:,.1f} MB. It shows what the atlas shows to whoever has it."))
    for line in _several(run, written.hierarchies):
        notes.print(Text(printable(line)))
    if written.shortened:
        again = f"clioscope report {run} --folder DIR"
        notes.print(Text(printable(f"The finest pairs of attributes were left out for its size: {again} keeps them.")))


def _several(run: Path, hierarchies: Sequence[tuple[str, bool]]) -> list[str]:
    """What whoever hands on a report of several hierarchies has to know; nothing where all are for publishing."""
    if all(is_for_publishing for _, is_for_publishing in hierarchies[1:]):
        return []
    listed = ", ".join(f"by {facet}" for facet, _ in hierarchies)
    main, is_for_publishing = hierarchies[0]
    which = f"only the one by {main} is for publishing" if is_for_publishing else "none is for publishing"
    alone = f"clioscope report {shlex.quote(str(run / 'atlas'))}"
    return [
        f"It holds {len(hierarchies)} hierarchies of the run ({listed}), of almost the same conversations.",
        f"What differs between two may be about few: {which}. A report of that by {main} alone, as released: {alone}",
    ]
