"""The facets of every conversation: their columns, and how later stages read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.vault.tables import Parts

ABSENT = "(none)"
"""How a conversation without a value of an attribute is counted."""


def facet_schema(categories: Sequence[str]) -> pa.Schema:
    """One row a conversation, in the order of the conversations. Categories have the prefix ``category:``."""
    return pa.schema(
        [
            ("request", pa.string()),
            ("turns", pa.int32()),
            ("characters", pa.int64()),
            *((f"category:{name}", pa.string()) for name in categories),
        ]
    )


def categories_of(facets: Parts) -> Iterator[tuple[str, NDArray[np.int32], tuple[str, ...]]]:
    """Yield each category facet: its name, int32 [n] indices, and its sorted values."""
    first = next(facets.read(), None)
    if first is None:
        return
    for column in first.column_names:
        if column.startswith("category:"):
            codes, values = _coded(facets, column)
            yield column.removeprefix("category:"), codes, values


def _coded(facets: Parts, column: str) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    numbers: dict[str, int] = {}
    parts = []
    for table in facets.read([column]):
        values = [ABSENT if v is None else v for v in table[column].to_pylist()]
        parts.append(np.fromiter((numbers.setdefault(v, len(numbers)) for v in values), np.int32, len(values)))
    ordered = tuple(sorted(numbers))
    rank = {value: number for number, value in enumerate(ordered)}
    place = np.array([rank[value] for value in numbers], dtype=np.int32)
    return place[np.concatenate(parts)], ordered


def requests_of(facets: Parts, rows: NDArray[np.int64], longest: int) -> list[str]:
    """The request texts of the ``rows`` (ascending), each cut at ``longest`` characters, in that order."""
    texts: list[str] = []
    start = 0
    for table in facets.read(["request"]):
        end = start + table.num_rows
        inside = rows[(rows >= start) & (rows < end)] - start
        texts.extend(text[:longest] for text in table["request"].take(pa.array(inside)).to_pylist())
        start = end
    return texts
