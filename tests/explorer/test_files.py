"""Which files a run may be started on, and that no path leads anywhere else."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from clioscope.explorer.runs.files import MOST, DataFolder, FileError


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A folder with files, folders, and whatever else can be in one; and secrets beside it."""
    root = tmp_path / "data"
    (root / "b" / "deep").mkdir(parents=True)
    (root / "A.jsonl").write_text("{}\n")
    (root / "b" / "deep" / "c*[1].jsonl").write_text("{}\n")
    (root / ".hidden").write_text("secret")
    (root / ".secrets").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.jsonl").write_text("secret")
    (root / "link.jsonl").symlink_to(tmp_path / "outside" / "secret.jsonl")
    (root / "links").mkdir()
    (root / "links" / "up").symlink_to(tmp_path / "outside")
    (root / "away").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(root)  # the path of a socket may not be long
        listening.bind("socket")
        os.chdir(here)
    (Path(os.fsdecode(os.fsencode(root) + b"/\xff.jsonl"))).write_text("{}\n")
    return DataFolder(root)


def test_folders_come_first_and_neither_links_nor_hidden_files_are_told(data: DataFolder) -> None:
    found, more = data.list("")
    assert [(file.name, file.path, file.kind, file.size) for file in found] == [
        ("b", "b", "folder", None),
        ("links", "links", "folder", None),
        ("A.jsonl", "A.jsonl", "file", 3),
    ]
    assert not more
    assert [file.path for file in data.list("b")[0]] == ["b/deep"]
    assert [file.path for file in data.list("b/deep")[0]] == ["b/deep/c*[1].jsonl"]
    assert data.list("links")[0] == []


def test_a_file_and_a_folder_are_sources(data: DataFolder) -> None:
    assert data.source("A.jsonl") == data.root / "A.jsonl"
    assert data.source("b/deep/c*[1].jsonl").is_file()
    assert data.source("b") == data.root / "b"


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../outside",
        "../outside/secret.jsonl",
        "b/../../outside/secret.jsonl",
        "/etc/passwd",
        "//etc/passwd",
        "~",
        "link.jsonl",
        "away",
        "away/secret.jsonl",
        "links/up",
        "links/up/secret.jsonl",
        "loop/A.jsonl",
        ".hidden",
        ".secrets",
        "pipe",
        "socket",
        "A.jsonl/more",
        "nothing",
        "A.jsonl\x00.txt",
        "\ud800",
        "x" * 5_000,
        "-",
        "b/*",
    ],
)
def test_no_path_leads_out_or_over_a_link(path: str, data: DataFolder) -> None:
    for ask in (data.list, data.source):
        with pytest.raises(FileError, match="There is no such file or folder"):
            ask(path)


def test_a_folder_with_a_link_anywhere_in_it_is_no_source(data: DataFolder) -> None:
    with pytest.raises(FileError, match="links are not followed"):
        data.source("links")
    (data.root / "b" / "deep" / "link").symlink_to("/etc/passwd")
    with pytest.raises(FileError, match="links are not followed"):
        data.source("b")


def test_all_of_the_data_folder_is_no_source(data: DataFolder) -> None:
    for path in ("", ".", "./"):
        with pytest.raises(FileError):
            data.source(path)


def test_of_a_large_folder_the_first_are_told(tmp_path: Path) -> None:
    for number in range(MOST + 1):
        (tmp_path / f"{number:05d}").touch()
    found, more = DataFolder(tmp_path).list("")
    assert (len(found), more) == (MOST, True)
