"""``--field`` reads what no format knows."""

from __future__ import annotations

import pytest

from clioscope.errors import SourceError
from clioscope.sources import Fields, open_source
from tests.sources.source_files import as_json, jsonl, read, read_bytes, talk, write

RECORD = {
    "case": 17,
    "who": {"mail.address": "p1", "plan": "pro"},
    "when": {"start": 1772359200000},
    "body": {
        "said": "where is my parcel?",
        "log": [{"speaker": "customer", "text": "hello"}, {"speaker": "bot", "text": "hi"}],
    },
    "channel": "web",
}


def test_dotted_paths_lead_into_nested_records(tmp_path):
    fields = Fields.parse(["id=case,user=who.mail.address", "time=when.start,text=body.said"])
    source = open_source(write(tmp_path / "x", jsonl([RECORD, {**RECORD, "case": 18}])), fields=fields)
    back = read(source)
    assert source.files[0].format == "mapped fields"
    first = back.conversations[0]
    assert (first.id, first.user, first.time.isoformat()) == ("17", "p1", "2026-03-01T10:00:00+00:00")
    assert back.said == [["where is my parcel?"]] * 2
    assert dict(first.metadata) == {"channel": "web"}


def test_messages_are_read_in_whatever_spelling_they_are(tmp_path):
    back = read_bytes(tmp_path, jsonl([RECORD]), fields=Fields.parse(["messages=body.log"]))
    assert [(message.role, message.content) for message in back.conversations[0].messages] == [
        ("user", "hello"),
        ("assistant", "hi"),
    ]
    listed = {"turns": ["first", " ", "second"]}
    assert read_bytes(tmp_path, jsonl([listed]), fields=Fields(messages="turns")).said == [["first", "second"]]
    assert read_bytes(tmp_path, jsonl([listed]), fields=Fields(text="turns")).said == [["first", "second"]]
    assert read_bytes(tmp_path, jsonl([listed]), fields=Fields(text="turns.2")).said == [["second"]]


def test_a_field_replaces_what_a_known_format_says(tmp_path):
    records = [talk("a", plan="pro", account={"id": "u7"}, start="2026-03-01")]
    back = read_bytes(tmp_path, jsonl(records), fields=Fields.parse(["user=account", "time=start", "id=plan"]))
    conversation = back.conversations[0]
    assert (conversation.id, conversation.user) == ("pro", "u7")
    assert conversation.time.isoformat() == "2026-03-01T00:00:00+00:00"
    assert dict(conversation.metadata) == {}


def test_a_field_that_is_nowhere_names_the_columns_that_are_there(tmp_path):
    path = write(tmp_path / "x", jsonl([RECORD]))
    with pytest.raises(
        SourceError, match=r"--field text=body\.sad: there is no such column\. There are: body\.…, .*case"
    ):
        open_source(path, fields=Fields(text="body.sad"))
    with pytest.raises(SourceError, match=r"--field user=whom: there is no such column\. There are: .*channel"):
        open_source(path, fields=Fields(text="body.said", user="whom"))


def test_what_may_be_somebody_s_is_not_told_with_the_columns(tmp_path):
    records = [talk(f"c{n}", plan="pro", user={"name": "x", f"SECRETUSER{n}": 1}, votes={}) for n in range(40)]
    records[3]["ulrike"] = 1
    for n in range(2):
        for record in records:
            record |= {
                f"ann.{n}@example.org": 1,
                f"id-48151623{n}": 2,
                f"9f86d081884c{n}": 3,
                "she said that it is not so": 1,
            }
    with pytest.raises(SourceError) as told:
        open_source(write(tmp_path / "x", jsonl(records)), fields=Fields(id="nowhere"))
    assert str(told.value).endswith("There are: id, messages, plan, user.…, votes and 7 more.")
    table = write(tmp_path / "x.csv", "case,ann@example.org,subject\n1,2,3\n")
    with pytest.raises(SourceError, match=r"There are: case, subject and 1 more\."):
        open_source(table)
    many = write(
        tmp_path / "y", jsonl([talk("a", **{f"k{chr(97 + n % 26)}{chr(97 + n // 26)}": 1 for n in range(200)})])
    )
    with pytest.raises(SourceError) as told:
        open_source(many, fields=Fields(id="nowhere"))
    assert len(str(told.value)) < 300


def test_a_field_that_only_a_late_record_has_is_there(tmp_path):
    records = [talk(f"c{number}") for number in range(1_000)] + [talk("last", who="u1")]
    back = read_bytes(tmp_path, jsonl(records), fields=Fields(user="who"))
    assert [conversation.user for conversation in back.conversations[-2:]] == [None, "u1"]


def test_a_record_without_the_named_text_is_set_aside(tmp_path):
    back = read_bytes(tmp_path, jsonl([{"q": "hi"}, {"p": "no"}, {"q": None}, {"q": 5}]), fields=Fields(text="q"))
    assert back.said == [["hi"], ["5"]]
    assert [(item.line, item.reason) for item in back.set_aside] == [
        (2, "the column that --field names is missing"),
        (3, "the column that --field names is missing"),
    ]
    back = read_bytes(
        tmp_path,
        jsonl([{"q": "hi"}, {"q": "[]"}, {"q": [{"role": "user", "content": "ho"}]}]),
        fields=Fields(messages="q"),
    )
    assert back.said == [["ho"]]
    assert back.reasons == ["the messages are neither a list nor a JSON text of one", "nothing was said by the user"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["name=x"], "--field name=x is not one of id=COLUMN, user=COLUMN, time=COLUMN, text=COLUMN, messages=COLUMN."),
        (["id"], "--field id is not one of"),
        (["id="], "--field id= is not one of"),
        (["id=a", "id=b"], "--field names id twice: a and b."),
        (["text=a,messages=b"], "not both"),
    ],
)
def test_a_wrong_option_says_what_is_right(options, message):
    with pytest.raises(SourceError) as stopped:
        Fields.parse(options)
    assert message in str(stopped.value)


def test_no_field_at_all_changes_nothing(tmp_path):
    assert read_bytes(tmp_path, as_json(talk("a")), fields=Fields()).ids == ["a"]


def test_a_wrapper_of_mapped_records_is_found(tmp_path):
    back = read_bytes(tmp_path, as_json({"page": 1, "results": [RECORD]}), fields=Fields(text="body.said", id="case"))
    assert back.ids == ["17"]
