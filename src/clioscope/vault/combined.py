"""The owner's own file: which conversation is in which clusters. Never part of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clioscope.csv_files import write_csv_to
from clioscope.errors import RunError
from clioscope.vault.facet_table import items_of
from clioscope.vault.files import in_order, read_array, writing_text
from clioscope.vault.retention import Retention
from clioscope.vault.run_folder import RunFolder


def write_combined(run: RunFolder, facet: str, names: Mapping[str, str], path: Path) -> None:
    """Write ``combined.csv``: each conversation's id, its value of the facet and its cluster at each level, base first.

    One row a conversation, or, where the facet is a list, one row a value with its ``value_index``. A conversation that
    is in no cluster, since it has no value of the facet or could not be asked, has empty cells.

    Parameters
    ----------
    facet
        The one that is clustered.
    names
        The published name of each cluster id.
    """
    if {"raw", "facets"} & Retention(run.vault).gone().keys():
        raise RunError(
            f"{run.path} holds no ids of conversations any more: they were removed. Run again from the source."
        )
    folder = run.hierarchy(facet, main=True).assignments
    labels = [read_array(p) for p in in_order(folder.glob("level_*.npy"))]

    def rows() -> Iterator[list[str]]:
        item = 0
        start = 0
        for part, items in zip(run.conversations.read(["id"]), items_of(run.facets, facet), strict=True):
            mine: dict[int, list[tuple[int, str]]] = {}
            for row, value in zip(items.rows.tolist(), items.texts, strict=True):
                mine.setdefault(row - start, []).append((item, value))
                item += 1
            for offset, identifier in enumerate(part["id"].to_pylist()):
                for index, (own, value) in enumerate(mine.get(offset, [(-1, "")])):
                    yield [identifier, str(index), value, *_clusters(own, labels, names)]
            start += part.num_rows

    header = [
        "id",
        "value_index",
        "value",
        *(f"level_{level}_{what}" for level in range(len(labels)) for what in ("id", "name")),
    ]
    with writing_text(path) as file:
        write_csv_to(file, header, rows())


def _clusters(item: int, labels: Sequence[NDArray[np.int32]], names: Mapping[str, str]) -> list[str]:
    if item < 0:
        return [""] * (2 * len(labels))
    ids = [f"{level}-{label[item]}" for level, label in enumerate(labels)]
    return [text for i in ids for text in (i, names[i])]
