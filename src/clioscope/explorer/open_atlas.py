"""One atlas, open: read as a whole, so that what is answered is of one release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from clioscope.atlas import Atlas, digest_of
from clioscope.atlas.schema import EVERYTHING, VECTOR_DIMENSION
from clioscope.errors import RunError
from clioscope.explorer.cube import EVERYTHING_LEVEL, Cube
from clioscope.explorer.sameness import Released, Subject
from clioscope.explorer.schemas import Cluster, MapBins
from clioscope.explorer.told import readable

Stamp = tuple[int, int, int]
"""What tells one release from the next in the same place: inode, time of the last change (ns), size (bytes)."""


def stamp_of(path: Path) -> Stamp:
    """The stamp of the atlas at ``path``. ``OSError`` where there is none."""
    found = (path / "atlas.json").stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@dataclass(frozen=True)
class OpenAtlas:
    """An atlas in memory. Its methods may be called from several threads.

    Parameters
    ----------
    id, run
        As in :class:`clioscope.explorer.schemas.AtlasEntry`.
    home
        The folder of its run; its own where it was taken elsewhere.
    """

    id: str
    run: str
    home: Path
    atlas: Atlas
    stamp: Stamp
    digest: str
    clusters: list[Cluster]
    cube: Cube

    @classmethod
    def read(cls, id: str, run: str, home: Path, path: Path) -> OpenAtlas:
        """Read the atlas at ``path``.

        Raises
        ------
        RunError
            It is damaged, or was replaced while it was read: then once more may do.
        """
        try:
            stamp = stamp_of(path)
            atlas = readable(path)
            clusters = _clusters(atlas.clusters.to_arrow())
            ids = [*((cluster.id, cluster.level) for cluster in clusters), (EVERYTHING, EVERYTHING_LEVEL)]
            if len(dict(ids)) < len(ids):
                raise ValueError("two clusters have one id")
            cube = Cube(path / "cube.parquet", ids, atlas.attributes)
            digest = digest_of(path)
            _ = atlas.map, atlas.search_vectors
            if stamp_of(path) != stamp:
                raise OSError("a newer release took its place")
        except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
            raise RunError(f"The atlas at {path} cannot be read ({error!r}). Run the same command again.") from None
        return cls(id, run, home, atlas, stamp, digest, clusters, cube)

    @cached_property
    def ids(self) -> list[str]:
        """Ids as the cube numbers them: those of :attr:`clusters`, and ``all``."""
        return [*(cluster.id for cluster in self.clusters), EVERYTHING]

    @cached_property
    def bins(self) -> MapBins:
        """The density bins of the map."""
        table = self.atlas.map.to_arrow()
        clusters, places = _coded(table["cluster_id"])
        return MapBins(
            grid=self.atlas.about["map_grid"] or 1,
            clusters=clusters,
            cluster=places,
            **{name: table[name].to_pylist() for name in ("x0", "y0", "x1", "y1", "conversations")},
        )

    @cached_property
    def vectors(self) -> tuple[list[str], np.ndarray[Any, np.dtype[np.float32]]]:
        """Cluster ids, and float32 [n, d]: the unit vectors of what is published about each."""
        table = self.atlas.search_vectors.to_arrow().combine_chunks()
        column = table["vector"].combine_chunks()
        flat = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
        return table["cluster_id"].to_pylist(), flat.reshape(len(table), VECTOR_DIMENSION)

    @property
    def subject(self) -> Subject:
        """Under what edits and reviews are kept, from release to release."""
        return Subject(self.run, str(self.atlas.about["facet"]))

    @cached_property
    def released(self) -> Released:
        """The clusters, and what tells them from each other in other releases."""
        return Released(self.digest, self.clusters, self.vectors, str(self.atlas.about.get("embedder", "")))

    @property
    def privacy(self) -> Mapping[str, Any]:
        """``privacy.json``."""
        return self.atlas.privacy


def _clusters(table: pa.Table) -> list[Cluster]:
    rows = table.to_pylist()
    levels = {row["id"]: row["level"] for row in rows}
    return [
        Cluster(
            id=row["id"],
            level=row["level"],
            # A tree, whatever the file says: who follows parents comes to an end.
            parent_id=row["parent_id"] if levels.get(row["parent_id"], -1) > row["level"] else None,
            name=row["name"],
            description=row["description"],
            terms=row["terms"],
            conversations=row["conversations"],
            users=row["users"],
            x=row["x"],
            y=row["y"],
            name_confidence=row.get("name_confidence"),
            fit=row.get("fit"),
            audit_score=row.get("audit_score"),
            edited=[],
            members=[],
            hidden=False,
        )
        for row in rows
    ]


def _coded(column: pa.ChunkedArray) -> tuple[list[str], list[int]]:
    coded = column.combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_pylist()
