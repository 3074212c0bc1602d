"""``clioscope tree``: the hierarchy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text
from rich.tree import Tree

from clioscope.atlas import Atlas, Cluster
from clioscope.cli.console import console, count, error_console, identified, printable
from clioscope.cli.hierarchies import by_facet, others

_GAP = "  "

_LEAST_NAME = 12
"""Columns. A name that had fewer beside its figures gets a line of its own."""


def tree(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME, or its atlas."),
    depth: int | None = typer.Option(None, min=1, help="Show so many levels from the top. Default: all."),
    min_size: int = typer.Option(0, help="Leave out clusters of fewer conversations."),
    descriptions: bool = typer.Option(False, help="Add each cluster's description."),
    ids: bool = typer.Option(False, help="Add each cluster's id, for `clioscope show`."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON instead."),
) -> None:
    """Print the hierarchy: name, size and share of every cluster.

    Sizes are rounded, so those of a cluster's children need not add up to its own. A cluster and its only child share
    a line where they have one name and one size; --ids then gives the ids of both.
    """
    atlas = Atlas.open(run)
    if as_json:
        typer.echo(json.dumps([_nested(atlas, c, depth, min_size) for c in _kept(atlas.top(), min_size)], indent=2))
    else:
        print_tree(atlas, depth=depth, min_size=min_size, descriptions=descriptions, ids=ids)
        for line in others(atlas, "tree"):
            error_console().print(Text(printable(line), style="dim"))


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
            same = _same(atlas, cluster)[: None if depth is None else depth - level + 1]
            below = branch.add(_line(atlas, same, descriptions=descriptions, ids=ids))
            reached = level + len(same) - 1
            if depth is None or reached < depth:
                grow(below, atlas.children(same[-1]), reached + 1)

    grow(root, atlas.top(), 1)
    console().print(root)


class _Line:
    """A cluster's line: in a narrow window the name gives way, and never the figures."""

    def __init__(self, name: Text, figures: Text, below: Text | None) -> None:
        self._name, self._figures, self._below = name, figures, below

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width - self._figures.cell_len - len(_GAP)
        enough = room >= min(_LEAST_NAME, self._name.cell_len)
        name = self._name.copy()
        name.truncate(room if enough else options.max_width, overflow="ellipsis")
        if enough:
            yield Text.assemble(name, _GAP, self._figures)
        else:
            yield name
            yield self._figures
        if self._below:
            yield self._below


def _head(atlas: Atlas) -> Text:
    head = Text(count(atlas.conversations, atlas.counted), style="bold")
    if atlas.users is not None and atlas.counted != "user":
        head.append(f" of {count(atlas.users, 'user')}")
    if by_facet(atlas):
        head.append(f", {by_facet(atlas)}")
    if not atlas.for_publishing:
        head.append("  not for publishing", style="bold yellow")
    return head


def _same(atlas: Atlas, cluster: Cluster) -> list[Cluster]:
    """``cluster`` and what is below it, as long as that is an only child of the same name and size."""
    same = [cluster]
    while len(children := atlas.children(same[-1])) == 1:
        (child,) = children
        if (child.name, child.conversations, child.users) != (cluster.name, cluster.conversations, cluster.users):
            break
        same.append(child)
    return same


def _line(atlas: Atlas, same: list[Cluster], *, descriptions: bool, ids: bool) -> _Line:
    cluster = same[0]
    name = Text(printable(cluster.name), style="bold" if cluster.level == atlas.levels - 1 else "")
    # Where even the figures have no room they go on in the next line, between two of them.
    figures = Text(no_wrap=False, overflow="fold")
    figures.append(f"{cluster.conversations:,}", style="cyan")
    figures.append(f"{_GAP}{atlas.share(cluster):.1%}", style="dim")
    told = [c.id for c in same if identified(c.name, c.id) != c.name]
    if ids and told:
        figures.append(_GAP + ", ".join(told), style="dim")
    below = None
    if descriptions:
        said = dict.fromkeys(printable(c.description) for c in same)
        below = Text("\n".join(said), style="dim", no_wrap=False)
    return _Line(name, figures, below)


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
