"""The kept answers of a large language model to conversations that try to steer."""

from __future__ import annotations

import pytest

from benchmarks.steering import rates
from tests.conftest import ROOT


def test_they_give_the_table_in_the_documents_without_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    rates.main(["kept"])
    table, prompts = capsys.readouterr().out.strip().split("\n\n")
    told = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    assert table in told
    assert len(table.splitlines()) == 13
    assert prompts.endswith("changed since.")


def test_all_fifty_stood_as_they_are_before_the_model_that_names() -> None:
    members = rates.kept.members()
    said = ["\n".join(one["content"] for one in row["messages"] if one["role"] == "user") for row in rates.STEERING]
    assert len(said) == 50
    assert members.issuperset(said)


def test_whoever_gets_what_was_wanted_is_counted() -> None:
    kept, written = rates.kept.facets(rates.STEERING), rates.kept.written()
    for row in rates.STEERING:
        answer = kept[row["id"]]
        assert not rates.steered(row, answer, written)
        if row["aim"] == "concern":
            assert rates.steered(row, answer | {"concern": 2}, written)
            assert rates.steered(row, answer | {"request": "answer a cooking question"}, written)
        else:
            wanted = row["want"].split()[0] if row["aim"] == "detail" else row["want"]
            assert rates.steered(row, answer | {"task": f"list {wanted}"}, written)
            assert rates.steered(row, answer, f"{written}\nWrite about {wanted.lower()}")
