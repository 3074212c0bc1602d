"""The measures of a finished run that need no judge."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import clioscope
from clioscope import ConfigError, Conversation, Evaluation, Message, RunError
from clioscope.config import read_config
from clioscope.embeddings import MiniLMEmbedder
from clioscope.evaluation.evidence import Evidence, Items, number_of, read_evidence
from clioscope.evaluation.geometry.coverage import coverage
from clioscope.evaluation.geometry.margin import margin
from clioscope.evaluation.geometry.names import distinctness
from clioscope.evaluation.geometry.nesting import nesting
from clioscope.evaluation.geometry.outliers import outliers
from clioscope.evaluation.geometry.silhouette import silhouette
from clioscope.evaluation.geometry.stability import stability
from clioscope.evaluation.labels import with_labels
from clioscope.evaluation.measure import Line, Measure
from clioscope.progress import Silent
from clioscope.vault import RunFolder, run_lock, write_array
from clioscope.vault.files import read_array
from tests.conftest import Cli, bytes_of, conversations, shared


def evidence_of(run: Path) -> tuple[Evidence, Items]:
    folder = RunFolder.existing(run)
    (found,) = read_evidence(folder, read_config(folder.run_toml))
    assert isinstance(found.items, Items)
    return found, found.items


def by_name(found: Evaluation) -> dict[str, Measure]:
    return {measure.name: measure for measure in found.measures}


def value(measure: Measure, what: str) -> float:
    (line,) = [line for line in measure.lines if line.what == what]
    assert line.value is not None
    return line.value


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def found(made: Path) -> Evaluation:
    return clioscope.evaluate(made, labels=["topic"])


def test_every_measure_that_needs_no_model_is_made(found: Evaluation) -> None:
    names = ["coverage", "silhouette", "margin", "outliers", "nesting", "stability", "names", "labels: topic"]
    assert [measure.name for measure in found.measures] == names
    assert found.judge == ""
    for measure in found.measures:
        assert measure.standing in ("good", "fair", "weak", "not measured")
        assert measure.sentence.endswith(".")
        assert bool(measure.rule) == (measure.standing != "not measured")
        assert bool(measure.advice) == (measure.standing in ("fair", "weak"))


def test_evaluating_changes_nothing_of_the_run_and_gives_the_same_again(run: Path) -> None:
    before = bytes_of(run)
    first, again = clioscope.evaluate(run, seed=3), clioscope.evaluate(run, seed=3)
    assert first.measures == again.measures
    assert bytes_of(run) | {"vault/lock": b""} == before | {"vault/lock": b""}


def test_clusters_of_known_topics_agree_with_them_and_shuffled_ones_do_not(run: Path, found: Evaluation) -> None:
    right = by_name(found)["labels: topic"]
    assert right.lines[0].value is not None
    assert right.lines[0].value > 0.7
    evidence, items = evidence_of(run)
    mixed = replace(items, labels=[rng().permutation(level) for level in items.labels])
    wrong = with_labels(evidence, mixed, "topic", rng())
    assert wrong.standing == "weak"
    assert abs(value(wrong, "level 0, adjusted Rand index")) < 0.05
    assert silhouette(evidence, mixed, rng()).standing == "weak"
    assert margin(mixed, rng()).standing == "weak"


def test_the_level_nearest_in_number_to_the_labels_is_judged(run: Path) -> None:
    evidence, items = evidence_of(run)
    measure = with_labels(evidence, items, "topic", rng())
    sizes = [len(sums) for sums in items.sums]
    nearest = min(range(len(sizes)), key=lambda level: abs(np.log(sizes[level] / 6)))
    assert measure.lines[0].what.startswith(f"level {nearest},")


def test_a_facet_that_was_published_serves_as_labels_after_a_purge(run: Path, cli: Cli) -> None:
    cli("purge", run, "--raw", "--now")
    measures = by_name(clioscope.evaluate(run, labels=["plan", "topic"]))
    assert measures["labels: plan"].standing == "weak"
    assert "no longer holds the column" in measures["labels: topic"].sentence


def test_an_unknown_column_is_told_of_with_those_there_are(run: Path) -> None:
    with pytest.raises(ConfigError, match=r"--labels tpoic: .* There are: account, plan, topic\."):
        clioscope.evaluate(run, labels=["tpoic"])


def test_coverage_counts_what_has_a_name_and_what_has_none(run: Path) -> None:
    evidence, items = evidence_of(run)
    before = coverage(evidence, items)
    assert value(before, "with an answer") == 1
    largest = evidence.levels[0][0]
    evidence.levels[0][0] = replace(largest, name=f"Unnamed cluster {largest.id}")
    without = coverage(evidence, items)
    part = (items.labels[0] == 0).mean()
    lost = value(before, "in clusters with a name") - value(without, "in clusters with a name")
    assert lost == pytest.approx(part, abs=0.011)
    assert value(without, "in released clusters") == 1
    del evidence.levels[0][0]
    assert value(coverage(evidence, items), "in released clusters") == pytest.approx(1 - part, abs=0.011)


def test_names_that_are_the_same_or_nearly_are_listed(run: Path) -> None:
    evidence, _ = evidence_of(run)
    base = evidence.levels[0]
    base[0], base[1] = replace(base[0], name="Bake bread"), replace(base[1], name="bake  Bread")
    base[2], base[3] = replace(base[2], name="Plan a train trip"), replace(base[3], name="Plan a trip by train")
    measure = distinctness(evidence, MiniLMEmbedder())
    assert measure.listed is not None
    listed = {(row[0], row[2]): row[4] for row in measure.listed.rows}
    assert listed[base[0].id, base[1].id] == "the same"
    assert float(listed[base[2].id, base[3].id]) >= 0.85
    assert measure.standing != "good"


def test_outliers_are_told_by_cluster_and_not_of_few_people(run: Path) -> None:
    evidence, items = evidence_of(run)
    labels = items.labels[0].copy()
    sizes = np.bincount(labels)
    strangers = np.flatnonzero(labels == int(sizes.argmax()))[: int(0.4 * sizes.min())]
    home = int(sizes.argmin())
    labels[strangers] = home
    mixed = replace(items, labels=[labels, *items.labels[1:]])
    measure = outliers(evidence, mixed, rng())
    assert measure.listed is not None
    cluster = evidence.levels[0][home]
    (row,) = [row for row in measure.listed.rows if row[0] == cluster.id]
    assert row[2] in {"15%", "20%", "25%", "30%", "35%"}
    strict = replace(evidence, config=evidence.config.model_copy(update={"min_users": 60}))
    hidden = outliers(strict, mixed, rng()).listed
    assert hidden is None or cluster.id not in {row[0] for row in hidden.rows}


def test_what_is_stable_comes_back_and_what_is_not_does_not(run: Path) -> None:
    evidence, items = evidence_of(run)
    with Silent().stage("", 5, "") as work:
        steady = stability(evidence, items, MiniLMEmbedder(), 0, work)
        mixed = replace(items, labels=[rng().permutation(items.labels[0]), *items.labels[1:]])
        shaken = stability(evidence, mixed, MiniLMEmbedder(), 0, work)
    assert value(steady, "adjusted Rand index with the run") > 0.6
    assert value(steady, "names that come back") > 0.5
    assert value(shaken, "adjusted Rand index with the run") < 0.05
    assert shaken.standing == "weak"


def test_of_a_purged_vault_the_names_are_measured_all_the_same(run: Path, cli: Cli) -> None:
    cli("purge", run, "--all", "--now")
    measures = by_name(clioscope.evaluate(run))
    assert measures["names"].standing != "not measured"
    for name in ("coverage", "silhouette", "margin", "outliers", "nesting", "stability"):
        assert measures[name].standing == "not measured"
        assert "removed" in measures[name].sentence


def test_an_atlas_that_is_not_of_its_vault_is_told(run: Path) -> None:
    path = next((run / "vault" / "assignments").rglob("level_0.npy"))
    write_array(path, read_array(path)[:-1])
    assert "changed since the atlas was made" in by_name(clioscope.evaluate(run))["silhouette"].sentence


def test_a_run_that_is_worked_on_or_none_is_refused(run: Path, tmp_path: Path) -> None:
    with run_lock(run / "vault"), pytest.raises(RunError, match="is being worked on"):
        clioscope.evaluate(run)
    with pytest.raises(RunError, match="is not a run"):
        clioscope.evaluate(tmp_path / "nowhere")


def test_where_users_are_unknown_conversations_count_and_values_of_a_list_for_one(tmp_path: Path) -> None:
    clioscope.run(conversations(300, None), tmp_path / "run", clusters=6)
    evidence, items = evidence_of(tmp_path / "run")
    assert items.users is None
    twice = replace(items, conversations=np.arange(len(items)) // 2)
    assert twice.several
    assert number_of(evidence.levels[0][0]) == 0
    assert evidence.enough(np.arange(15))
    assert not replace(evidence, items=twice).enough(np.arange(28))


def real(name: str, most: int) -> Sequence[Conversation]:
    with gzip.open(shared(f"{name}.jsonl.gz"), "rt", encoding="utf-8", newline="\n") as file:
        rows = [json.loads(line) for line in file]
    return [
        Conversation(
            id=row["id"],
            messages=tuple(Message(m["role"], m["content"]) for m in row["messages"]),
            metadata={key: label for key, label in row["labels"].items() if isinstance(label, str)},
        )
        for row in rows[:: max(1, len(rows) // most)]
    ]


def test_real_conversations_of_known_intents_are_found_to_be_in_good_clusters(tmp_path: Path) -> None:
    clioscope.run(real("clinc150", 2_000), tmp_path / "run", clusters=60)
    found = by_name(clioscope.evaluate(tmp_path / "run", labels=["intent", "domain"]))
    assert value(found["labels: intent"], "level 0, NMI (V-measure)") > 0.7
    assert found["labels: domain"].lines[0].what.startswith("level 1")
    assert found["silhouette"].standing != "weak"
    assert found["margin"].standing == "good"


def test_a_line_that_is_withheld_has_no_figure() -> None:
    assert Line("a", None).rounded() == Line("a", None)


def test_advice_fits_how_the_run_was_made(run: Path) -> None:
    evidence, items = evidence_of(run)
    crossed = replace(items, parents=[np.roll(parents, 1) for parents in items.parents])
    by_model = {"models": dict.fromkeys(("extract", "name", "arrange"), "openai/double")}
    made_by_one = replace(evidence, config=evidence.config.model_copy(update=by_model))
    for measure in (partial(silhouette, rng=rng()), nesting):
        mixed = replace(crossed, labels=[rng().permutation(level) for level in items.labels])
        without, with_one = measure(evidence, mixed), measure(made_by_one, mixed)
        if without.standing != "not measured":
            assert "PROVIDER/MODEL" in without.advice
            assert "PROVIDER/MODEL" not in with_one.advice
            assert with_one.advice
