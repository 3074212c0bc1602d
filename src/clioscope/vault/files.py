"""Files that are whole or absent, and that only their owner can read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray


def private_folder(path: Path) -> Path:
    """Make ``path``, readable by its owner alone."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


@contextmanager
def whole(path: Path, mode: int = 0o600) -> Iterator[Path]:
    """Write to a neighbour of ``path`` that takes its place only once it is complete and on disk.

    A crash, a full disk or an exception inside the block leaves what was at ``path`` before.
    """
    beside = path.with_name(path.name + ".partial")
    try:
        yield beside
        beside.chmod(mode)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_text(path: Path, text: str, mode: int = 0o600) -> None:
    """Write ``text`` as UTF-8, whole or not at all."""
    with whole(path, mode) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def read_text(path: Path) -> str:
    """What :func:`write_text` wrote."""
    return path.read_text(encoding="utf-8")


def read_bytes(path: Path) -> bytes:
    """All of a file."""
    return path.read_bytes()


def write_table(path: Path, table: pa.Table, mode: int = 0o600) -> None:
    """Write ``table`` as Parquet (zstd), whole or not at all."""
    with whole(path, mode) as beside:
        pq.write_table(table, beside, compression="zstd")


def write_array(path: Path, array: NDArray[np.generic]) -> None:
    """Write ``array`` as .npy, whole or not at all."""
    with whole(path) as beside, beside.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def read_array(path: Path) -> NDArray[Any]:
    """What :func:`write_array` wrote."""
    array: NDArray[Any] = np.load(path, allow_pickle=False)
    return array


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Files whose names end in ``_NUMBER``, by that number."""
    return sorted(paths, key=lambda path: int(path.stem.rpartition("_")[2]))


def empty_folder(path: Path) -> None:
    """Remove everything inside ``path``, and make it where it is missing."""
    if path.exists():
        shutil.rmtree(path)
    private_folder(path)
