"""``clioscope show``: one cluster."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from clioscope.atlas import Atlas, Cluster
from clioscope.cli.console import console, count, printable

_MOST_VALUES = 12
_BAR = 24


def show(
    run: Path = typer.Argument(..., help="A run's folder, or its atlas."),
    cluster: str = typer.Argument(
        ..., help="A cluster's id (see `clioscope tree --ids`) or the beginning of its name."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Show one cluster: description, terms, its parent and children, and every released count.

    A value that is not listed is not released: it is empty, or too few people are behind it.
    """
    atlas = Atlas.open(run)
    found = atlas.cluster(cluster)
    if as_json:
        typer.echo(json.dumps(_record(atlas, found), indent=2, ensure_ascii=False))
    else:
        _print(atlas, found)


def _record(atlas: Atlas, cluster: Cluster) -> dict[str, object]:
    return {
        **asdict(cluster),
        "share": round(atlas.share(cluster), 4),
        "children": [child.id for child in atlas.children(cluster)],
        "counts": {a: [asdict(cell) for cell in atlas.counts(a, cluster)] for a in atlas.attributes},
    }


def _print(atlas: Atlas, cluster: Cluster) -> None:
    out = console()
    out.print(Text(printable(cluster.name), style="bold"), Text(f"({cluster.id})", style="dim"))
    out.print(Text(printable(cluster.description)))
    size = f"{count(cluster.conversations, 'conversation')}, {atlas.share(cluster):.1%} of all"
    if cluster.users is not None:
        size += f", {count(cluster.users, 'user')}"
    out.print(Text(size, style="cyan"))
    if cluster.terms:
        out.print(Text("Terms: ", style="dim") + Text(printable("; ".join(cluster.terms))))
    parent = atlas.parent(cluster)
    if parent:
        out.print(Text("Within: ", style="dim") + Text(printable(f"{parent.name} ({parent.id})")))
    children = atlas.children(cluster)
    if children:
        out.print(Text("Holds:", style="dim"))
        for child in children:
            out.print(Text(f"  {child.conversations:>7,}  {printable(child.name)} ({child.id})"))
    for attribute in atlas.attributes:
        _print_counts(atlas, cluster, attribute)


def _print_counts(atlas: Atlas, cluster: Cluster, attribute: str) -> None:
    out = console()
    cells = atlas.counts(attribute, cluster)
    out.print()
    out.print(Text(f"By {printable(attribute)}", style="bold"))
    if not cells:
        out.print(Text("  not released", style="dim"))
        return
    if attribute in ("month", "week"):
        cells = sorted(cells, key=lambda cell: cell.value)
    most = max(cell.conversations for cell in cells)
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    for cell in cells[:_MOST_VALUES]:
        bar = "█" * max(1, round(_BAR * cell.conversations / most)) if most else ""
        share = cell.conversations / cluster.conversations if cluster.conversations else 0
        table.add_row(
            Text("  " + printable(cell.value)),
            Text(f"{cell.conversations:,}"),
            Text(f"{min(1, share):.0%}"),
            Text(bar, "cyan"),
        )
    out.print(table)
    if len(cells) > _MOST_VALUES:
        out.print(Text(f"  and {len(cells) - _MOST_VALUES} more; --json lists all", style="dim"))
