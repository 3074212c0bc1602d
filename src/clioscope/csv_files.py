"""CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TextIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV injection"), full-width forms too."""


def harmless(value: object) -> object:
    """``value``, with an apostrophe before a text that a spreadsheet could take for a formula."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return "'" + value
    return value


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write ``rows`` under ``header`` as UTF-8 CSV. Texts that begin like a formula are neutralised."""
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv_to(file, header, rows)


def write_csv_to(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """:func:`write_csv` to a file that is open."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([harmless(name) for name in header])
    writer.writerows([harmless(value) for value in row] for row in rows)
