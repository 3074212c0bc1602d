"""``clioscope tree``: the hierarchy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer
from rich.text import Text
from rich.tree import Tree

from clioscope.atlas import Atlas, Cluster
from clioscope.cli.console import console, count, printable


def tree(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME, or its atlas."),
    depth: int | None = typer.Option(None, min=1, help="Show so many levels from the top."),
    min_size: int = typer.Option(0, help="Leave out clusters of fewer conversations."),
    descriptions: bool = typer.Option(False, help="Add each cluster's description."),
    ids: bool = typer.Option(False, help="Add each cluster's id, for `clioscope show`."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Print the hierarchy: name, size and share of every cluster.

    Sizes are rounded, so those of a cluster's children need not add up to its own.
    """
    atlas = Atlas.open(run)
    if as_json:
        typer.echo(json.dumps([_nested(atlas, c, depth, min_size) for c in _kept(atlas.top(), min_size)], indent=2))
    else:
        print_tree(atlas, depth=depth, min_size=min_size, descriptions=descriptions, ids=ids)


def print_tree(
    atlas: Atlas,
    *,
    depth: int | None = None,
    min_size: int = 0,
    descriptions: bool = False,
    ids: bool = False,
) -> None:
    """Print ``atlas`` as a tree."""
    root = Tree(_head(atlas), guide_style="dim")

    def grow(branch: Tree, clusters: list[Cluster], level: int) -> None:
        for cluster in _kept(clusters, min_size):
            label = _label(atlas, cluster, ids)
            if descriptions:
                label.append("\n" + printable(cluster.description), style="dim")
            below = branch.add(label)
            if depth is None or level < depth:
                grow(below, atlas.children(cluster), level + 1)

    grow(root, atlas.top(), 1)
    console().print(root)


def _head(atlas: Atlas) -> Text:
    head = Text(count(atlas.conversations, "conversation"), style="bold")
    if atlas.users is not None:
        head.append(f" of {count(atlas.users, 'user')}")
    if not atlas.for_publishing:
        head.append("  not for publishing", style="bold yellow")
    return head


def _label(atlas: Atlas, cluster: Cluster, ids: bool) -> Text:
    label = Text(printable(cluster.name), style="bold" if cluster.level == atlas.levels - 1 else "")
    label.append(f"  {cluster.conversations:,}", style="cyan")
    label.append(f"  {atlas.share(cluster):.1%}", style="dim")
    if ids:
        label.append(f"  {cluster.id}", style="dim")
    return label


def _kept(clusters: list[Cluster], min_size: int) -> list[Cluster]:
    return [cluster for cluster in clusters if cluster.conversations >= min_size]


def _nested(atlas: Atlas, cluster: Cluster, depth: int | None, min_size: int) -> dict[str, Any]:
    deeper = depth is None or depth > 1
    below = _kept(atlas.children(cluster), min_size) if deeper else []
    return {
        "id": cluster.id,
        "name": cluster.name,
        "description": cluster.description,
        "conversations": cluster.conversations,
        "users": cluster.users,
        "share": round(atlas.share(cluster), 4),
        "children": [_nested(atlas, child, None if depth is None else depth - 1, min_size) for child in below],
    }
