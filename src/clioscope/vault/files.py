"""Files that are whole or absent, and that only their owner can read."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TextIO, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from clioscope.vault.cipher import SealError, Sealing, opened_file, sealed_file
from clioscope.vault.sealing import sealed_at


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
    write_bytes(path, text.encode("utf-8"), mode)


def read_text(path: Path) -> str:
    """What :func:`write_text` wrote."""
    return read_bytes(path).decode("utf-8")


def write_bytes(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write ``content``, whole or not at all; sealed in an encrypted vault."""
    vault = sealed_at(path)
    if vault is not None:
        content = sealed_file(content, vault.keys.run_key, vault.bound(path))
    with whole(path, mode) as beside:
        beside.write_bytes(content)


def read_bytes(path: Path) -> bytes:
    """All of a file, opened where it is sealed.

    Raises
    ------
    SealError
        It is sealed, and was changed, moved or not written to its end.
    """
    vault = sealed_at(path)
    if vault is None:
        return path.read_bytes()
    try:
        return opened_file(path.read_bytes(), vault.keys.run_key, vault.bound(path))
    except SealError as error:
        raise SealError(
            f"{path} cannot be opened. {error} Put it back from a copy, or delete the run's folder."
        ) from None


def opened(path: Path) -> IO[bytes]:
    """A file to be read as bytes, opened where it is sealed."""
    return path.open("rb") if sealed_at(path) is None else io.BytesIO(read_bytes(path))


def begun(beside: Path, path: Path) -> IO[bytes]:
    """A file at ``beside`` to be written as bytes, which is to be moved to ``path`` later; sealed as that would be."""
    file = os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    vault = sealed_at(path)
    return file if vault is None else cast(IO[bytes], Sealing(file, vault.keys.run_key, vault.bound(path)))


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file to be written as bytes, whole or not at all; sealed in an encrypted vault, also while it is written."""
    with whole(path) as beside, begun(beside, path) as file:
        yield file


@contextmanager
def writing_text(path: Path) -> Iterator[TextIO]:
    """:func:`writing`, as UTF-8."""
    with writing(path) as file, io.TextIOWrapper(cast(BinaryIO, _Buffered(file)), "utf-8", newline="") as text:
        yield text


class _Buffered(io.BufferedIOBase):
    """What a text is written through; closing it leaves the file to whoever opened it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._file.write(data)
        return len(data)


def table_bytes(table: pa.Table) -> bytes:
    """``table`` as Parquet (zstd)."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def write_array(path: Path, array: NDArray[np.generic]) -> None:
    """Write ``array`` as .npy, whole or not at all; sealed in an encrypted vault."""
    kept = io.BytesIO()
    np.save(kept, array, allow_pickle=False)
    write_bytes(path, kept.getvalue())


def read_array(path: Path) -> NDArray[Any]:
    """What :func:`write_array` wrote."""
    with opened(path) as file:
        array: NDArray[Any] = np.load(file, allow_pickle=False)
    return array


def in_order(paths: Iterable[Path]) -> list[Path]:
    """Files whose names end in ``_NUMBER``, by that number."""
    return sorted(paths, key=lambda path: int(path.stem.rpartition("_")[2]))


def empty_folder(path: Path) -> None:
    """Remove everything inside ``path``, and make it where it is missing."""
    if path.exists():
        shutil.rmtree(path)
    private_folder(path)
