"""Writing an atlas: all of it, or none."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clioscope.atlas.schema import SCHEMA_VERSION

FILES = ("clusters.parquet", "cube.parquet", "map.parquet", "search.parquet")


@dataclass(frozen=True)
class Release:
    """Everything that is published: the tables of :mod:`clioscope.atlas.schema`, and two JSON objects.

    ``about`` (``atlas.json``) says what was run; ``privacy`` (``privacy.json``) what is promised, what was withheld.
    """

    clusters: pa.Table
    cube: pa.Table
    map: pa.Table
    search: pa.Table
    about: dict[str, Any]
    privacy: dict[str, Any]


def write_release(folder: Path, release: Release) -> None:
    """Write ``release`` to ``folder``, in the place of what was there. The same release gives the same bytes.

    A reader sees the old atlas or the new one. After a crash between the two renames the old one lies beside, and
    the run writes the new one again.
    """
    beside = folder.with_name(folder.name + ".partial")
    old = folder.with_name(folder.name + ".old")
    for left in (beside, old):
        shutil.rmtree(left, ignore_errors=True)
    beside.mkdir(parents=True)
    tables = (release.clusters, release.cube, release.map, release.search)
    for name, table in zip(FILES, tables, strict=True):
        pq.write_table(table, beside / name, compression="zstd")
    _write_json(beside / "privacy.json", release.privacy)
    _write_json(beside / "atlas.json", {"schema_version": SCHEMA_VERSION, **release.about})
    for path in beside.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    if folder.exists():
        folder.rename(old)
    beside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def digest_of(folder: Path) -> str:
    """A hash of the atlas's files: their names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
