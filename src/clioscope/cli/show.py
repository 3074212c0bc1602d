"""``clioscope show``: one cluster."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from clioscope.atlas import Atlas, Cell, Cluster
from clioscope.cli.console import console, count, identified, printable
from clioscope.cli.hierarchies import by_facet

_MOST_VALUES = 12
_BAR = 24
_WHAT_IS_MISSING = (
    "A value that is not listed is empty or withheld, and the two look alike: too few people are behind it, or mostly "
    "one, or it would give away another of which this is so. The rest is what the listed ones leave of the cluster, "
    "conversations without a value included. Figures are rounded: a small rest may be nothing, and no rest does not "
    "say that nothing is withheld."
)


def show(
    run: Path = typer.Argument(..., help="A run's folder, or its atlas."),
    cluster: str = typer.Argument(
        ..., help="A cluster's id (see `clioscope tree --ids`) or the beginning of its name."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Show one cluster: description, terms, its parent and children, and every released count.

    A value that is not listed is not released: it is empty or withheld. What the listed ones leave of the cluster is
    shown as the rest.
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
        "facet": atlas.about["facet"],
        "share": round(atlas.share(cluster), 4),
        "children": [child.id for child in atlas.children(cluster)],
        "counts": {a: [asdict(cell) for cell in atlas.counts(a, cluster)] for a in atlas.attributes},
        "rest": {a: _rest(cluster, atlas.counts(a, cluster)) for a in atlas.attributes},
    }


def _print(atlas: Atlas, cluster: Cluster) -> None:
    out = console()
    name = Text(printable(cluster.name), style="bold")
    if identified(cluster.name, cluster.id) != cluster.name:
        name.append(f" ({cluster.id})", style="not bold dim")
    out.print(name)
    out.print(Text(printable(cluster.description)))
    size = f"{count(cluster.conversations, atlas.counted)}, {atlas.share(cluster):.1%} of all"
    if cluster.users is not None and atlas.counted != "user":
        size += f", {count(cluster.users, 'user')}"
    out.print(Text(size, style="cyan"))
    if by_facet(atlas):
        out.print(Text("In the hierarchy: ", style="dim") + Text(printable(by_facet(atlas))))
    if cluster.terms:
        out.print(Text("Terms: ", style="dim") + Text(printable("; ".join(cluster.terms))))
    parent = atlas.parent(cluster)
    if parent:
        out.print(Text("Within: ", style="dim") + Text(printable(identified(parent.name, parent.id))))
    children = atlas.children(cluster)
    if children:
        out.print(Text("Holds:", style="dim"))
        for child in children:
            out.print(Text(f"  {child.conversations:>7,}  {printable(identified(child.name, child.id))}"))
    for attribute in atlas.attributes:
        _print_counts(atlas, cluster, attribute)
    if atlas.attributes:
        out.print()
        out.print(Text(_WHAT_IS_MISSING, style="dim"))


def _print_counts(atlas: Atlas, cluster: Cluster, attribute: str) -> None:
    out = console()
    cells = atlas.counts(attribute, cluster)
    out.print()
    out.print(Text(f"By {printable(attribute)}", style="bold"))
    if not cells:
        out.print(Text("  nothing is shown: every value is withheld or empty", style="dim"))
        return
    if attribute in ("month", "week"):
        cells = sorted(cells, key=lambda cell: cell.value)
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(overflow="fold")
    for _ in ("conversations", "share", "bar"):
        table.add_column(no_wrap=True)
    width = min(_BAR, out.width // 4)
    most = max(cell.conversations for cell in cells)
    for cell in cells[:_MOST_VALUES]:
        bar = "█" * max(1, round(width * cell.conversations / most)) if most else ""
        table.add_row(Text("  " + printable(cell.value)), *_figures(cell.conversations, cluster), Text(bar, "cyan"))
    unlisted = cells[_MOST_VALUES:]
    if unlisted:
        more = f"  {len(unlisted):,} more (--json lists all)"
        table.add_row(Text(more, "dim"), *_figures(sum(cell.conversations for cell in unlisted), cluster))
    if rest := _rest(cluster, cells):
        table.add_row(Text("  the rest", "dim"), *_figures(rest, cluster))
    out.print(table)


def _figures(conversations: int, cluster: Cluster) -> tuple[Text, Text]:
    share = conversations / cluster.conversations if cluster.conversations else 0
    return Text(f"{conversations:,}"), Text(f"{min(1, share):.0%}")


def _rest(cluster: Cluster, cells: list[Cell]) -> int:
    """What the released values leave of the cluster's size: from published figures alone, and as rounded as these."""
    return max(0, cluster.conversations - sum(cell.conversations for cell in cells))
