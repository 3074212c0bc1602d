"""Which files are meant: a file, several, a folder, a glob, a member of an archive, standard input."""

from __future__ import annotations

import glob
import os
import stat
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from clioscope.errors import SourceError
from clioscope.sources.base import Limits, SetAside
from clioscope.sources.spool import Spool

STANDARD_INPUT = "-"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Found:
    """One file, or one member of a zip archive. ``packed`` and ``size`` are its bytes in the archive and out of it."""

    path: Path
    label: str
    packed: int
    member: str | None = None
    size: int = 0
    named: bool = False
    """Whether the user named it, and not a folder, a glob or an archive that it was found in."""

    @property
    def place(self) -> str:
        """The folder it is in, in the archive or outside."""
        return str(self.path / self.member) if self.member else str(self.path)


class Search(NamedTuple):
    """The files that were found, in order, and what could not be looked into."""

    files: list[Found]
    set_aside: list[SetAside]


def find(paths: Sequence[str | os.PathLike[str]], spool: Spool, limits: Limits, stdin: IO[bytes] | None) -> Search:
    """Find the files that ``paths`` mean. ``spool`` keeps what can be read only once.

    Raises
    ------
    SourceError
        Where a path means nothing.
    """
    search = Search([], [])
    seen: set[tuple[int, int]] = set()
    for path in paths:
        name = os.fspath(path)
        if name == STANDARD_INPUT:
            copied = spool.keep(stdin if stdin is not None else _standard_input())
            _add_file(copied, "standard input", True, search, limits)
            continue
        for found, named in _matches(name):
            if found.is_fifo():
                with found.open("rb") as pipe:
                    copied = spool.keep(pipe)
                _add_file(copied, name, True, search, limits)
            else:
                for file in _walk(found, seen, search, top=True):
                    _add_file(file, str(file), named and file == found, search, limits)
    return search


def _matches(name: str) -> Iterator[tuple[Path, bool]]:
    """What ``name`` means, and whether it names that itself."""
    path = Path(name).expanduser()
    try:
        if path.exists():
            yield path, True
            return
        # Path.glob takes no absolute pattern.
        matches = sorted(glob.glob(str(path), recursive=True)) if glob.has_magic(name) else []  # noqa: PTH207
    except (OSError, ValueError):
        matches = []
    if not matches:
        if glob.has_magic(name):
            raise SourceError(f"{name} matches no file. Say it in quotes, so that the shell leaves it as it is.")
        raise SourceError(
            f"{name} does not exist. Give a file, a folder, a pattern in quotes, or - for standard input."
        )
    for match in matches:
        yield Path(match), False


def _walk(path: Path, seen: set[tuple[int, int]], search: Search, top: bool = False) -> Iterator[Path]:
    """The files at or under ``path``, sorted by name, each once, however many links lead to it."""
    try:
        status = path.stat()
        key = (status.st_dev, status.st_ino)
        if key in seen:
            return
        seen.add(key)
        if stat.S_ISDIR(status.st_mode):
            for child in sorted(path.iterdir()):
                if not child.name.startswith("."):
                    yield from _walk(child, seen, search)
        elif stat.S_ISREG(status.st_mode):
            yield path
        else:
            search.set_aside.append(SetAside(str(path), None, "not a file"))
    except OSError as error:
        search.set_aside.append(SetAside(str(path), None, reason_of(error)))


def _add_file(path: Path, label: str, named: bool, search: Search, limits: Limits) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if not file.read(4).startswith(_ZIP):
                search.files.append(Found(path, label, size, size=size, named=named))
                return
    except OSError as error:
        search.set_aside.append(SetAside(label, None, reason_of(error)))
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        search.set_aside.append(SetAside(label, None, "the zip archive is damaged"))
        return
    _add_members(path, label, members, search, limits)


def _add_members(path: Path, label: str, members: list[zipfile.ZipInfo], search: Search, limits: Limits) -> None:
    if len(members) > limits.members:
        search.set_aside.append(SetAside(label, None, "a zip archive of more files than the limit"))
        return
    if any(member.filename == _OFFICE for member in members):
        search.set_aside.append(SetAside(label, None, "an office document: save it as CSV"))
        return
    before = len(search.files) + len(search.set_aside)
    for member in sorted(members, key=lambda member: member.filename):
        parts = Path(member.filename).parts
        if member.is_dir() or any(_is_hidden(part) for part in parts):
            continue
        name = f"{label}!{printable(member.filename)}"
        if member.flag_bits & 1:
            search.set_aside.append(SetAside(name, None, "the zip archive is encrypted: unpack it first"))
        else:
            search.files.append(Found(path, name, member.compress_size, member.filename, member.file_size))
    if before == len(search.files) + len(search.set_aside):
        search.set_aside.append(SetAside(label, None, "the zip archive holds no file"))


def _is_hidden(name: str) -> bool:
    return name == "__MACOSX" or (name.startswith(".") and name not in (".", ".."))


def printable(name: str) -> str:
    """``name`` without what a terminal would obey or a file of UTF-8 cannot hold."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)


def reason_of(error: OSError) -> str:
    """Why a file cannot be opened, without its name."""
    return "no permission to read it" if isinstance(error, PermissionError) else "it cannot be opened"


def _standard_input() -> IO[bytes]:
    if sys.stdin is None or sys.stdin.isatty():
        raise SourceError("- reads from standard input, but nothing is piped into it. Try: zcat FILE | clioscope run -")
    return sys.stdin.buffer
