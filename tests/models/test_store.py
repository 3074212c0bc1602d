"""Answers on disk."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.errors import RunError
from clioscope.models.base import Answer, Request
from clioscope.models.erasing import erase_answers
from clioscope.models.store import AnswerStore


def request(text: str = "hello", **changes: object) -> Request:
    values = {"judgement": "name", "system": "s", "user": text, "schema": {"type": "object"}, "max_tokens": 10}
    return Request(**{**values, "temperature": 0.5, **changes})


def test_an_answer_is_found_by_exactly_its_request(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    answer = Answer("hi", "stop", 3, 4, "served")
    store.put(request(), "openai/m", answer).result()
    assert store.get(request(), "openai/m") == answer
    assert store.get(request(), "openai/other") is None
    for changed in ({"system": "t"}, {"max_tokens": 11}, {"temperature": 0.6}, {"schema": {"type": "array"}}):
        assert store.get(request(**changed), "openai/m") is None
    store.close()


def test_what_asks_is_not_part_of_the_key(tmp_path: Path) -> None:
    assert request(judgement="audit", repairs="empty").key("m") == request().key("m")


@settings(max_examples=50, deadline=None)
@given(text=st.text(st.characters(), max_size=200))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    store = AnswerStore(tmp_path_factory.mktemp("store") / "a.sqlite")
    store.put(request(), "m", Answer(text, "stop")).result()
    found = store.get(request(), "m")
    store.close()
    assert found is not None
    assert found.text == text.encode("utf-8", "replace").decode("utf-8")


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    store.put(request(), "m", Answer("x", "stop")).result()
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    store.close()


def test_sums_tell_judgements_models_and_batches_apart(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    store.put(request("1"), "m", Answer("x", "stop", 10, 1)).result()
    store.put(request("2"), "m", Answer("x", "length", 20, 2), batched=True).result()
    store.put(request("3", judgement="audit", repairs="empty"), "n", Answer("x", "stop", 5, 1)).result()
    name, audit = store.spent()
    assert (audit.judgement, audit.model, audit.calls, audit.prompt_tokens) == ("audit", "n", 1, 5)
    assert (name.calls, name.prompt_tokens, name.batched_prompt_tokens, name.batched_completion_tokens) == (
        2,
        30,
        20,
        2,
    )
    assert store.repairs() == {("audit", "empty"): 1}
    store.close()


def costs(store: AnswerStore) -> list[tuple[str, int, int]]:
    return [(row.stage, row.calls, row.prompt_tokens) for row in store.spent()]


def test_costs_are_told_apart_by_stage_in_the_order_in_which_stages_asked(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "answers.sqlite")
    for text, stage in (("1", "Naming"), ("2", "Auditing"), ("3", "Naming"), ("4", "Auditing again")):
        store.put(request(text, stage=stage), "m", Answer("x", "stop", int(text))).result()
    handed_over = request("5", stage="Arranging")
    store.own(handed_over.key("m"), handed_over)
    store.put_key(handed_over.key("m"), "arrange", "m", Answer("x", "stop", 5), "", batched=True).result()
    told = [("Naming", 2, 4), ("Auditing", 1, 2), ("Auditing again", 1, 4), ("Arranging", 1, 5)]
    assert costs(store) == told
    store.forget(request("1"), "m")
    assert costs(store) == told
    store.close()
    erase_answers(tmp_path / "answers.sqlite", {request("1").key("m"), request("2").key("m")})
    store = AnswerStore(tmp_path / "answers.sqlite")
    assert sorted(costs(store)) == sorted(told), "what was deleted was paid all the same"
    store.close()
    with closing(sqlite3.connect(tmp_path / "answers.sqlite")) as database:
        assert not database.execute("SELECT * FROM stages").fetchall()


def test_answers_of_a_version_that_did_not_know_stages_still_count(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    store = AnswerStore(path)
    store.put(request("1"), "m", Answer("x", "stop", 3)).result()
    store.close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE stages")
        for table in ("answers", "erased"):
            database.execute(f"ALTER TABLE {table} DROP COLUMN stage")
    store = AnswerStore(path)
    store.put(request("2", stage="Naming"), "m", Answer("x", "stop", 4)).result()
    assert costs(store) == [("", 1, 3), ("Naming", 1, 4)]
    store.close()
    erase_answers(path, set())
    store = AnswerStore(path)
    assert costs(store) == [("", 1, 3), ("Naming", 1, 4)]
    store.close()


def test_a_damaged_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(RunError, match=r"a\.sqlite cannot be read or written"):
        AnswerStore(tmp_path / "a.sqlite")


def test_a_full_disk_is_a_sentence_and_what_is_stored_stays(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    store.put(request("1"), "m", Answer("kept", "stop")).result()
    store._writing.execute("PRAGMA max_page_count = 20")
    puts = [store.put(request(f"n{number}"), "m", Answer("x" * 4000, "stop")) for number in range(100)]
    failed = [put.exception(timeout=10) for put in puts]
    assert (
        sum(error is not None for error in failed) >= 80
    )  # twenty pages of 4,096 bytes hold fewer than twenty answers
    assert all(isinstance(error, RunError) and "Make room on the disk" in str(error) for error in failed if error)
    store.close()
    again = AnswerStore(tmp_path / "a.sqlite")
    assert again.get(request("1"), "m") == Answer("kept", "stop")
    for number, error in enumerate(failed):
        assert (again.get(request(f"n{number}"), "m") is None) == (error is not None)
    again.put(request("2"), "m", Answer("new", "stop")).result()
    assert again.get(request("2"), "m") is not None
    again.close()


WRITER = """
import sys
from pathlib import Path
from clioscope.models.base import Answer, Request
from clioscope.models.store import AnswerStore
store = AnswerStore(Path(sys.argv[1]))
number = 0
while True:
    request = Request("name", "s", str(number), {}, 10, 0.5)
    store.put(request, "m", Answer("x" * 500, "stop")).result()
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("after", [1, 40, 200])
def test_what_was_said_to_be_stored_survives_a_kill(tmp_path: Path, after: int) -> None:
    path = tmp_path / "a.sqlite"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [int(process.stdout.readline()) for _ in range(after)]
    os.kill(process.pid, signal.SIGKILL)
    said += [int(line) for line in process.stdout.read().splitlines() if line]
    process.stdout.close()
    process.wait()
    store = AnswerStore(path)
    assert all(store.get(Request("name", "s", str(n), {}, 10, 0.5), "m") is not None for n in said)
    store.close()
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_an_absurd_number_of_tokens_is_stored_and_spoils_nothing(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    puts = [store.put(request(str(n)), "m", Answer("x", "stop", 2**70, 1)) for n in range(3)]
    assert [put.exception(timeout=10) for put in puts] == [None] * 3
    assert store.spent()[0].calls == 3
    store.close()


def test_one_answer_that_cannot_be_written_costs_no_other(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    wrong = Answer("x", "stop", -(2**70), 1)
    puts = [store.put(request(str(n)), "m", wrong if n == 1 else Answer("x", "stop")) for n in range(3)]
    assert [type(put.exception(timeout=10)) for put in puts] == [type(None), RunError, type(None)]
    store.put(request("later"), "m", Answer("x", "stop")).result(timeout=10)
    store.close()


def test_an_answer_that_nobody_waits_for_any_more_is_stored_all_the_same(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    with closing(sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the disk is slow
        first = store.put(request("first"), "m", Answer("x", "stop"))
        while not first.running():
            time.sleep(0.01)
        later = [store.put(request(f"later {n}"), "m", Answer("x", "stop")) for n in range(3)]
        assert not first.cancel()
        assert later[0].cancel()
        other.execute("ROLLBACK")
        assert later[2].result(timeout=10) is None
    assert all(store.get(request(text), "m") for text in ("first", "later 0", "later 1", "later 2"))
    store.close()


def test_a_file_that_breaks_while_it_is_read_is_a_sentence(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "a.sqlite")
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as other:
        other.execute("DROP TABLE answers")
    asks = (store.spent, store.repairs, lambda: store.get(request(), "m"), lambda: store.forget(request(), "m"))
    for ask in asks:
        with pytest.raises(RunError, match="cannot be read or written"):
            ask()
    store.close()
