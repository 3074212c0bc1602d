"""The facets of every conversation: their columns, and how later stages read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clioscope.vault.tables import Parts

ABSENT = "(none)"
"""How a conversation without a value of an attribute is counted."""


class Items(NamedTuple):
    """What is clustered of one part: texts, and the conversation of each, as int64 [items] over the whole run.

    A text facet gives a conversation one item or none, a list facet as many as it has values.
    """

    texts: list[str]
    rows: NDArray[np.int64]


class Unusable(NamedTuple):
    """What a model gave no usable answer to: one facet of a conversation, or with ``""`` what is clustered of it."""

    facet: str
    reason: str
    detail: str | None


def facet_schema(
    texts: Sequence[str], lists: Sequence[str], numbers: Sequence[str], categories: Sequence[str]
) -> pa.Schema:
    """One row a conversation, in the order of the conversations. Columns are named by kind and facet."""
    return pa.schema(
        [
            *((f"text:{name}", pa.string()) for name in texts),
            *((f"list:{name}", pa.list_(pa.string())) for name in lists),
            *((f"number:{name}", pa.float64()) for name in numbers),
            *((f"category:{name}", pa.string()) for name in categories),
            ("turns", pa.int32()),
            ("characters", pa.int64()),
            ("failed", pa.string()),
            ("failed_detail", pa.string()),
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


def items_of(facets: Parts, facet: str) -> Iterator[Items]:
    """Yield the items of each part, in order.

    Raises
    ------
    KeyError
        No text or list facet has that name.
    """
    column = column_of(facets, facet)
    start = 0
    for table in facets.read([column]):
        values = table[column].to_pylist()
        if column.startswith("list:"):
            pairs = [(text, start + row) for row, texts in enumerate(values) for text in texts or ()]
        else:
            pairs = [(text, start + row) for row, text in enumerate(values) if text is not None]
        yield Items([text for text, _ in pairs], np.array([row for _, row in pairs], dtype=np.int64))
        start += table.num_rows


def items_in(part: pa.Table, facet: str) -> NDArray[np.int64] | None:
    """int64 [items of the part]: the row of each in the part; ``None`` where the part has no such facet."""
    if f"text:{facet}" in part.column_names:
        return np.flatnonzero(part[f"text:{facet}"].is_valid().to_numpy())
    if f"list:{facet}" in part.column_names:
        lengths = [len(texts or ()) for texts in part[f"list:{facet}"].to_pylist()]
        return np.repeat(np.arange(len(lengths), dtype=np.int64), lengths)
    return None


def column_of(facets: Parts, facet: str) -> str:
    """The column that holds a text or list facet."""
    first = next(facets.read(), None)
    names = first.column_names if first is not None else []
    for column in (f"text:{facet}", f"list:{facet}"):
        if column in names:
            return column
    raise KeyError(facet)


def rows_of(facets: Parts, facet: str) -> NDArray[np.int64]:
    """int64 [items]: the conversation of each item of a facet."""
    rows = [items.rows for items in items_of(facets, facet)]
    return np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)


def texts_of(facets: Parts, facet: str, wanted: NDArray[np.int64], longest: int) -> list[str]:
    """The texts of the items ``wanted`` (ascending), each cut at ``longest`` characters, in that order."""
    texts: list[str] = []
    start = 0
    for items in items_of(facets, facet):
        end = start + len(items.texts)
        inside = wanted[(wanted >= start) & (wanted < end)] - start
        texts.extend(items.texts[item][:longest] for item in inside.tolist())
        start = end
    return texts


def failures_of(facets: Parts) -> dict[str, int]:
    """Why conversations could not be asked, and how many for each reason."""
    reasons: dict[str, int] = {}
    for table in facets.read(["failed"]):
        for reason in table["failed"].drop_null().to_pylist():
            reasons[reason] = reasons.get(reason, 0) + 1
    return dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])))


_UNANSWERED, _UNANSWERED_DETAIL = "unanswered", "unanswered_detail"
"""Columns where facets are asked apart: JSON, by facet; empty where every facet has an answer."""


def unanswered_columns(rows: Sequence[Mapping[str, tuple[str, str]]]) -> dict[str, pa.Array]:
    """The columns that say which facets of each conversation have no usable answer, and why."""
    names = (_UNANSWERED, _UNANSWERED_DETAIL)
    told = {name: [{f: why[i] for f, why in row.items()} for row in rows] for i, name in enumerate(names)}
    return {
        name: pa.array([json.dumps(one) if one else None for one in every], pa.string()) for name, every in told.items()
    }


def unanswered_of(facets: Parts) -> dict[str, dict[str, int]]:
    """Of facets that are asked apart, how many conversations have no usable answer to each, by reason."""
    found: dict[str, dict[str, int]] = {}
    for number in map(Parts.number, facets.paths()):
        for row in unusable_in(facets, number):
            for one in row:
                if one.facet:
                    reasons = found.setdefault(one.facet, {})
                    reasons[one.reason] = reasons.get(one.reason, 0) + 1
    return {facet: dict(sorted(found[facet].items(), key=lambda pair: (-pair[1], pair[0]))) for facet in sorted(found)}


def unusable_in(facets: Parts, number: int) -> list[list[Unusable]]:
    """What each conversation of a part got no usable answer to."""
    columns = ["failed", "failed_detail"]
    if _UNANSWERED in facets.columns(number):
        columns += [_UNANSWERED, _UNANSWERED_DETAIL]
    return [_unusable(row) for row in facets.read_part(number, columns).to_pylist()]


def _unusable(row: Mapping[str, str | None]) -> list[Unusable]:
    found = []
    if (reason := row["failed"]) is not None:
        found.append(Unusable("", reason, row["failed_detail"]))
    details = json.loads(row.get(_UNANSWERED_DETAIL) or "{}")
    return found + [Unusable(f, why, details.get(f)) for f, why in json.loads(row.get(_UNANSWERED) or "{}").items()]
