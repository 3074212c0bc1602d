"""Whatever a file holds, it is read or set aside: nothing raises, and no record is lost."""

from __future__ import annotations

import csv
import io
import json
import math
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clioscope.errors import ClioscopeError, SourceError
from clioscope.sources import FORMATS as READERS
from clioscope.sources import Fields, Limits, open_source
from clioscope.sources.base import UnreadableError
from clioscope.sources.elements import read_elements
from clioscope.sources.lines import read_lines
from clioscope.sources.seen import Seen
from tests.sources.source_files import FORMATS, TALKS, ReadBack, as_json, pack, read, talk

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

KEYS = st.sampled_from(
    sorted(
        {name for written in FORMATS for name in written.record(0, TALKS[0])}
        | {"role", "content", "from", "value", "sender", "parent", "message", "author", "parts", "content_type", "type"}
        | {"text", "prompt", "account", "transcript", "parent_message_uuid", "recipient", "metadata", "chat_id", "uuid"}
    )
)
TEXTS = st.one_of(
    st.text(st.characters(), max_size=8),
    st.sampled_from(
        [
            "user",
            "human",
            "assistant",
            "text",
            "multimodal_text",
            "\n\nHuman: hi",
            "[]",
            '[{"role":"user"}]',
            "\ud800",
            "\0",
        ]
    ),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.one_of(KEYS, TEXTS), inner, max_size=5)),
    max_leaves=25,
)
RECORDS = st.dictionaries(KEYS, VALUES, max_size=6)


def read_anything(path: Path, data: bytes, **options: Any) -> ReadBack | None:
    path.write_bytes(data)
    try:
        source = open_source(path, **options)
        back = read(source)
        assert read(source) == back
    except ClioscopeError as error:
        return None if str(error).endswith(".") else pytest.fail(f"no sentence: {error}")
    for conversation in back.conversations:
        assert conversation.id
        assert any(message.role == "user" and message.content.strip() for message in conversation.messages)
        repr(conversation).encode()
        for value in conversation.metadata.values():
            assert isinstance(value, str | int | float | bool)
            assert not isinstance(value, float) or math.isfinite(value)
        json.dumps([conversation.id, conversation.user, dict(conversation.metadata)], ensure_ascii=False).encode()
    assert len(set(back.ids)) == len(back.ids)
    return back


@quick
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"",
            b"{",
            b"[",
            b'{"id":1,"messages":[',
            b"\x1f\x8b",
            b"(\xb5/\xfd",
            b"PK\x03\x04",
            b"PAR1",
            b"\xff\xfe",
            b"id,text\n",
        ]
    ),
)
def test_arbitrary_bytes_are_read_or_refused_in_a_sentence(tmp_path, data, start):
    read_anything(tmp_path / "x", start + data)


@quick
@given(
    st.data(), st.sampled_from(FORMATS), st.sampled_from(["", "gz", "zst", "zip"]), st.sampled_from(["lines", "array"])
)
def test_a_damaged_file_is_read_as_far_as_it_goes(tmp_path, data, written, how, layout):
    records = [written.record(number, turns) for number, turns in enumerate(TALKS)]
    whole = as_json(records) if layout == "array" else b"\n".join(map(as_json, records))
    packed = bytearray(pack(whole, how))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(packed) - 1))
        packed[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        if not packed:
            return
    read_anything(tmp_path / "x", bytes(packed))


@quick
@given(
    st.lists(st.one_of(RECORDS, VALUES), max_size=6),
    st.sampled_from(["lines", "array", "indented", "wrapper", "utf-16"]),
)
@example([{"id": "x", "messages": [{"role": ["user"], "content": {"parts": 1}}]}], "lines")
def test_of_arbitrary_json_every_record_is_read_or_set_aside(tmp_path, values, layout):
    values = [talk("first"), *values]
    if layout in ("lines", "utf-16"):
        data = "\n".join(json.dumps(value) for value in values).encode("utf-16" if layout == "utf-16" else "utf-8")
    elif layout == "wrapper":
        data = as_json({"a": [1, {"b": []}], "data": values, "c": [[2]]})
    else:
        data = json.dumps(values, indent=2 if layout == "indented" else None).encode()
    back = read_anything(tmp_path / "x", data)
    assert back is not None
    assert back.ids[0] == "first"
    assert len(back.conversations) + len(back.set_aside) == len(values)


@quick
@given(RECORDS)
def test_no_format_fails_on_a_record_that_it_accepts(record):
    for format in READERS:
        if format.detect(record):
            try:
                format.conversation(record)
            except UnreadableError:
                continue


@quick
@given(
    st.lists(RECORDS, min_size=1, max_size=4),
    st.sampled_from(["text", "content.parts", "messages.0.content", "mapping"]),
)
def test_mapped_fields_never_fail(tmp_path, records, path):
    first = {"id": "x", "text": "a", "content": {"parts": "b"}, "messages": [{"content": "c"}], "mapping": "d"}
    records = [first, *records]
    data = b"\n".join(map(as_json, records))
    for fields in (Fields(text=path), Fields(messages=path), Fields(user=path, id="id", time="content")):
        back = read_anything(tmp_path / "x", data, fields=fields)
        if back is not None:
            assert len(back.conversations) + len(back.set_aside) == len(records)


@quick
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
        )
    )
)
def test_of_arbitrary_csv_every_row_is_read_or_set_aside(tmp_path, rows):
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("id", "text"), ("first", "hello"), *rows])
    back = read_anything(tmp_path / "x", file.getvalue().encode())
    assert back is not None
    assert len(back.conversations) + len(back.set_aside) == len(rows) + 1


