"""Views as tables: two selections side by side, one cluster's figures, the review queue. Released cells alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pyarrow as pa

from clioscope.atlas.schema import EVERYTHING
from clioscope.explorer.cube import EVERYTHING_LEVEL
from clioscope.explorer.review.answers import ReviewQueue
from clioscope.explorer.schemas import Cells, Cluster

_TEXT, _WHOLE, _REAL = pa.string(), pa.int64(), pa.float64()
_COMPARISON = pa.schema(
    {
        "level": pa.int32(),
        "cluster_id": _TEXT,
        "name": _TEXT,
        "first": _TEXT,
        "first_conversations": _WHOLE,
        "first_users": _WHOLE,
        "second": _TEXT,
        "second_conversations": _WHOLE,
        "second_users": _WHOLE,
    }
)
_DETAILS = pa.schema(
    {
        "cluster_id": _TEXT,
        "name": _TEXT,
        "attribute": _TEXT,
        "value": _TEXT,
        "conversations": _WHOLE,
        "users": _WHOLE,
    }
)
_REVIEW = pa.schema(
    {
        "level": pa.int32(),
        "cluster_id": _TEXT,
        "name": _TEXT,
        "state": _TEXT,
        "score": _REAL,
        "concern": _REAL,
        "growth": _REAL,
        "conversations": _WHOLE,
        "notes": _WHOLE,
        "last_state": _TEXT,
        "last_note": _TEXT,
        "last_author": _TEXT,
        "last_time": _TEXT,
    }
)
_EVERYTHING_NAME = "everything together"


class Counts(NamedTuple):
    """A released count. ``None`` is not released, or of users not known."""

    conversations: int | None = None
    users: int | None = None


class Side(NamedTuple):
    """One side of a comparison: what it is called, and its counts by cluster, ``all`` among them."""

    name: str
    counts: Mapping[str, Counts]


def side_of(attribute: str, value: str, cells: Iterable[Cells]) -> Side:
    """Of one value of one attribute: its cells on a level, and of everything together."""
    counts: dict[str, Counts] = {}
    for found in cells:
        counts |= {found.clusters[place]: _counts(found, i) for i, place in enumerate(found.cluster)}
    return Side(f"{attribute}: {value}", counts)


def everything_side(clusters: Iterable[Cluster], total: Counts) -> Side:
    """All conversations, as they were released: what a single selection is set beside."""
    counts = {cluster.id: Counts(cluster.conversations, cluster.users) for cluster in clusters}
    return Side(_EVERYTHING_NAME, counts | {EVERYTHING: total})


def comparison_table(level: int, clusters: Sequence[Cluster], first: Side, second: Side) -> pa.Table:
    """One row for everything together, which shares are of, and one for each cluster of ``level``.

    A cluster that people have grouped others into has no figures until the next release: those of one part are not its.
    """
    named = [(EVERYTHING_LEVEL, EVERYTHING, _EVERYTHING_NAME, True)]
    named += [(level, of.id, of.name, of.conversations is not None) for of in clusters if of.level == level]
    rows = []
    for of_level, id, name, has_figures in named:
        one, two = (side.counts.get(id, Counts()) if has_figures else Counts() for side in (first, second))
        rows.append((of_level, id, name, first.name, *one, second.name, *two))
    return _table(rows, _COMPARISON)


def details_table(id: str, name: str | None, whole: Counts, cells: Iterable[Cells]) -> pa.Table:
    """One row for the cluster as a whole, and one for each released cell of it, attribute by attribute.

    Parameters
    ----------
    name
        As it is shown; ``None`` for everything together.
    cells
        Of the cluster's level, by an attribute each. Of two attributes, the second one is told.
    """
    told = _EVERYTHING_NAME if name is None else name
    rows: list[Sequence[object]] = [(id, told, None, None, *whole)]
    for found in cells:
        values, column = found.values[-1], found.value_2 if len(found.attributes) == 2 else found.value_1
        here = [i for i, place in enumerate(found.cluster) if found.clusters[place] == id]
        rows += [(id, told, found.attributes[-1], values[column[i]], *_counts(found, i)) for i in here]
    return _table(rows, _DETAILS)


def review_table(queue: ReviewQueue, names: Mapping[str, str]) -> pa.Table:
    """One row a cluster, first to look at first; then what was said of clusters of other releases, without an id."""
    rows: list[dict[str, Any]] = [
        {"level": queue.level, "cluster_id": item.cluster, "name": names[item.cluster]}
        | item.model_dump(include={"state", "score", "concern", "growth", "conversations", "notes"})
        | _last(item.last.model_dump() if item.last else {})
        for item in queue.items
    ]
    rows += [
        {"level": lost.level, "name": lost.name, "state": lost.state}
        | {"notes": sum(event.note is not None for event in lost.history)}
        | _last(lost.history[0].model_dump() if lost.history else {})
        for lost in queue.lost
    ]
    return pa.Table.from_pylist(rows, _REVIEW)


def _last(event: Mapping[str, Any]) -> dict[str, Any]:
    return {f"last_{name}": event.get(name) for name in ("state", "note", "author", "time")}


def _counts(cells: Cells, number: int) -> Counts:
    return Counts(cells.conversations[number], None if cells.users is None else cells.users[number])


def _table(rows: Sequence[Sequence[object]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
