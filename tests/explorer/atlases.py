"""Atlases to serve: recorded ones, and ones that want to do harm."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\u202eevil\u202c \u2067rtl\u2069 \u200f",
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "@SUM(A1)",
    "</script></style><svg onload=alert(1)>",
    "'; DROP TABLE cells; --",
    "{{ 7 * 7 }} ${7*7}",
    "line\nbreak\ttab\r\n\x00nul\x07",
    "x" * 10_000,
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🏳️‍🌈 日本語",
    "",
)


def recorded(name: str, folder: Path) -> Path:
    """A copy of the recorded atlas ``name`` at ``folder``."""
    with as_file(files("clioscope.sample").joinpath("recorded", name, "atlas")) as path:
        shutil.copytree(path, folder)
    return folder


def rewrite(atlas: Path, name: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Change the rows of one of the tables of ``atlas``."""
    table = pq.read_table(atlas / f"{name}.parquet")
    pq.write_table(pa.Table.from_pylist(change(table.to_pylist()), schema=table.schema), atlas / f"{name}.parquet")


def tell(atlas: Path, name: str, **values: Any) -> None:
    """Change what ``atlas.json`` or ``privacy.json`` says."""
    path = atlas / f"{name}.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | values), encoding="utf-8")


def hostile(folder: Path) -> Path:
    """An atlas whose every text wants to do harm: names, descriptions, terms, attributes, values, and the guarantee."""
    atlas = recorded("names", folder)

    def names(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for number, row in enumerate(rows):
            text = HOSTILE[number % len(HOSTILE)]
            row |= {"name": text, "description": text, "terms": [text, *row["terms"]]}
        return rows

    def cells(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        values = sorted({row["value_1"] for row in rows if row["attribute_1"] == "language"})
        renamed = dict(zip(values, HOSTILE, strict=False))
        for row in rows:
            for place in ("1", "2"):
                if row[f"attribute_{place}"] == "language":
                    row |= {f"attribute_{place}": HOSTILE[0], f"value_{place}": renamed[row[f"value_{place}"]]}
        return rows

    rewrite(atlas, "clusters", names)
    rewrite(atlas, "cube", cells)
    tell(atlas, "atlas", attributes=[HOSTILE[0], "turns", "length", "month"], embedder=HOSTILE[0])
    tell(atlas, "privacy", guarantee=HOSTILE[0] + HOSTILE[1], pairs_not_released=[[HOSTILE[0], "turns"]])
    return atlas
