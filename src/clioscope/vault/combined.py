"""The owner's own file: which conversation is in which clusters. Never part of a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from clioscope.csv_files import write_csv
from clioscope.vault.run_folder import RunFolder


def write_combined(run: RunFolder, names: Mapping[str, str], path: Path) -> None:
    """Write ``combined.csv``: one row a conversation with its id and its cluster at each level, base first.

    Parameters
    ----------
    names
        The published name of each cluster id.
    """
    labels = [np.load(p, mmap_mode="r") for p in sorted(run.assignments.glob("level_*.npy"))]

    def rows() -> Iterator[list[str]]:
        start = 0
        for part in run.conversations.read(["id"]):
            for offset, identifier in enumerate(part["id"].to_pylist()):
                ids = [f"{level}-{label[start + offset]}" for level, label in enumerate(labels)]
                yield [identifier, *(text for i in ids for text in (i, names[i]))]
            start += part.num_rows

    header = ["id", *(f"level_{level}_{what}" for level in range(len(labels)) for what in ("id", "name"))]
    write_csv(path, header, rows())
    path.chmod(0o600)
