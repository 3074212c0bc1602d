"""What is known of made-up conversations, and how much of it a run found again."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import clioscope
from clioscope.errors import ConfigError
from clioscope.evaluation.evaluating import Evaluation, Judging, estimated, evaluate
from clioscope.evaluation.measure import Measure
from clioscope.models.judges import Calls
from clioscope.synth.making import Made, make
from clioscope.synth.recipe import Recipe
from clioscope.testing import ChatRequest, ModelServer
from tests.conftest import Cli
from tests.evaluation.conftest import framed, knowing

NAMES = ["reconstruction", "topics", "personal details", "groups", "trends"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Made, Path]:
    """Conversations in English and German, and a finished run on them."""
    folder = tmp_path_factory.mktemp("known")
    made = make(folder / "made", Recipe(conversations=1_500, languages=("en", "de"), first_language=0.85))
    clioscope.run(made.conversations, folder / "run")
    return made, folder / "run"


def known(run: Path, truth: Path) -> dict[str, Measure]:
    return of_truth(evaluate(run, truth=truth))


def of_truth(found: Evaluation) -> dict[str, Measure]:
    return {measure.name: measure for measure in found.measures if measure.name in NAMES}


def figure(measure: Measure, what: str) -> float:
    (value,) = [line.value for line in measure.lines if line.what == what]
    assert value is not None
    return value


def changed(made: Made, folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The truth with every line changed, but the first."""
    first, *lines = made.truth.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    for row in rows:
        change(row)
    path = folder / "truth.jsonl"
    path.write_text("\n".join([first, *map(json.dumps, rows)]) + "\n", encoding="utf-8")
    return path


def test_much_is_found_again_in_english_and_less_elsewhere(world: tuple[Made, Path]) -> None:
    made, run = world
    found = known(run, made.truth)
    assert list(found) == NAMES
    assert figure(found["topics"], "topics, within en, level 0, NMI") > 0.8
    assert figure(found["topics"], "order of topics in the hierarchy") > 0.35
    right = {line.what: line.value for line in found["reconstruction"].lines}
    assert right["en"] is not None
    assert right["en"] > 0.5
    assert right["de"] is not None
    assert right["de"] < right["en"]
    assert right["worst language (de)"] == right["de"]
    assert figure(found["groups"], "in one cluster") > 0.9
    assert found["personal details"].standing == "good"
    assert figure(found["personal details"], "published") == 0
    assert figure(found["personal details"], "in facet texts, in the vault") > 0
    assert found["trends"].lines


def test_where_the_truth_is_another_nothing_is_found_again(world: tuple[Made, Path], tmp_path: Path) -> None:
    made, run = world
    rows = [json.loads(line) for line in made.truth.read_text(encoding="utf-8").splitlines()[1:]]
    topics = [row["topic"] for row in rows]
    random.Random(0).shuffle(topics)
    left = iter(topics)
    found = known(run, changed(made, tmp_path, lambda row: row.update(topic=next(left))))
    assert figure(found["reconstruction"], "right") < 0.25
    assert found["reconstruction"].standing == found["topics"].standing == "weak"
    assert figure(found["topics"], "topics, level 0, adjusted Rand index") < 0.02
    assert 0.28 < figure(found["topics"], "order of topics in the hierarchy") < 0.39


def test_a_detail_that_is_published_is_told_and_one_that_many_share_is_nobody_s(
    world: tuple[Made, Path], tmp_path: Path
) -> None:
    made, run = world
    name = max((cluster.name for cluster in clioscope.Atlas.open(run / "atlas").level(0)), key=len)
    number = iter(range(10_000))

    def one(row: dict[str, Any]) -> None:
        row["planted"] = [["name", name.upper()]] if next(number) == 0 else []

    found = known(run, changed(made, tmp_path, one))["personal details"]
    assert figure(found, "published") == 1
    assert found.standing == "weak"
    everybody = changed(made, tmp_path, lambda row: row.update(planted=[["name", name]]))
    assert known(run, everybody)["personal details"].standing == "not measured"


def test_the_truth_of_other_conversations_is_refused(world: tuple[Made, Path], tmp_path: Path) -> None:
    made, run = world
    other = make(tmp_path / "made", Recipe(conversations=20, groups=0))
    with pytest.raises(ConfigError, match="nothing is said of 1,480 of the 1,500 conversations"):
        evaluate(run, truth=other.truth)
    assert made.truth.exists()


def test_where_conversations_are_gone_it_says_so(world: tuple[Made, Path], tmp_path: Path, cli: Cli) -> None:
    made, run = world
    copy = Path(shutil.copytree(run, tmp_path / "run"))
    cli("purge", copy, "--now", "--raw")
    found = known(copy, made.truth)
    assert {measure.standing for measure in found.values()} == {"not measured"}
    assert "no longer holds which conversations" in found["topics"].sentence


def placing(request: ChatRequest) -> str:
    """A judge that puts clusters into categories by a table of words."""
    data = framed(request)
    if "categories" not in data:
        return knowing(request)
    words = set((data["group"]["name"] + " " + data["group"]["description"]).lower().split())
    shared = {
        key: len(words & set(f"{of['name']} {of['description']}".lower().split()))
        for key, of in data["categories"].items()
    }
    return json.dumps({"reason": "Words.", "group": max(shared, key=lambda key: shared[key])})


def test_a_judge_puts_clusters_into_categories(world: tuple[Made, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    made, run = world
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with ModelServer(answer=placing) as server:
        judging = Judging("openai/double", Calls(base_url=f"{server.url}/v1"), sample=20)
        clusters = len(clioscope.Atlas.open(run / "atlas").level(0))
        without = estimated(run, judging).calls
        assert estimated(run, judging, truth=made.truth).calls - without == clusters
        found = of_truth(evaluate(run, truth=made.truth, judging=judging))
        asked = sum("categories" in json.dumps(body) for body in server.requests())
    assert asked >= clusters
    assert list(found) == NAMES
    assert any("by the judge" in note for note in found["reconstruction"].notes)


def test_the_commands_make_run_and_evaluate(tmp_path: Path, cli: Cli) -> None:
    done = cli("synth", "made", "--conversations", "500", "--language", "en", "--seed", "3")
    assert "500 conversations of" in done.stdout
    assert "clioscope evaluate RUN --truth made/truth.jsonl" in done.stdout
    cli("run", "made/conversations.jsonl", "--run", "run")
    told = json.loads(cli("evaluate", "run", "--truth", "made/truth.jsonl", "--json").stdout)
    assert set(NAMES) <= {measure["measure"] for measure in told["measures"]}
    assert "groups" in cli("synth", "few", "--conversations", "20", code=2).stderr
    assert "--at-once: for a model that writes" in cli("synth", "few", "--at-once", "3", code=2).stderr
    assert cli("synth", "quiet", "--conversations", "20", "--groups", "0", "--quiet").stdout == ""
    told = json.loads(cli("synth", "json", "--conversations", "20", "--groups", "0", "--json").stdout)
    assert told["written"] == 20
    assert "truth.jsonl" in cli("evaluate", "run", "--truth", "made/conversations.jsonl", code=2).stderr
