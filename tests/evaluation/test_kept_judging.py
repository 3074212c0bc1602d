"""The kept answers of a large language model that judged two runs whose truth is known."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import judging
from benchmarks.results import RESULTS
from clioscope.models.base import Answer
from clioscope.models.folder import outcome_of


def kept(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress((judging.KEPT / f"{name}.jsonl.gz").read_bytes()).splitlines()]


def test_each_request_has_an_answer_that_fits_its_schema() -> None:
    answers = {row["custom_id"]: outcome_of(row) for row in kept("answers")}
    requests = kept("requests")
    assert answers.keys() == {request["custom_id"] for request in requests}
    for request in requests:
        schema = request["body"]["response_format"]["json_schema"]["schema"]
        outcome = answers[request["custom_id"]]
        assert isinstance(outcome, Answer)
        said = json.loads(outcome.text)
        assert list(said) == list(schema["properties"])
        for name, of in schema["properties"].items():
            assert "enum" not in of or said[name] in of["enum"]


@pytest.mark.slow
def test_they_give_the_table_in_the_documents(tmp_path: Path) -> None:
    truth = judging.runs(tmp_path)
    found = {name: judging.judged(tmp_path, name, truth, None) for name in judging.RUNS}
    answered = {name: evaluation for name, evaluation in found.items() if evaluation is not None}
    if len(answered) == len(judging.RUNS):
        assert judging.table(answered) == json.loads((RESULTS / "judging.json").read_text("utf-8"))["rows"]
        return
    # Another type of processor may cluster otherwise, and then asks about other groups, and nothing else.
    asked = [json.loads(line) for path in tmp_path.rglob("*.requests.jsonl") for line in path.read_bytes().splitlines()]
    assert asked
    assert {row["body"]["messages"][0]["content"] for row in asked} <= {
        row["body"]["messages"][0]["content"] for row in kept("requests")
    }
