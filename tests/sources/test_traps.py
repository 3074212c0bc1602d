"""Bad input is set aside with file, line and reason, or stops with a sentence; the rest is read."""

from __future__ import annotations

import json
import os
import tracemalloc
import zlib
from pathlib import Path

import pytest
import zstandard

from clioscope.errors import SourceError
from clioscope.sources import Limits, SetAside, open_source
from tests.sources.source_files import as_json, jsonl, numbered, pack, read, read_bytes, talk, write, zip_of

GOOD = as_json(talk("good", "a good one"))
AFTER = as_json(talk("after", "one after it"))

BAD_LINES = {
    "a broken line": (GOOD[:-9], "not valid JSON"),
    "a line that is no record": (b"[1, 2]", "not a record of columns"),
    "a record that is no conversation": (b'{"total": 3}', "not a conversation"),
    "invalid UTF-8": (as_json(talk("x", "QQ")).replace(b"QQ", b"caf\xe9"), "not valid UTF-8"),
    "an encoded surrogate": (as_json(talk("x", "QQ")).replace(b"QQ", b"\xed\xa0\x80"), "not valid UTF-8"),
    "a lone surrogate": (as_json(talk("x", "QQ")).replace(b"QQ", rb"\ud83d"), "half of a surrogate pair"),
    "a lone surrogate in an id": (as_json(talk("QQ")).replace(b"QQ", rb"\ud83d"), "half of a surrogate pair"),
    "a lone surrogate in metadata": (as_json(talk("x", a="QQ")).replace(b"QQ", rb"\ud83d"), "half of a surrogate pair"),
    "a lone surrogate in a column's name": (
        as_json(talk("x", QQ=1)).replace(b"QQ", rb"\ud83d"),
        "half of a surrogate pair",
    ),
    "NUL bytes": (as_json(talk("x", "QQ")).replace(b"QQ", b"a\0b"), "NUL bytes"),
    "NUL bytes alone": (b"\0" * 512, "NUL bytes"),
    "an escaped NUL": (as_json(talk("x", "a\0b")), "NUL bytes"),
    "nesting 10,000 deep": (b'{"id": 1, "messages": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deep"),
    "nesting 10,000 objects deep": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested too deep"),
    "no messages": (as_json({"id": "x", "messages": []}), "nothing was said by the user"),
    "blank messages": (as_json(talk("x", "", " \n\t\u3000")), "nothing was said by the user"),
    "only an assistant": (
        as_json({"id": "x", "messages": [{"role": "assistant", "content": "hi"}]}),
        "nothing was said by the user",
    ),
    "a duplicate id": (as_json(talk("good", "something else")), "an id that came before"),
}


@pytest.mark.parametrize("name", BAD_LINES)
@pytest.mark.parametrize("how", ["", "gz", "zst", "zip"])
def test_a_bad_line_is_set_aside_and_the_rest_is_read(tmp_path: Path, name, how):
    bad, reason = BAD_LINES[name]
    back = read_bytes(tmp_path, pack(GOOD + b"\n\n" + bad + b"\n" + AFTER + b"\n", how))
    assert back.ids == ["good", "after"]
    label = str(tmp_path / "data") + ("!inside.bin" if how == "zip" else "")
    assert back.set_aside == [SetAside(label, 3, reason)]
    assert back.set_aside[0].place == f"{label}:3"


@pytest.mark.parametrize(
    "name", [name for name in BAD_LINES if name not in ("a broken line", "a line that is no record")]
)
@pytest.mark.parametrize(
    "layout", ["[%s,%s,%s]", "[\n%s,\n%s,\n%s\n]", '{"more": [1, 2], "data": [%s , %s,%s], "x": {"y": []}}']
)
def test_a_bad_element_is_set_aside_and_the_rest_is_read(tmp_path: Path, name, layout):
    bad, reason = BAD_LINES[name]
    if name == "NUL bytes alone":
        reason = "not a record of columns"
    back = read_bytes(tmp_path, layout.encode() % (GOOD, bad, AFTER))
    assert back.ids == ["good", "after"]
    assert back.set_aside == [SetAside(str(tmp_path / "data"), None, reason, record=2)]
    assert back.set_aside[0].place.endswith("data, record 2")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"id": 1 "messages": []}', "not valid JSON"),
        (b'{"id": 1, "messages": [}}', "not valid JSON"),
        (b'{"id": 1, "messages": []]', "not valid JSON"),
        (b"12.5", "not a record of columns"),
        (b'"text, with [brackets]"', "not a record of columns"),
        (b"oops", "not a record of columns"),
        (b"[[], {}]", "not a record of columns"),
    ],
)
def test_a_broken_element_on_one_line_costs_itself_alone_where_brackets_balance(tmp_path: Path, bad, reason):
    back = read_bytes(tmp_path, b"[" + GOOD + b"," + bad + b"," + AFTER + b"]")
    if bad.endswith(b"[]]"):  # it closes the array around it: what follows stands at the root, and is read from there
        assert back.ids == ["good", "after"]
    assert back.ids == ["good", "after"]
    assert back.reasons == [reason]


