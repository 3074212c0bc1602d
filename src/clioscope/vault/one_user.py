"""Taking one user's rows out of the tables of a vault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from clioscope.errors import RunError
from clioscope.vault.facet_table import items_in
from clioscope.vault.files import read_array, write_array
from clioscope.vault.run_folder import RunFolder
from clioscope.vault.tables import Parts

Cuts = dict[str, dict[str, Any]]
"""By the number of a part: ``rows``, which are to go, and ``before``, how many it has while they are there."""


def plan(run: RunFolder, user: bytes) -> dict[str, Any]:
    """Which rows of which parts are about ``user``, as JSON can hold it. Nothing is changed."""
    conversations: Cuts = {}
    facets: Cuts = {}
    vectors: dict[str, Cuts] = {facet: {} for facet in embedded(run)}
    for number, table in enumerate(run.conversations.read(["user"])):
        rows = [row for row, whose in enumerate(table["user"].to_pylist()) if whose == user]
        if not rows:
            continue
        conversations[str(number)] = {"rows": rows, "before": table.num_rows}
        if not run.facets.path(number).exists():
            continue
        facets[str(number)] = {"rows": rows, "before": table.num_rows}
        part = run.facets.read_part(number)
        for facet, cuts in vectors.items():
            path = vectors_of(run, facet).path(number)
            whose_items = items_in(part, facet)
            if path.exists() and whose_items is not None:
                items = np.flatnonzero(np.isin(whose_items, rows)).tolist()
                cuts[str(number)] = {"rows": items, "before": len(whose_items)}
    return {"conversations": conversations, "facets": facets, "vectors": vectors}


def cut(run: RunFolder, planned: dict[str, Any]) -> dict[str, int]:
    """Take out what was planned, whatever of it is done already. How much of each table is gone now.

    Vectors go first and conversations last: as long as anything is left, it can be found by its user.
    """
    counts = {"conversations": 0, "facets": 0, "vectors": 0}
    for facet, cuts in planned["vectors"].items():
        counts["vectors"] += _cut_arrays(vectors_of(run, facet), cuts)
    counts["facets"] = _cut_tables(run.facets, planned["facets"])
    counts["conversations"] = _cut_tables(run.conversations, planned["conversations"])
    return counts


def embedded(run: RunFolder) -> list[str]:
    """The facets of which there are vectors."""
    folder = run.vault / "embeddings"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def vectors_of(run: RunFolder, facet: str) -> Parts:
    """The vectors of a facet, in parts."""
    return Parts(run.vault / "embeddings" / facet, suffix=".npy")


def _cut_tables(parts: Parts, cuts: Cuts) -> int:
    for number, planned in cuts.items():
        table = parts.read_part(int(number))
        if _is_to_do(planned, table.num_rows, parts, int(number)):
            kept = np.ones(table.num_rows, dtype=bool)
            kept[planned["rows"]] = False
            users = parts.users(int(number))
            left = None if users is None else [user for user, stays in zip(users, kept, strict=True) if stays]
            parts.write(int(number), table.filter(pa.array(kept)).combine_chunks(), left)
    return _count(cuts.values())


def _cut_arrays(parts: Parts, cuts: Cuts) -> int:
    for number, planned in cuts.items():
        path = parts.path(int(number))
        array = read_array(path)
        if _is_to_do(planned, len(array), parts, int(number)):
            write_array(path, np.delete(array, planned["rows"], axis=0))
    return _count(cuts.values())


def _is_to_do(planned: dict[str, Any], rows: int, parts: Parts, number: int) -> bool:
    """Whether the rows are still there."""
    if rows == planned["before"]:
        return bool(planned["rows"])
    if rows == planned["before"] - len(planned["rows"]):
        return False
    raise RunError(
        f"{parts.path(number)} has {rows:,} rows, and had {planned['before']:,} when deleting began: somebody else "
        "changed it. Delete the run's folder and run again from the source."
    )


def _count(cuts: Iterable[dict[str, Any]]) -> int:
    return sum(len(planned["rows"]) for planned in cuts)
