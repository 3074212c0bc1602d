"""``clioscope export``: the atlas as files for other tools."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from clioscope.atlas import Atlas, run_of
from clioscope.atlas.export import export as export_atlas
from clioscope.cli.console import console, error_console, errors, printable
from clioscope.cli.hierarchies import others
from clioscope.cli.overdue import refuse_outdated
from clioscope.pipeline.exporting import note_export
from clioscope.vault import RunFolder, write_combined


def export(
    run: Path = typer.Argument(..., help="A run's folder, or its atlas."),
    output: Path | None = typer.Option(
        None,
        "-o",
        "--output",
        help="Where to write. Default: RUN/exports, or RUN/exports-FACET of a further hierarchy.",
    ),
    conversations: bool = typer.Option(
        False,
        "--conversations",
        help="For the run's owner, and private: the clusters of every single conversation. It is written to "
        "RUN/vault/combined.csv (combined-FACET.csv of a further hierarchy), never beside what is for publishing.",
    ),
) -> None:
    """Write the atlas as clusters.json (nested), CSV and Parquet, and one CSV a level (level 0 = base).

    What begins like a spreadsheet formula is neutralised in every CSV.
    """
    atlas = Atlas.open(run)
    home = run_of(atlas) or atlas.path
    refuse_outdated(home)
    folder = output or home / atlas.path.name.replace("atlas", "exports", 1)
    if atlas.path.resolve() in (folder.resolve(), *folder.resolve().parents):
        errors(f"{folder} is inside the atlas, which holds the release and nothing else. Choose another with -o.")
        raise typer.Exit(1)
    private = _combined(atlas, home) if conversations else None
    note_export(atlas.path, folder)
    out, notes = console(), error_console()
    for path in export_atlas(atlas, folder):
        out.print(str(path), markup=False)
    for line in others(atlas, "export"):
        notes.print(Text(printable(line), style="dim"))
    if private:
        notes.print(Text(f"Private, in the vault: {private}. It tells of single conversations, so do not publish it."))


def _combined(atlas: Atlas, home: Path) -> Path:
    """Write the owner's own table into the vault."""
    run = RunFolder.existing(home)
    names = {cluster.id: cluster.name for cluster in atlas.walk()}
    path = run.vault / f"{atlas.path.name.replace('atlas', 'combined', 1)}.csv"
    write_combined(run, atlas.about["facet"], names, path)
    return path
