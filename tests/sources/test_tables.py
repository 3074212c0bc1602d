"""Tables: CSV as people and spreadsheets write it, Parquet as data sets come."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clioscope.errors import SourceError
from clioscope.sources import Fields, Limits, SetAside, open_source
from tests.sources.source_files import read, read_bytes, wildchat, write

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=30)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_csv_of_any_delimiter_is_read(tmp_path, delimiter, newline):
    file = io.StringIO()
    rows = csv.writer(file, delimiter=delimiter, lineterminator=newline)
    said = f'quotes ", {delimiter} and\nlines\u2028 and\r returns'
    rows.writerows([["conversation_id", "user", "timestamp", "prompt", "plan"], ["1", "u", "1772359200", said, "pro"]])
    back = read_bytes(tmp_path, file.getvalue())
    conversation = back.conversations[0]
    assert (conversation.id, conversation.user, back.said) == ("1", "u", [[said]])
    assert conversation.time == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert dict(conversation.metadata) == {"plan": "pro"}


@pytest.mark.parametrize("name", ["text", "prompt", "question", "content", "message", "query"])
def test_a_text_column_is_known_by_its_usual_names(tmp_path, name):
    assert read_bytes(tmp_path, f"{name}\nhello\n").said == [["hello"]]


@given(st.lists(WORDS.filter(str.strip), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, texts):
    file = io.StringIO()
    rows = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
    rows.writerow(["id", "text"])
    rows.writerows([[str(number), text] for number, text in enumerate(texts)])
    path = tmp_path_factory.mktemp("csv") / "data"
    path.write_bytes(file.getvalue().encode())
    assert read(open_source(path)).said == [[text] for text in texts]


def test_a_csv_field_may_be_longer_than_131072(tmp_path):
    long = "word " * 100_000
    assert read_bytes(tmp_path, f'id,text\n1,"{long}"\n2,short\n').said == [[long], ["short"]]


def test_bad_rows_are_set_aside_with_their_line(tmp_path):
    data = b'id,text\n1,"two\nlines"\n2\n3,x,y\n4,caf\xe9\n\n5,a\0b\n6,"x"y\n1,again\n7,  \n8,good\n'
    back = read_bytes(tmp_path, data)
    assert back.ids == ["1", "8"]
    assert [(item.line, item.reason) for item in back.set_aside] == [
        (4, "not as many columns as the header"),
        (5, "not as many columns as the header"),
        (6, "not valid UTF-8"),
        (8, "NUL bytes"),
        (9, "not valid CSV"),
        (10, "an id that came before"),
        (11, "nothing was said by the user"),
    ]


def test_a_quote_that_never_closes_costs_one_row(tmp_path):
    rows = "".join(f"{number},question {number}\n" for number in range(5_000))
    back = read_bytes(tmp_path, f'id,text\na,hello\nb,"open\n{rows}', limits=Limits(record=10_000))
    assert back.set_aside == [SetAside(str(tmp_path / "data"), 3, "a quote is missing")]
    assert len(back.conversations) == 5_001


def test_a_table_without_a_text_column_names_its_columns(tmp_path):
    path = write(tmp_path / "data.csv", "case,body text\n1,hello\n")
    with pytest.raises(SourceError, match=r"There are: body text, case\."):
        open_source(path)
    fields = Fields.parse(["id=case", "text=body text"])
    assert read(open_source(path, fields=fields)).said == [["hello"]]


def test_parquet_of_nested_turns_is_read_in_batches_and_without_the_columns_that_do_not_matter(tmp_path):
    records = [wildchat(number % 60, [("user", f"question {number}")]) for number in range(2_000)]
    for number, record in enumerate(records):
        record["conversation_hash"] = f"c{number}"
        record["timestamp"] = datetime(2026, 3, 1, tzinfo=UTC)
        record["conversation"][0]["timestamp"] = datetime(2026, 3, 1, tzinfo=UTC)
    pq.write_table(pa.Table.from_pylist(records), tmp_path / "data", row_group_size=700)
    source = open_source(tmp_path / "data")
    back = read(source)
    assert source.files[0].format == "WildChat"
    assert [conversation.id for conversation in back.conversations] == [f"c{number}" for number in range(2_000)]
    first = back.conversations[0]
    assert first.time == first.messages[0].time == datetime(2026, 3, 1, tzinfo=UTC)
    assert dict(first.metadata) == {"model": "m", "language": "English"}


def test_parquet_times_of_any_unit_and_zone_and_all_plain_types_are_read(tmp_path):
    moment = datetime(2026, 3, 1, 10, 0, 0, 123456)
    table = pa.table(
        {
            "id": pa.array([1.0, None, 3.0]),
            "text": pa.array(["a", "b", "c"], pa.large_string()),
            "created_at": pa.array([moment] * 3, pa.timestamp("ns")).cast(
                pa.timestamp("ns", tz="Asia/Tokyo"), safe=False
            ),
            "day": pa.array([date(2026, 3, 1)] * 3),
            "price": pa.array([Decimal("1.50")] * 3),
            "plan": pa.array(["pro"] * 3).dictionary_encode(),
            "raw": pa.array([b"\xff"] * 3),
            "wait": pa.array([1] * 3, pa.duration("ns")),
            "big": pa.array([2**64 - 1] * 3, pa.uint64()),
            "nan": pa.array([float("nan")] * 3),
        }
    )
    pq.write_table(table, tmp_path / "data")
    back = read(open_source(tmp_path / "data"))
    assert back.ids[0] == "1"
    assert back.ids[2] == "3"
    assert len(back.ids[1]) == 20
    assert back.conversations[0].time == moment.replace(tzinfo=UTC)
    assert dict(back.conversations[0].metadata) == {"day": "2026-03-01", "price": 1.5, "plan": "pro"}


def test_of_damaged_parquet_the_row_groups_that_are_whole_are_read(tmp_path):
    table = pa.table(
        {"id": [str(number) for number in range(3_000)], "text": [f"question {number}" * 9 for number in range(3_000)]}
    )
    pq.write_table(table, tmp_path / "data", row_group_size=1_000, compression="zstd", use_dictionary=False)
    data = bytearray((tmp_path / "data").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = bytes(600)
    back = read_bytes(tmp_path, bytes(data))
    assert 2_000 <= len(back.conversations) < 3_000
    assert back.ids[0] == "0"
    assert back.ids[-1] == "2999"
    assert back.reasons == ["the Parquet file is damaged"]
    assert back.set_aside[0].record is not None


def test_a_text_that_is_not_utf8_costs_its_own_row_of_parquet(tmp_path):
    texts = pa.array([b"good", b"caf\xe9", b"good too"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"id": ["1", "2", "3"], "text": texts}), tmp_path / "data")
    back = read(open_source(tmp_path / "data"))
    assert back.ids == ["1", "3"]
    assert back.set_aside == [SetAside(str(tmp_path / "data"), None, "a value that cannot be read", record=2)]


def test_an_empty_parquet_file_holds_no_conversations(tmp_path: Path):
    pq.write_table(pa.table({"id": pa.array([], pa.string()), "text": pa.array([], pa.string())}), tmp_path / "data")
    with pytest.raises(SourceError, match="no conversations in it"):
        open_source(tmp_path / "data")
