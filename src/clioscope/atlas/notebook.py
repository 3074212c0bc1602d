"""An atlas in a notebook: a tree that opens, without a script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clioscope.atlas.atlas import Atlas, Cluster

_STYLE = (
    "<style>.clioscope details,.clioscope p{margin:0 0 0 1.2em}.clioscope p{opacity:.75}"
    ".clioscope summary{cursor:pointer}.clioscope b{font-variant-numeric:tabular-nums;font-weight:500}</style>"
)


def tree_html(atlas: Atlas) -> str:
    """The hierarchy as nested ``<details>``. Every text is escaped."""
    users = f" of {atlas.users:,} users" if atlas.users is not None else ""
    stamp = "" if atlas.for_publishing else " <em>Not for publishing.</em>"
    head = f"<p><strong>{atlas.conversations:,} conversations{users}</strong>{stamp}</p>"
    return f'<div class="clioscope">{_STYLE}{head}{"".join(_node(atlas, c) for c in atlas.top())}</div>'


def _node(atlas: Atlas, cluster: Cluster) -> str:
    inside = "".join(_node(atlas, child) for child in atlas.children(cluster))
    return (
        f"<details><summary>{escape(cluster.name)} <b>{cluster.conversations:,}</b> "
        f"({atlas.share(cluster):.0%})</summary><p>{escape(cluster.description)}</p>{inside}</details>"
    )