class Dribble:
    """A stream that gives ``step`` bytes at a time, whatever is asked for."""

    def __init__(self, data: bytes, step: int) -> None:
        self.data, self.step = data, step

    def read(self, size: int) -> bytes:
        piece, self.data = self.data[: self.step], self.data[self.step :]
        return piece


@quick
@given(st.lists(VALUES, max_size=5), st.integers(1, 7), st.sampled_from([None, "rows"]), st.sampled_from([None, 1]))
def test_elements_are_cut_the_same_wherever_the_chunks_end(values, step, key, indent):
    whole: Any = values if key is None else {"a": values, "b": {"rows": [1]}, "rows": values, "z": 1}
    data = json.dumps(whole, indent=indent).encode()
    entries = list(read_elements(Dribble(data, step), 10_000, key))
    assert entries == list(read_elements(Dribble(data, len(data)), 10_000, key))
    nested = [value for value in values if isinstance(value, list | dict)]
    assert len(entries) == len(values)
    assert [entry.record for entry in entries] == list(range(1, len(values) + 1))
    read_back = [entry.value for entry in entries if not entry.reason]
    assert json.dumps(without_nonsense(read_back)) == json.dumps(without_nonsense(nested))


def without_nonsense(value: Any) -> Any:
    """``value`` as JSON can hold it: NaN and Infinity are null."""
    if isinstance(value, list):
        return [without_nonsense(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nonsense(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**64:
        return float(value)
    return value


@quick
@given(st.binary(max_size=200), st.integers(1, 9), st.integers(1, 50))
def test_cutting_arbitrary_bytes_ends_and_does_not_depend_on_the_chunks(data, step, limit):
    assert list(read_lines(Dribble(data, step), 50)) == list(read_lines(Dribble(data, 1000), 50))
    entries = list(read_elements(Dribble(b"[" + data, step), limit))
    assert all(entry.reason or entry.value is not None for entry in entries)
    numbers = [entry.record for entry in entries]
    assert numbers == sorted(set(numbers))


@given(st.lists(st.text(), max_size=40), st.text())
def test_seen_is_a_set(texts, probe):
    seen = Seen()
    assert [seen.add(text) for text in texts] == [text not in texts[:number] for number, text in enumerate(texts)]
    assert len(seen) == len(set(texts))
    assert seen.add(probe) == (probe not in texts)


def test_seen_grows():
    seen = Seen()
    assert all(seen.add(str(number)) for number in range(20_000))
    assert not any(seen.add(str(number)) for number in range(20_000))


def test_memory_does_not_grow_with_the_file(tmp_path):
    peaks = []
    for count in (2_000, 20_000):
        path = tmp_path / str(count)
        path.write_bytes(b"[" + b",".join(as_json(talk(f"c{number}", "x" * 500)) for number in range(count)) + b"]")
        source = open_source(path)
        tracemalloc.start()
        for _ in source.read():
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0] + 500_000


def test_limits_can_be_set(tmp_path):
    (tmp_path / "x").write_bytes(b"\n".join([as_json(talk("a")), as_json(talk("b", "y" * 200))]))
    assert read(open_source(tmp_path / "x", limits=Limits(message=100))).reasons == ["a message longer than the limit"]
    (tmp_path / "z").write_bytes(pack(as_json(talk("a")), "zip"))
    with pytest.raises(SourceError, match="more files than the limit"):
        open_source(tmp_path / "z", limits=Limits(members=0))
