"""Every format, however it is packed and laid out, gives back what was written."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clioscope.sources import open_source
from tests.sources.source_files import FORMATS, TALKS, Written, as_json, jsonl, pack, read, write

LAYOUTS = {
    "lines": lambda records: jsonl(records),
    "lines that end in carriage returns too": lambda records: jsonl(records).replace(b"\n", b"\r\n"),
    "lines behind a byte order mark": lambda records: b"\xef\xbb\xbf" + jsonl(records),
    "lines of UTF-16": lambda records: jsonl(records).decode().encode("utf-16"),
    "an array on one line": lambda records: as_json(records),
    "an indented array": lambda records: json.dumps(records, indent=2).encode(),
    "an array of lines": lambda records: b"[\n" + b",\n".join(as_json(record) for record in records) + b"\n]\n",
    "a wrapper": lambda records: as_json({"version": [1, {"x": []}], "data": records, "next": None, "more": [2]}),
    "an indented wrapper": lambda records: json.dumps({"a": {"data": []}, "rows": records}, indent=1).encode(),
    "objects behind one another": lambda records: (
        json.dumps(records, indent=2)[1:-1].replace("\n  },\n  {", "\n  }\n  {").encode()
    ),
}

each_format = pytest.mark.parametrize("written", FORMATS, ids=lambda written: written.name)


def check(source, written: Written) -> None:
    back = read(source)
    assert back.set_aside == []
    assert [file.format for file in source.files] == [written.name]
    for number, (conversation, turns) in enumerate(zip(back.conversations, TALKS, strict=True)):
        assert [(message.role, message.content) for message in conversation.messages] == turns
        assert conversation.user == written.user
        if written.has_id:
            assert conversation.id == f"c{number}"
        if written.has_time:
            assert conversation.time is not None
            assert conversation.time.isoformat() == f"2026-03-01T10:{number:02d}:00+00:00"
        else:
            assert conversation.time is None
    assert read(source) == back, "a source gives the same again"


def records_of(written: Written) -> list[dict]:
    return [written.record(number, turns) for number, turns in enumerate(TALKS)]


@each_format
@pytest.mark.parametrize("how", ["", "gz", "zst", "zip"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_written_is_read_in_every_layout_and_packing(tmp_path: Path, written, how, layout):
    # The name says nothing, or something false.
    path = write(tmp_path / "data.csv", pack(LAYOUTS[layout](records_of(written)), how))
    source = open_source(path)
    check(source, written)
    assert source.files[0].compression == how


# A column cannot hold ChatGPT's mapping, whose keys are never the same.
@pytest.mark.parametrize(
    "written", [w for w in FORMATS if w.name != "ChatGPT export"], ids=lambda written: written.name
)
@pytest.mark.parametrize("how", ["", "gz", "zst", "zip"])
def test_what_was_written_is_read_from_parquet(tmp_path: Path, written, how):
    pq.write_table(pa.Table.from_pylist(records_of(written)), tmp_path / "plain", row_group_size=2)
    path = write(tmp_path / "data.jsonl", pack((tmp_path / "plain").read_bytes(), how))
    check(open_source(path), written)


@each_format
def test_progress_adds_up_to_the_size(tmp_path: Path, written):
    for how in ("", "gz", "zst", "zip"):
        source = open_source(write(tmp_path / f"data{how}", pack(jsonl(records_of(written) * 50), how)))
        steps: list[int] = []
        list(source.read(on_bytes=steps.append))
        assert sum(steps) == source.size > 0
        assert min(steps) > 0


@each_format
def test_only_plain_columns_become_metadata(tmp_path: Path, written):
    records = [
        {**record, "plan": "pro", "score": 0.5, "nested": {"a": 1}, "tags": ["x"]} for record in records_of(written)
    ]
    for conversation in read(open_source(write(tmp_path / "data", jsonl(records)))).conversations:
        assert conversation.metadata["plan"] == "pro"
        assert conversation.metadata["score"] == 0.5
        assert all(isinstance(value, str | int | float | bool) for value in conversation.metadata.values())
        words = {message.content for message in conversation.messages}
        assert words.isdisjoint(map(str, conversation.metadata.values()))
