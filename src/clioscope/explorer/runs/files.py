"""The files that a run may be started on: those in one folder, and nothing that a link in it leads to."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

MOST = 2_000
"""Entries of one folder that are shown."""
_MOST_INSIDE = 100_000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class FileError(Exception):
    """A path that is not for anybody here, with a sentence."""


class File(NamedTuple):
    """A file or folder. ``size`` in bytes; ``None`` of a folder."""

    name: str
    path: str
    kind: Literal["file", "folder"]
    size: int | None


class DataFolder:
    """The folder that was given to the server, opened step by step, so that no link is followed on the way.

    Parameters
    ----------
    root
        It may be reached through links itself: whoever started the server named it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def list(self, path: str) -> tuple[list[File], bool]:
        """What is in the folder ``path``, folders first, and whether there is more than is told.

        Links, hidden files, sockets and the like are left out.
        """
        parts = _parts(path)
        with self._opened(parts) as folder:
            found = [file for entry in os.scandir(folder) if (file := _file(entry, parts)) is not None]
        found.sort(key=lambda file: (file.kind == "file", file.name.casefold(), file.name))
        return found[:MOST], len(found) > MOST

    def source(self, path: str) -> Path:
        """The file or folder ``path``, to be read by a run. A folder in which there is any link is refused."""
        parts = _parts(path)
        if not parts:
            raise FileError("Choose a file or a folder in the data folder, not all of it.")
        with self._opened(parts[:-1]) as folder:
            try:
                status = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
            except OSError:
                raise FileError(_NOT_THERE) from None
        if stat.S_ISDIR(status.st_mode):
            with self._opened(parts) as folder:
                _refuse_links(folder)
        elif not stat.S_ISREG(status.st_mode):
            raise FileError(_NOT_THERE)
        return self.root.joinpath(*parts)

    @contextmanager
    def _opened(self, parts: tuple[str, ...]) -> Iterator[int]:
        try:
            folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            for part in parts:
                try:
                    inside = os.open(part, _FOLDER, dir_fd=folder)
                finally:
                    os.close(folder)
                folder = inside
        except OSError:
            raise FileError(_NOT_THERE) from None
        try:
            yield folder
        finally:
            os.close(folder)


_NOT_THERE = "There is no such file or folder in the data folder. Links are not followed."


def _parts(path: str) -> tuple[str, ...]:
    parts = PurePosixPath(path).parts
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise FileError(_NOT_THERE) from None
    if path.startswith("/") or "\x00" in path or any(part.startswith(".") for part in parts):
        raise FileError(_NOT_THERE)
    return parts


def _file(entry: os.DirEntry[str], parts: tuple[str, ...]) -> File | None:
    with suppress(OSError, UnicodeEncodeError):
        entry.name.encode("utf-8")
        if entry.name.startswith(".") or entry.is_symlink():
            return None
        path = "/".join((*parts, entry.name))
        if entry.is_dir(follow_symlinks=False):
            return File(entry.name, path, "folder", None)
        if entry.is_file(follow_symlinks=False):
            return File(entry.name, path, "file", entry.stat(follow_symlinks=False).st_size)
    return None


def _refuse_links(folder: int) -> None:
    """Refuse a folder with links anywhere in it: the reader of a run would follow them."""
    seen = 0
    for _, folders, files, here in os.fwalk(dir_fd=folder, follow_symlinks=False):
        seen += len(folders) + len(files)
        if seen > _MOST_INSIDE:
            raise FileError(f"There are more than {_MOST_INSIDE:,} files in this folder. Choose a folder inside it.")
        for name in (*folders, *files):
            if stat.S_ISLNK(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode):
                raise FileError("There are links in this folder, and links are not followed. Choose files instead.")
