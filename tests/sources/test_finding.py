"""A source is a file, several, a folder, a pattern or standard input."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path

import pytest

from clioscope.errors import SourceError
from clioscope.sources import open_source
from tests.sources.source_files import as_json, jsonl, numbered, pack, read, talk, write, zip_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.jsonl", "a.jsonl", "deep/er/c.jsonl", ".hidden.jsonl", ".git/d.jsonl"):
        write(tmp_path / "data" / name, as_json(talk(name)))
    return tmp_path / "data"


def test_a_folder_is_read_with_all_below_it_sorted_and_without_what_is_hidden(folder):
    assert read(open_source(folder)).ids == ["a.jsonl", "b.jsonl", "deep/er/c.jsonl"]
    assert read(open_source(str(folder))).ids == ["a.jsonl", "b.jsonl", "deep/er/c.jsonl"]


def test_several_files_are_read_in_the_order_named_and_each_once(folder):
    source = open_source([folder / "b.jsonl", folder / "a.jsonl", folder, str(folder / "*.jsonl")])
    assert read(source).ids == ["b.jsonl", "a.jsonl", "deep/er/c.jsonl"]


def test_a_pattern_is_read_sorted(folder):
    assert read(open_source(str(folder / "*.jsonl"))).ids == ["a.jsonl", "b.jsonl"]
    assert read(open_source(str(folder / "**" / "*.jsonl"))).ids == ["a.jsonl", "b.jsonl", "deep/er/c.jsonl"]
    write(folder / "odd[1].jsonl", as_json(talk("odd")))
    assert read(open_source(str(folder / "odd[1].jsonl"))).ids == ["odd"]


def test_a_circle_of_links_is_walked_once(folder):
    (folder / "deep" / "round").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / "again.jsonl").symlink_to(folder / "a.jsonl")
    back = read(open_source(folder))
    assert sorted(back.ids) == ["a.jsonl", "b.jsonl", "deep/er/c.jsonl"]
    assert [item.file for item in back.set_aside] == [str(folder / "self")]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.jsonl", "does not exist. Give a file, a folder, a pattern in quotes, or - for standard input."),
        ("*.nothing", "matches no file"),
        ("a\0b", "does not exist"),
    ],
)
def test_what_is_not_there_stops_with_a_sentence(folder, name, message):
    with pytest.raises(SourceError) as stopped:
        open_source([folder / "a.jsonl", f"{folder}/{name}"])
    assert message in str(stopped.value)


def test_nothing_named_and_an_empty_folder_stop_with_a_sentence(tmp_path):
    with pytest.raises(SourceError, match="No source was named"):
        open_source([])
    with pytest.raises(SourceError, match="There is no file in what was named"):
        open_source(tmp_path)


def test_standard_input_can_be_read_again(tmp_path):
    for how in ("", "gz", "zst", "zip"):
        spool = tmp_path / f"spool{how}"
        source = open_source("-", stdin=io.BytesIO(pack(jsonl(list(numbered(3))), how)), spool=spool)
        assert read(source).ids == read(source).ids == ["c0", "c1", "c2"]
        assert source.files[0].label.startswith("standard input")
        kept = next(spool.iterdir())
        assert kept.stat().st_mode & 0o077 == 0, "only its owner can read what was piped in"


def test_without_a_spool_folder_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = open_source("-", stdin=io.BytesIO(jsonl(list(numbered(3)))))
    assert len(read(source).ids) == 3
    assert len(list(tmp_path.iterdir())) == 1
    del source
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SourceError):
        open_source("-", stdin=io.BytesIO(b"prose"))
    assert list(tmp_path.iterdir()) == []


def test_a_named_pipe_can_be_read_again(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(jsonl(list(numbered(3))),))
    writer.start()
    source = open_source(tmp_path / "pipe", spool=tmp_path / "spool")
    writer.join()
    assert read(source).ids == read(source).ids == ["c0", "c1", "c2"]


def test_the_members_of_an_archive_are_read_as_a_folder_is(tmp_path):
    members = {
        "x/b.jsonl": as_json(talk("b")),
        "x/a.jsonl.gz": pack(as_json(talk("a")), "gz"),
        "__MACOSX/x/._a": b"junk",
        "x/.DS_Store": b"junk",
        "x/": b"",
        "y.zip": zip_of({"inner.jsonl": as_json(talk("inner"))}),
        "../up\x1b[31m.jsonl": as_json(talk("up")),
    }
    source = open_source(write(tmp_path / "data", zip_of(members)))
    back = read(source)
    assert sorted(back.ids) == ["a", "b", "up"]
    assert [item.file for item in back.set_aside] == [f"{tmp_path}/data!y.zip"]
    assert not any("\x1b" in file.label for file in source.files)
    assert source.size <= (tmp_path / "data").stat().st_size


def test_the_fingerprint_is_of_the_contents_and_their_order_and_not_of_the_names(tmp_path):
    a, b = write(tmp_path / "a", as_json(talk("a"))), write(tmp_path / "b", as_json(talk("b")))
    c = write(tmp_path / "deep" / "c", a.read_bytes())
    print_ = open_source([a, b]).fingerprint()
    assert len(print_) == 64
    assert open_source([c, b]).fingerprint() == print_
    assert open_source([b, a]).fingerprint() != print_
    assert open_source([a]).fingerprint() != print_
    write(b, as_json(talk("b2")))
    assert open_source([a, b]).fingerprint() != print_


def test_formats_may_be_mixed_from_file_to_file_and_line_to_line(tmp_path):
    write(
        tmp_path / "a.jsonl",
        jsonl([talk("a"), {"messages": [{"role": "user", "content": "no id"}]}, {"id": "p", "prompt": "hi"}]),
    )
    write(tmp_path / "b.csv", "id,text\nb,hello\n")
    source = open_source(tmp_path)
    assert [file.format for file in source.files] == ["messages", "table"]
    back = read(source)
    assert [back.ids[0], *back.ids[2:]] == ["a", "p", "b"]
    assert back.set_aside == []