@pytest.mark.parametrize("bad", [GOOD[:-1], GOOD[:-3], GOOD[:-4], b'{"id": "an open quote}'])
@pytest.mark.parametrize("layout", ["[\n%s,\n%s,\n%s\n]", '{"data": [\n  %s,\n  %s,\n  %s\n]}'])
def test_behind_a_missing_bracket_reading_goes_on_at_the_next_line_that_begins_a_record(tmp_path: Path, bad, layout):
    last = as_json(talk("last", "the last one"))
    back = read_bytes(tmp_path, layout.replace("%s\n", "%s,\n%s\n").encode() % (GOOD, bad, AFTER, last))
    assert back.ids == ["good", "after", "last"]
    assert back.reasons == ["a bracket or a quote is missing"]
    assert back.set_aside[0].record == 2


def test_an_array_cut_off_on_one_line_gives_what_came_before(tmp_path: Path):
    back = read_bytes(tmp_path, b"[" + GOOD + b"," + AFTER[:20])
    assert back.ids == ["good"]
    assert back.set_aside == [SetAside(str(tmp_path / "data"), None, "a bracket or a quote is missing", record=2)]


def test_lines_end_at_a_newline_alone(tmp_path: Path):
    said = "one\u2028two\u2029three\x85four\x0bfive\x0csix\x1cseven"
    line = json.dumps(talk("a", said), ensure_ascii=False).encode()
    back = read_bytes(tmp_path, line + b"\r\n" + as_json(talk("b")) + b"\r")
    assert back.said == [[said], ["hello there"]]


def test_nan_infinity_and_huge_numbers_cost_no_conversation(tmp_path: Path):
    record = (
        b'{"id": 7, "a": NaN, "b": -Infinity, "c": 1e400, "d": %s, "e": 18446744073709551617, "f": 1.5, "messages": ['
    )
    record = record % (b"9" * 5000) + b'{"role": "user", "content": "tab\there"}]}'
    back = read_bytes(tmp_path, record)
    assert back.set_aside == []
    assert back.ids == ["7"]
    assert back.said == [["tab\there"]]
    metadata = dict(back.conversations[0].metadata)
    assert metadata.pop("f") == 1.5
    assert all(abs(float(value)) < 2**70 for value in metadata.values())
    assert not metadata.keys() & {"a", "b", "c", "d"}


def test_of_a_key_that_comes_twice_the_last_counts(tmp_path: Path):
    back = read_bytes(
        tmp_path, b'{"id": "x", "messages": [], "id": "y", "messages": [{"role": "user", "content": "hi"}]}'
    )
    assert (back.ids, back.said) == (["y"], [["hi"]])


def test_people_who_say_the_same_without_ids_are_not_duplicates(tmp_path: Path):
    same, other = ({"messages": [{"role": "user", "content": text}]} for text in ("hello", "bye"))
    back = read_bytes(tmp_path, jsonl([same, other, same, same]))
    assert len(set(back.ids)) == 4
    assert back.set_aside == []
    again = read_bytes(tmp_path, jsonl([other, same, same, same]), name="other order")
    assert sorted(again.ids) == sorted(back.ids), "ids do not depend on the order"


def test_a_50_mb_message_is_set_aside(tmp_path: Path):
    back = read_bytes(tmp_path, jsonl([talk("a"), talk("b", "x" * 50_000_000), talk("c")]))
    assert back.ids == ["a", "c"]
    assert back.set_aside == [SetAside(str(tmp_path / "data"), 2, "a message longer than the limit")]


