"""Opening an atlas, and asking it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.atlas.notebook import tree_html
from clioscope.atlas.schema import EVERYTHING, SCHEMA_VERSION
from clioscope.atlas.table import Table
from clioscope.errors import RunError


@dataclass(frozen=True)
class Cluster:
    """One cluster as published. Counts are rounded; ``users`` is ``None`` where users are unknown.

    ``fit``, ``name_confidence`` and ``audit_score`` are as in :data:`clioscope.atlas.schema.CLUSTERS`.
    """

    id: str
    level: int
    parent_id: str | None
    name: str
    description: str
    terms: tuple[str, ...]
    conversations: int
    users: int | None
    x: float
    y: float
    fit: float | None = None
    name_confidence: float | None = None
    audit_score: int | None = None


@dataclass(frozen=True)
class Cell:
    """One released value of an attribute within a cluster. Counts are rounded."""

    value: str
    conversations: int
    users: int | None


class Atlas:
    """The publishable result of a run: clusters in a hierarchy, counts about them, and a map.

    Nothing in it is about one conversation. Open one with :meth:`open`; ``clioscope.run`` returns one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.about: dict[str, Any] = _read_json(path / "atlas.json")
        self.privacy: dict[str, Any] = _read_json(path / "privacy.json")
        if self.about["schema_version"] > SCHEMA_VERSION:
            raise RunError(
                f"{path} was made by a newer Clioscope (its schema is {self.about['schema_version']}, this one "
                f"reads {SCHEMA_VERSION}). Upgrade with `pip install --upgrade clioscope`."
            )

    @classmethod
    def open(cls, path: str | Path) -> Atlas:
        """Open the atlas at ``path``: a run's folder, or its ``atlas`` folder.

        Raises
        ------
        RunError
            There is none, or the run has not finished.
        """
        path = Path(path)
        for folder in (path, path / "atlas"):
            if (folder / "atlas.json").is_file():
                return cls(folder)
        if (path / "vault").is_dir():
            raise RunError(f"The run {path} has not finished, so it has no atlas yet. Run the same command again.")
        raise RunError(f"There is no atlas at {path}. Give the folder of a run, such as runs/NAME.")

    @cached_property
    def clusters(self) -> Table:
        """One row a cluster; columns in :data:`clioscope.atlas.schema.CLUSTERS`."""
        return Table(self._read("clusters"))

    @cached_property
    def cube(self) -> Table:
        """One row a released cell; columns in :data:`clioscope.atlas.schema.CUBE`."""
        return Table(self._read("cube"))

    @cached_property
    def map(self) -> Table:
        """One row a density bin; columns in :data:`clioscope.atlas.schema.MAP`."""
        return Table(self._read("map"))

    @cached_property
    def search_vectors(self) -> Table:
        """One vector a cluster; columns in :data:`clioscope.atlas.schema.SEARCH`."""
        return Table(self._read("search"))

    @property
    def conversations(self) -> int:
        """How many conversations the clusters hold, rounded."""
        return int(self.about["conversations"])

    @property
    def users(self) -> int | None:
        """How many distinct users, rounded; ``None`` where users are unknown."""
        users = self.about["users"]
        return None if users is None else int(users)

    @property
    def counted(self) -> str:
        """What the figures count: ``"conversation"``, or ``"user"`` where users have one vote each in a cell."""
        return str(self.about.get("counted", "conversation"))

    @property
    def levels(self) -> int:
        """How many levels the hierarchy has."""
        return len(self.about["levels"])

    @property
    def attributes(self) -> list[str]:
        """What conversations are counted by."""
        return list(self.about["attributes"])

    @property
    def for_publishing(self) -> bool:
        """False where the run's profile promises nothing to others, as ``personal`` does."""
        return bool(self.privacy["for_publishing"])

    def top(self) -> list[Cluster]:
        """The clusters of the highest level, largest first."""
        return self.level(self.levels - 1)

    def level(self, level: int) -> list[Cluster]:
        """The clusters of one level (0 = base), largest first."""
        return [cluster for cluster in self._by_id.values() if cluster.level == level]

    def children(self, cluster: Cluster | str) -> list[Cluster]:
        """The clusters under ``cluster``, largest first."""
        parent = cluster if isinstance(cluster, str) else cluster.id
        return self._children.get(parent, [])

    def parent(self, cluster: Cluster) -> Cluster | None:
        """The cluster above; ``None`` at the top."""
        return self._by_id[cluster.parent_id] if cluster.parent_id else None

    def cluster(self, which: str) -> Cluster:
        """The cluster with the id or the name ``which``; of several with that name the one of the highest level.

        Raises
        ------
        RunError
            There is none; the sentence names those that come near.
        """
        if which in self._by_id:
            return self._by_id[which]
        wanted = which.casefold()
        for same in (str.__eq__, str.startswith, str.__contains__):
            found = [c for c in self._by_id.values() if same(c.name.casefold(), wanted)]
            if found:
                level = max(c.level for c in found)
                found = [c for c in found if c.level == level]
                if len(found) == 1:
                    return found[0]
                names = "; ".join(f"{c.id} {c.name}" for c in found[:8])
                raise RunError(f"Several clusters are called like {which!r}: {names}. Give the id.")
        raise RunError(f"No cluster has the id or name {which!r}. `clioscope tree` lists them, ids with --ids.")

    def share(self, cluster: Cluster) -> float:
        """The part of all conversations that ``cluster`` holds, from rounded counts; 0 to 1."""
        return min(1.0, cluster.conversations / self.conversations) if self.conversations else 0.0

    def counts(self, attribute: str, cluster: Cluster | str = EVERYTHING) -> list[Cell]:
        """The released values of ``attribute`` within ``cluster`` (default: everything), most first.

        What is missing is not released, whether it is empty or withheld.
        """
        if attribute not in self.attributes:
            raise RunError(
                f"Conversations are not counted by {attribute!r}, but by {', '.join(self.attributes)}. "
                f"A metadata column becomes a facet with --facet {attribute}."
            )
        name = cluster if isinstance(cluster, str) else cluster.id
        cells = self._singles.get((name, attribute), [])
        return sorted(cells, key=lambda cell: (-cell.conversations, cell.value))

    def walk(self) -> Iterator[Cluster]:
        """Every cluster, parents before their children, largest first."""
        waiting = self.top()[::-1]
        while waiting:
            cluster = waiting.pop()
            yield cluster
            waiting.extend(self.children(cluster)[::-1])

    def __repr__(self) -> str:
        users = f" of {self.users:,} users" if self.users is not None and self.counted != "user" else ""
        return (
            f"<Atlas of {self.conversations:,} {self.counted}s{users}: "
            f"{' > '.join(str(n) for n in reversed(self.about['levels']))} clusters>"
        )

    def _repr_html_(self) -> str:
        return tree_html(self)

    @cached_property
    def _by_id(self) -> dict[str, Cluster]:
        return {row["id"]: Cluster(**{**row, "terms": tuple(row["terms"])}) for row in self.clusters}

    @cached_property
    def _children(self) -> dict[str, list[Cluster]]:
        children: dict[str, list[Cluster]] = {}
        for cluster in self._by_id.values():
            if cluster.parent_id:
                children.setdefault(cluster.parent_id, []).append(cluster)
        return children

    @cached_property
    def _singles(self) -> dict[tuple[str, str], list[Cell]]:
        singles: dict[tuple[str, str], list[Cell]] = {}
        for row in self.cube:
            if row["attribute_1"] is not None and row["attribute_2"] is None:
                cell = Cell(row["value_1"], row["conversations"], row["users"])
                singles.setdefault((row["cluster_id"], row["attribute_1"]), []).append(cell)
        return singles

    def _read(self, name: str) -> pa.Table:
        try:
            return pq.read_table(self.path / f"{name}.parquet")
        except (OSError, pa.ArrowInvalid) as error:
            raise RunError(f"{self.path / name}.parquet is damaged ({error}). Run the same command again.") from None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path} is damaged ({error}). Run the same command again.") from None
    if not isinstance(value, dict):
        raise RunError(f"{path} is damaged: it holds no object. Run the same command again.")
    return value
