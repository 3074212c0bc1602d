"""An atlas as files for other tools."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.atlas.atlas import Atlas, Cluster
from clioscope.atlas.schema import EVERYTHING
from clioscope.csv_files import write_csv


def export(atlas: Atlas, folder: Path) -> list[Path]:
    """Write ``atlas`` into ``folder``: the same released figures in each form.

    ``clusters.json`` nests the hierarchy; ``level_N_clusters.csv`` holds one level each (0 = base); ``clusters``,
    ``cube`` and ``map`` come as CSV and as Parquet.

    Returns
    -------
    The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write_nested(atlas, folder / "clusters.json")]
    for name, table in (("clusters", atlas.clusters), ("cube", atlas.cube), ("map", atlas.map)):
        arrow = table.to_arrow()
        pq.write_table(arrow, folder / f"{name}.parquet", compression="zstd")
        written += [folder / f"{name}.parquet", _write_table(arrow, folder / f"{name}.csv")]
    clusters = atlas.clusters.to_arrow()
    for level in range(atlas.levels):
        rows = clusters.filter(pa.compute.equal(clusters["level"], level))
        written.append(_write_table(rows, folder / f"level_{level}_clusters.csv"))
    return written


def is_exported(name: str) -> bool:
    """Whether :func:`export` writes a file of that name."""
    return bool(re.fullmatch(r"clusters\.json|(clusters|cube|map)\.(csv|parquet)|level_\d+_clusters\.csv", name))


def _write_table(table: pa.Table, path: Path) -> Path:
    rows = (["; ".join(v) if isinstance(v, list) else v for v in row.values()] for row in table.to_pylist())
    write_csv(path, table.column_names, rows)
    return path


def _write_nested(atlas: Atlas, path: Path) -> Path:
    tree = {
        "facet": atlas.about["facet"],
        "conversations": atlas.conversations,
        "users": atlas.users,
        "for_publishing": atlas.for_publishing,
        "counts": _counts(atlas, EVERYTHING),
        "clusters": [_node(atlas, cluster) for cluster in atlas.top()],
    }
    path.write_text(json.dumps(tree, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _node(atlas: Atlas, cluster: Cluster) -> dict[str, Any]:
    return {
        "id": cluster.id,
        "level": cluster.level,
        "name": cluster.name,
        "description": cluster.description,
        "terms": list(cluster.terms),
        "conversations": cluster.conversations,
        "users": cluster.users,
        "counts": _counts(atlas, cluster.id),
        "children": [_node(atlas, child) for child in atlas.children(cluster)],
    }


def _counts(atlas: Atlas, cluster_id: str) -> dict[str, dict[str, int]]:
    return {a: {cell.value: cell.conversations for cell in atlas.counts(a, cluster_id)} for a in atlas.attributes}