@pytest.mark.parametrize("layout", ["lines", "array", "wrapper", "csv"])
def test_a_record_longer_than_the_limit_is_set_aside_without_being_held(tmp_path: Path, layout):
    long = talk("b", 'x"[{' * 3_000_000)
    records = [talk("a"), long, talk("c")]
    data = {
        "lines": lambda: jsonl(records),
        "array": lambda: as_json(records),
        "wrapper": lambda: as_json({"data": records}),
        "csv": lambda: b"id,text\na,hello there\nb," + b"x" * 12_000_000 + b"\nc,hello there\n",
    }[layout]()
    source = open_source(write(tmp_path / "data", data), limits=Limits(record=1_000_000))
    tracemalloc.start()
    back = read(source)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert back.ids == ["a", "c"]
    assert back.reasons == ["a record longer than the limit"]
    assert back.set_aside[0].line == {"lines": 2, "csv": 3}.get(layout)
    assert peak < 10_000_000


@pytest.mark.parametrize("how", ["gz", "zst", "zip"])
def test_what_came_before_the_end_of_a_cut_file_is_kept(tmp_path: Path, how):
    data = jsonl([talk(f"c{i}", os.urandom(200).hex()) for i in range(5_000)])
    packed = pack(data, how)
    if how == "zip":
        middle = len(packed) // 2
        packed = packed[:middle] + bytes(byte ^ 0xFF for byte in packed[middle : middle + 50]) + packed[middle + 50 :]
    else:
        packed = packed[: len(packed) // 2]
    back = read_bytes(tmp_path, packed)
    assert 1_000 < len(back.conversations) < 5_000
    assert back.ids[:1_000] == [f"c{i}" for i in range(1_000)]
    expected = "damaged" if how == "zip" else "ends too early"
    assert expected in back.reasons[-1]
    if how != "zip":  # deflate goes on for a while behind damage
        assert len(back.set_aside) == 1


def test_several_parts_of_gzip_or_zstd_behind_one_another_are_read(tmp_path: Path):
    for how in ("gz", "zst"):
        parts = [pack(jsonl([record]), how) for record in numbered(5)]
        assert read_bytes(tmp_path, b"".join(parts), name=how).ids == [f"c{i}" for i in range(5)]
    padded = pack(jsonl(list(numbered(2))), "gz") + b"\0" * 600
    assert read_bytes(tmp_path, padded, name="padded").set_aside == []


def bomb(how: str, size: int) -> bytes:
    zeros = b" " * (1 << 20)
    if how == "gz":
        packer = zlib.compressobj(9, wbits=31)
        return b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()
    if how == "zst":
        stream = zstandard.ZstdCompressor(level=19).compressobj()
        return b"".join(stream.compress(zeros) for _ in range(size >> 20)) + stream.flush()
    return zip_of({"data.jsonl": zeros * (size >> 20)})


@pytest.mark.parametrize("how", ["gz", "zst", "zip"])
def test_a_zip_bomb_is_set_aside(tmp_path: Path, how):
    write(tmp_path / "folder" / "a.jsonl", GOOD)
    write(tmp_path / "folder" / "b.jsonl", pack(GOOD + b"\n", how) if how != "zip" else GOOD)
    packed = bomb(how, 300 << 20)
    if how != "zip":
        packed = pack(AFTER + b"\n", how) + packed
    write(tmp_path / "folder" / "b.jsonl", packed)
    back = read(open_source(tmp_path / "folder", limits=Limits(expansion_from=20 << 20)))
    assert "good" in back.ids
    # One whose beginning is blank is recognised by nothing; one that begins well is read up to the limit.
    assert len(back.reasons) == 1
    assert "zip bomb" in back.reasons[0] or back.reasons[0] == "no conversations in it"
    if how != "zip":
        assert back.ids == ["good", "after"]


def test_all_members_of_an_archive_share_one_limit(tmp_path: Path):
    member = jsonl([talk("x", "a" * 1_000_000)] * 4)
    data = zip_of({f"{i:02d}.jsonl": member for i in range(10)})
    source = open_source(write(tmp_path / "data.zip", data), limits=Limits(expansion_from=10 << 20))
    reasons = read(source).reasons
    assert sum("zip bomb" in reason for reason in reasons) > 5


def test_an_encrypted_zip_says_that_it_is(tmp_path: Path):
    data = bytearray(zip_of({"a.jsonl": GOOD}))
    data[6] |= 1  # the flag in the local header and in the directory
    data[data.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(SourceError, match=r"data!a\.jsonl: the zip archive is encrypted: unpack it first\."):
        open_source(write(tmp_path / "data", bytes(data)))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n\n", "the file is empty"),
        (b"%PDF-1.7 \0\1\2", "not text"),
        (b"Dear diary, today\nI wrote some prose.\n", "no conversations in it"),
        (b"<html><body>chat</body></html>", "no conversations in it"),
        (b"[]", "no conversations in it"),
        (b"{}", "no conversations in it"),
        (b'{"a": 1}\n{"a": 2}\n', "no conversations in it"),
        (b'[{"uuid": "u", "full_name": "A. Person", "email_address": "a@example.org"}]', "no conversations in it"),
        (b'[{"conversations_memory": "likes tea", "account_uuid": "u"}]', "memories about a person"),
        (b'{"role": "user", "text": "hi", "message_id": "1"}\n', "one message a record"),
        (b"id,role,text\n1,user,hi\n", "one message a record"),
        (b"PAR1 not really", "the Parquet file is damaged"),
        (b"PK\x03\x04 not really", "the zip archive is damaged"),
        (b"\x1f\x8b not really", "the gzip data is damaged"),
        (b"\x28\xb5\x2f\xfd not really", "the zstd data is damaged"),
        (zip_of({}), "the zip archive holds no file"),
        (zip_of({"[Content_Types].xml": b"<x/>", "xl/a.xml": b"<x/>"}), "save it as CSV"),
    ],
)
def test_a_file_of_another_kind_stops_with_a_sentence_if_it_is_the_only_one(tmp_path: Path, data, reason):
    path = write(tmp_path / "data.jsonl", data)
    with pytest.raises(SourceError) as stopped:
        open_source(path)
    assert reason in str(stopped.value)
    assert str(path) in str(stopped.value)
    assert "Clioscope reads JSONL" in str(stopped.value)
    assert "--field" in str(stopped.value)
    write(tmp_path / "good.jsonl", GOOD)
    back = read(open_source(tmp_path))
    assert back.ids == ["good"]
    assert len(back.set_aside) == 1
    assert reason in back.reasons[0]
    assert back.set_aside[0].whole_file


