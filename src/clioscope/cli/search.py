"""``clioscope search``: clusters by words and by meaning."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from rich.text import Text

from clioscope.api import search as find
from clioscope.atlas import Atlas
from clioscope.cli.console import console, error_console, identified, printable
from clioscope.cli.hierarchies import others


def search(
    run: Path = typer.Argument(..., help="A run's folder, or its atlas."),
    text: str = typer.Argument(..., help="What to look for, in words of your own."),
    limit: int = typer.Option(10, min=1, help="At most so many clusters."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Find clusters by the words and the meaning of what is published about them."""
    atlas = Atlas.open(run)
    hits = find(atlas, text, limit=limit)
    if as_json:
        rows = [{"id": h.cluster.id, "name": h.cluster.name, "score": round(h.score, 3)} for h in hits]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    out = console()
    if not hits:
        out.print("No cluster is near that. Try other words, or `clioscope tree` to see all.")
    for hit in hits:
        line = Text(f"{hit.cluster.conversations:>7,}  ", style="cyan")
        line.append(printable(hit.cluster.name), style="bold")
        if identified(hit.cluster.name, hit.cluster.id) != hit.cluster.name:
            line.append(f"  {hit.cluster.id}", style="dim")
        out.print(line)
        parent = atlas.parent(hit.cluster)
        if parent:
            out.print(Text(f"         in {printable(parent.name)}", style="dim"))
    for note in others(atlas, "search"):
        error_console().print(Text(printable(note), style="dim"))
