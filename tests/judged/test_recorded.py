"""Recorded answers of a real model, replayed."""

from __future__ import annotations

import json
from collections import Counter
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from clioscope.atlas import Atlas
from clioscope.facets.questions import DEFAULTS, answer_model
from clioscope.models.base import Answer
from clioscope.models.folder import outcome_of
from clioscope.sample.recording import Recorded, recording
from tests.conftest import Cli, bytes_of


@pytest.mark.parametrize(("name", "options", "folder", "conversations"), [
    ("facets", ["--small"], "demo-recorded-small", 150),
    pytest.param("names", [], "demo-recorded", 3615, marks=pytest.mark.slow),
])  # fmt: skip
def test_the_recorded_answers_give_the_recorded_atlas_and_every_cluster_a_name(
    cli: Cli, tmp_path: Path, name: Recorded, options: list[str], folder: str, conversations: int
) -> None:
    done = cli("demo", "--recorded", *options)
    run = tmp_path / "runs" / folder
    if "do not fit" in done.stderr:
        # Vectors differ in their last bits from one type of processor to another, and with them a few members.
        _the_same_is_asked_of_other_members(run / "vault" / "recorded", name)
    with as_file(files("clioscope.sample").joinpath("recorded", name, "atlas")) as recorded:
        assert bytes_of(run / "atlas") == bytes_of(recorded)
    again = cli("demo", "--recorded", *options)
    assert again.stdout == done.stdout
    assert json.loads(cli("demo", "--recorded", *options, "--json").stdout)["conversations"] == conversations
    assert "Unnamed" not in cli("tree", f"runs/{folder}").stdout
    said = recording(name, "nowhere").answered_by
    assert said.startswith("Recorded: Claude (by Anthropic, November 2026) wrote all")
    assert said.endswith("No model was asked now.")
    for told in (done.stderr, again.stderr, cli("info", run).stdout):
        assert said in " ".join(told.split())


def _the_same_is_asked_of_other_members(written: Path, name: Recorded) -> None:
    """What was written to be asked differs from what was recorded in the conversations shown, and in nothing else."""
    asked = [json.loads(line) for path in written.glob("*.requests.jsonl") for line in path.read_bytes().splitlines()]
    before = recording(name, "nowhere").requests
    assert asked
    assert {_without_members(request) for request in asked} <= {_without_members(request) for request in before}
    assert {request["custom_id"] for request in asked} & {request["custom_id"] for request in before}


def _without_members(request: dict[str, Any]) -> str:
    """All of a request but the last message, which shows the conversations it asks about."""
    messages = request["body"]["messages"]
    return json.dumps({**request["body"], "messages": messages[:-1]}, sort_keys=True)


@pytest.mark.parametrize("name", ["facets", "names"])
def test_every_recorded_answer_was_usable_at_the_first_attempt(name: Recorded) -> None:
    found = recording(name, "nowhere")
    rows = [json.loads(line) for line in found.answers.splitlines()]
    assert len(rows) == len(found.requests) <= 200
    assert {row["custom_id"] for row in rows} == {request["custom_id"] for request in found.requests}
    assert not any("does not fit" in request["body"]["messages"][1]["content"] for request in found.requests)


def test_facets_of_the_real_model_hold_next_to_no_numbers() -> None:
    found = recording("facets", "nowhere")
    answered = {row["custom_id"]: outcome_of(row) for row in map(json.loads, found.answers.splitlines())}
    model = answer_model(DEFAULTS)
    asked = [r for r in found.requests if r["body"]["messages"][0]["content"].startswith("You read one conversation")]
    facets = []
    for request in asked:
        outcome = answered[request["custom_id"]]
        assert isinstance(outcome, Answer)
        facets.append(model.model_validate_json(outcome.text).model_dump())
    assert len(facets) == 150
    texts = [facet[name] for facet in facets for name in ("request", "task")]
    assert not any("@" in text for text in texts)
    # A number may stay where it belongs to the kind of thing, such as "in under 100 words".
    assert sum(any(character.isdigit() for character in text) for text in texts) <= 1
    assert Counter(facet["language"] for facet in facets)["en"] > 90
    assert Counter(facet["concern"] for facet in facets).keys() == {1, 2, 4}


@pytest.mark.parametrize(("name", "of_terms"), [("facets", 0), ("names", 2)])
def test_recorded_names_are_the_models_or_of_words_that_people_share(name: Recorded, of_terms: int) -> None:
    found = recording(name, "nowhere")
    said = [outcome_of(row) for row in map(json.loads, found.answers.splitlines())]
    bodies = [json.loads(answer.text) for answer in said if isinstance(answer, Answer)]
    names = {body["name"] for body in bodies if "name" in body}
    with as_file(found.atlas) as path:
        others = [cluster for cluster in Atlas.open(path).walk() if cluster.name not in names]
    assert len(others) == of_terms
    for cluster in others:
        assert set(cluster.name.casefold().split(" / ")) <= {term.casefold() for term in cluster.terms}


def test_a_machine_that_clusters_otherwise_shows_the_recorded_atlas(cli: Cli, tmp_path: Path) -> None:
    # Another secret asks other bytes, as another clustering does.
    vault = tmp_path / "runs" / "demo-recorded-small" / "vault"
    vault.mkdir(parents=True)
    (vault / "secret").write_bytes(b"x" * 32)
    done = cli("demo", "--recorded", "--small")
    assert "do not fit" in done.stderr
    assert "Write short texts and give everyday advice" in done.stdout
    assert "Recorded: Claude (by Anthropic, November 2026) wrote all" in " ".join(done.stderr.split())
    as_json = cli("demo", "--recorded", "--small", "--json")
    told = json.loads(as_json.stdout)
    assert told["conversations"] == 150
    assert told["recorded"] is True
    assert "Claude" in told["answered_by"]
    quiet = cli("demo", "--recorded", "--small", "--quiet")
    assert (quiet.stdout, quiet.stderr) == ("", "")