def test_a_reason_never_quotes_the_conversation(tmp_path: Path):
    secret = "tangerine-4711"
    lines = [bad.replace(b"hello there", secret.encode()) for bad, _ in BAD_LINES.values()]
    lines += [as_json(talk("good", secret))[:-3], b'{"%s": 1}' % secret.encode(), secret.encode(), as_json([secret])]
    back = read_bytes(tmp_path, GOOD + b"\n" + b"\n".join(lines))
    assert len(back.set_aside) == len(lines)
    assert secret not in repr(back.set_aside)


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read every file")
def test_an_unreadable_file_is_set_aside_and_stops_if_it_is_the_only_one(tmp_path: Path):
    path = write(tmp_path / "closed.jsonl", GOOD)
    path.chmod(0)
    with pytest.raises(SourceError, match="no permission to read it"):
        open_source(path)
    write(tmp_path / "open.jsonl", GOOD)
    assert read(open_source(tmp_path)).reasons == ["no permission to read it"]


def test_a_file_that_cannot_be_opened_is_set_aside(tmp_path: Path, monkeypatch):
    closed = write(tmp_path / "closed.jsonl", GOOD)
    write(tmp_path / "open.jsonl", AFTER)
    whole = Path.open

    def opened(self, *args, **kwargs):
        if self == closed:
            raise PermissionError(13, "Permission denied")
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", opened)
    back = read(open_source(tmp_path))
    assert back.ids == ["after"]
    assert back.set_aside == [SetAside(str(closed), None, "no permission to read it")]


def test_a_file_that_goes_away_between_two_readings_is_set_aside(tmp_path: Path):
    source = open_source([write(tmp_path / "a.jsonl", GOOD), write(tmp_path / "b.jsonl", AFTER)])
    (tmp_path / "a.jsonl").unlink()
    back = read(source)
    assert back.ids == ["after"]
    assert back.reasons == ["it cannot be opened"]
    with pytest.raises(SourceError, match="cannot be read any more"):
        source.fingerprint()


def test_a_broken_first_line_does_not_hide_the_format(tmp_path: Path):
    for first in (b"oops", b'{"id": ', b'{"id": "x", "messages": [{"role": "user', b"\xe9\xe9", b"\0\0"):
        back = read_bytes(tmp_path, first + b"\n" + GOOD + b"\n" + AFTER + b"\n")
        assert back.ids == ["good", "after"]
        assert back.set_aside[0].line == 1
