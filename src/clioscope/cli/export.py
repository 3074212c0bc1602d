"""``clioscope export``: the atlas as files for other tools."""

from __future__ import annotations

from pathlib import Path

import typer

from clioscope.atlas import Atlas
from clioscope.atlas.export import export as export_atlas
from clioscope.cli.console import console, errors
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
        help="For the run's owner: combined.csv, the clusters of every single conversation, from the vault. Private.",
    ),
) -> None:
    """Write the atlas as clusters.json (nested), CSV and Parquet, and one CSV a level (level 0 = base).

    What begins like a spreadsheet formula is neutralised in every CSV.
    """
    atlas = Atlas.open(run)
    home = atlas.path.parent if atlas.path.name.split("-")[0] == "atlas" else atlas.path
    folder = output or home / atlas.path.name.replace("atlas", "exports", 1)
    if atlas.path.resolve() in (folder.resolve(), *folder.resolve().parents):
        errors(f"{folder} is inside the atlas, which holds the release and nothing else. Choose another with -o.")
        raise typer.Exit(1)
    written = export_atlas(atlas, folder)
    if conversations:
        names = {cluster.id: cluster.name for cluster in atlas.walk()}
        write_combined(RunFolder.existing(home), atlas.about["facet"], names, folder / "combined.csv")
        written.append(folder / "combined.csv")
    out = console()
    for path in written:
        out.print(str(path), markup=False)
    if conversations:
        out.print("combined.csv names single conversations: it is yours, and not for publishing.")
