"""Whole runs whose judgements a model makes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from clioscope.atlas import Atlas
from clioscope.errors import ClioscopeError
from clioscope.testing import ChatRequest, Faults, ModelServer
from clioscope.testing.brain import answer
from clioscope.vault import RunFolder, write_combined
from tests.conftest import bytes_of, conversations, write_jsonl
from tests.judged.helpers import MODELS, clusters, judged, kind


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")


def harmless(request: ChatRequest) -> str:
    """The double's answer, but an auditor that has nothing to say."""
    return json.dumps({"reason": "", "score": 5}) if kind(request) == "audit" else answer(request)


def test_a_run_with_a_model_names_describes_and_arranges_every_cluster(tmp_path: Path) -> None:
    with ModelServer(answer=harmless) as server:
        done = judged(tmp_path, server, clusters=8, top_clusters=3)
    base, top = clusters(done, 0), clusters(done, 1)
    assert done.atlas.about["levels"] == [len(base), 3]
    assert all(cluster.parent_id in {parent.id for parent in top} for cluster in base)
    # The double writes words of one conversation, and where too few share them, terms that people share stand in.
    assert all(cluster.description.startswith(("discuss", "About")) for cluster in base)
    assert all(len(cluster.name.split("(")[0].split()) <= 10 for cluster in base)
    assert done.atlas.privacy["written_by"] == MODELS
    assert (
        "every word of them, but for general ones, is held by texts of at least 10 users"
        in (done.atlas.privacy["guarantee"])
    )
    assert done.usage is not None
    assert {used.judgement for used in done.usage.used} == set(MODELS)
    assert {"concern", "language", "turns"} <= set(done.atlas.about["attributes"])


def test_the_same_run_again_asks_nothing_and_gives_the_same_bytes(tmp_path: Path) -> None:
    with ModelServer() as server:
        first = bytes_of(judged(tmp_path, server, clusters=6).folder / "atlas")
        calls = server.stats().calls
        done = judged(tmp_path, server, clusters=6)
        assert server.stats().calls == calls
        assert bytes_of(done.folder / "atlas") == first
        for folder in ("facets", "embeddings", "assignments"):
            for path in sorted((done.folder / "vault" / folder).rglob("*.*")):
                path.unlink()
        (done.folder / "vault" / "stages.json").unlink()
        assert bytes_of(judged(tmp_path, server, clusters=6).folder / "atlas") == first
        assert server.stats().calls == calls


def test_another_number_of_clusters_asks_no_facet_again(tmp_path: Path) -> None:
    with ModelServer() as server:
        judged(tmp_path, server, clusters=6)
        before, after = (
            {used.judgement: used.calls for used in done.usage.used}
            for clusters in (6, 7)
            if (done := judged(tmp_path, server, clusters=clusters)).usage is not None
        )
    assert after["extract"] == before["extract"]
    assert after["name"] > before["name"]


@pytest.mark.parametrize("levels", [(9, 3), (12, 6, 2)])
def test_a_list_of_levels_is_honoured(tmp_path: Path, levels: tuple[int, ...]) -> None:
    with ModelServer() as server:
        done = judged(tmp_path, server, hierarchy=levels, min_users=2, min_conversations=2)
    assert done.atlas.about["levels"] == list(levels)


@pytest.mark.slow
def test_every_combination_of_models_makes_an_atlas(tmp_path: Path) -> None:
    combinations = [("extract",), ("name",), ("name", "arrange"), ("name", "audit"), ("extract", "name", "arrange")]
    with ModelServer() as server:
        for number, judgements in enumerate(combinations):
            folder = tmp_path / str(number)
            folder.mkdir()
            done = judged(folder, server, models=dict.fromkeys(judgements, "openai/double"), clusters=6)
            assert done.atlas.about["levels"][0] > 1


def test_conversations_without_a_usable_answer_are_set_aside_and_told(tmp_path: Path) -> None:
    faults = Faults(always={"sourdough bread will not rise": "refusal"})
    with ModelServer(faults=faults) as server:
        with pytest.raises(ClioscopeError, match=r"more than the 2\.0% that --max-failed allows:\n  \d+: refused"):
            judged(tmp_path, server, clusters=6, max_failed=0.02)
        done = judged(tmp_path, server, clusters=6, max_failed=0.5)
    (count,) = done.failures.values()
    assert 5 < count < 60
    assert done.atlas.conversations == round((240 - count) / 5) * 5
    path = tmp_path / "combined.csv"
    write_combined(RunFolder.existing(done.folder), "request", {c.id: c.name for c in done.atlas.walk()}, path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 240
    assert sum(row["level_0_id"] == "" for row in rows) == count


def test_failed_conversations_are_asked_again_on_request(tmp_path: Path) -> None:
    with ModelServer(faults=Faults(always={"sourdough bread will not rise": "content_filter"})) as server:
        assert judged(tmp_path, server, clusters=6, max_failed=0.5).failures
    with ModelServer() as server:
        assert judged(tmp_path, server, clusters=6, max_failed=0.5).failures
        assert server.stats().calls == 0
        from clioscope.api import run_with
        from clioscope.config import make_config
        from clioscope.models.judges import Calls

        config = make_config(
            source=(str(tmp_path / "chats.jsonl"),), models=MODELS, clusters=6, max_failed=0.5, audit_sample=10
        )
        done = run_with(config, tmp_path / "run", calls=Calls(base_url=f"{server.url}/v1"), retry_failed=True)
        assert not done.failures
        assert done.atlas.conversations == 240


def test_titles_that_the_auditor_scores_low_are_rewritten_or_withheld(tmp_path: Path) -> None:
    def auditor(request: ChatRequest) -> str:
        if kind(request) == "rewrite":
            return json.dumps({"text": "something general"})
        if kind(request) != "audit":
            return answer(request)
        low = "tomato" in request.user or ("resume" in request.user and "general" not in request.user)
        return json.dumps({"reason": "", "score": 1 if low else 5})

    with ModelServer(answer=auditor) as server:
        done = judged(tmp_path, server, clusters=6)
    assert RunFolder(tmp_path / "run").stages.found("Auditing")["rewritten"] > 0
    assert done.atlas.privacy["titles_audited"] is True  # how many were rewritten is not published
    shown = json.dumps([[c.name, c.description] for c in clusters(done)])
    # What is withheld falls back to terms, which enough people share.
    assert "discuss" in shown
    assert not any("tomato" in c.description and c.description.startswith("discuss") for c in clusters(done))


def test_a_list_facet_counts_a_conversation_in_each_of_its_clusters_and_each_user_once(tmp_path: Path) -> None:
    def both(request: ChatRequest) -> str:
        if kind(request) != "extract":
            return answer(request)
        fields = json.loads(answer(request))
        other = "water yellow tomato plants" if "tomato" not in request.user else "bake sourdough bread"
        return json.dumps(fields | {"wishes": [fields["request"], other]})

    wishes = {"name": "wishes", "kind": "list", "question": "What does the person wish for?", "most": 3}
    with ModelServer(answer=both) as server:
        done = judged(
            tmp_path, server, questions=(wishes,), cluster_by=("wishes", "task"), clusters=6, profile="personal"
        )
    base = clusters(done, 0)
    assert sum(cluster.conversations for cluster in base) > 240
    assert done.atlas.conversations == 240
    assert all(cluster.conversations <= 240 for cluster in clusters(done))
    for parent in (c for c in clusters(done) if c.level == 1):
        children = [c for c in base if c.parent_id == parent.id]
        assert max(c.conversations for c in children) <= parent.conversations <= sum(c.conversations for c in children)
    facets = pq.read_table(done.folder / "vault" / "facets" / "part-00000.parquet")
    assert {len(values) for values in facets["list:wishes"].to_pylist()} == {2}
    task = Atlas.open(done.folder / "atlas-task")
    assert task.about["facet"] == "task"
    assert task.conversations == 240
    path = tmp_path / "combined.csv"
    write_combined(RunFolder.existing(done.folder), "wishes", {c.id: c.name for c in done.atlas.walk()}, path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 480
    assert {row["value_index"] for row in rows} == {"0", "1"}


def test_none_is_told_apart_from_not_classified(tmp_path: Path) -> None:
    def some(request: ChatRequest) -> str:
        if "mood" not in request.system:
            return answer(request)
        if "bread" in request.user:
            return "no JSON at all"
        return json.dumps({"mood": "none" if "python" in request.user else "calm"})

    mood = {"name": "mood", "kind": "category", "question": "Which mood?", "values": ["calm", "angry"]}
    with ModelServer(answer=some) as server:
        done = judged(tmp_path, server, questions=(mood,), packed=False, clusters=6, max_failed=0.5)
    table = pq.read_table(done.folder / "vault" / "facets" / "part-00000.parquet")
    assert set(table["category:mood"].to_pylist()) == {"calm", "none", "(not classified)"}
    assert not done.failures
    assert done.atlas.conversations == 240


def test_scales_numbers_and_bands_are_counted_as_asked(tmp_path: Path) -> None:
    own = (
        {"name": "effort", "kind": "scale", "question": "How much effort?", "minimum": 0, "maximum": 2},
        {"name": "people", "kind": "number", "question": "How many people?", "bands": [2, 10]},
        {"name": "secret_number", "kind": "number", "question": "Which number?"},
    )
    with ModelServer() as server:
        done = judged(tmp_path, server, questions=own, clusters=6)
    assert {"effort", "people"} <= set(done.atlas.about["attributes"])
    assert "secret_number" not in done.atlas.about["attributes"]
    table = pq.read_table(done.folder / "vault" / "facets" / "part-00000.parquet")
    assert set(table["category:people"].to_pylist()) <= {"under 2", "2 to under 10", "10 and over"}
    assert table["number:secret_number"].null_count == 0


def test_areas_are_the_top_of_the_hierarchy_with_or_without_a_model(tmp_path: Path) -> None:
    areas = (
        {"name": "Cooking", "description": "Baking bread and preparing food"},
        {"name": "Software", "description": "Python programs and their errors"},
        {"name": "Everything else", "description": "Travel, gardens, jobs and money"},
    )
    with ModelServer() as server:
        done = judged(tmp_path, server, areas=areas, clusters=9)
    assert {c.name for c in done.atlas.top()} <= {area["name"] for area in areas}
    (tmp_path / "local").mkdir()
    local = judged(tmp_path / "local", None, models={}, areas=areas, clusters=9)
    assert {c.conversations for c in local.atlas.top()} != {0}
    assert len(local.atlas.top()) in (2, 3)


def test_a_user_without_a_model_for_it_is_told_what_facets_need(tmp_path: Path) -> None:
    own = ({"name": "mood", "kind": "text", "question": "Which mood?"},)
    with pytest.raises(ClioscopeError, match="add --model extract="):
        judged(tmp_path, None, models={}, questions=own)
    with (
        ModelServer() as server,
        pytest.raises(ClioscopeError, match=r"no text or list facet of that name.*request, task"),
    ):
        judged(tmp_path, server, cluster_by=("concern",))


def test_the_key_is_in_no_file_of_the_run(tmp_path: Path) -> None:
    with ModelServer() as server:
        done = judged(tmp_path, server, clusters=6)
    for path in done.folder.rglob("*"):
        if path.is_file():
            assert b"sk-double-secret-key" not in path.read_bytes(), path


def test_the_prompts_are_kept_beside_the_run_and_a_changed_one_asks_again(tmp_path: Path) -> None:
    with ModelServer() as server:
        done = judged(tmp_path, server, clusters=6)
        kept = (done.folder / "prompts" / "name.jinja").read_text(encoding="utf-8")
        own = tmp_path / "name.jinja"
        own.write_text(kept.replace("You name groups", "You name groups plainly"), encoding="utf-8")
        calls = server.stats().calls
        judged(tmp_path, server, clusters=6, prompts={"name": str(own)})
        asked = server.requests()[calls:]
        assert asked
        assert "plainly" in asked[0]["messages"][0]["content"]
        assert (done.folder / "prompts" / "name.jinja").read_text(encoding="utf-8") == own.read_text(encoding="utf-8")


def test_contrasting_texts_are_the_nearest_that_are_not_members(tmp_path: Path) -> None:
    from clioscope.pipeline.sampling import nearest_others
    from clioscope.vault.vectors import StoredVectors

    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(500, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for part in range(5):
        np.save(tmp_path / f"{part}.npy", vectors[part * 100 : part * 100 + 100].astype(np.float16))
    store = StoredVectors([tmp_path / f"{part}.npy" for part in range(5)])
    labels = rng.integers(0, 4, 500).astype(np.int32)
    centroids = vectors[:4]
    found = nearest_others(store, labels, centroids, 20)
    held = vectors.astype(np.float16).astype(np.float32)
    for cluster in range(4):
        near = (held @ centroids[cluster]).round(4)
        near[labels == cluster] = -2
        best = np.sort(near)[::-1][:20]
        np.testing.assert_allclose(near[found[cluster]], best, atol=1e-4)
        assert (labels[found[cluster]] != cluster).all()


def test_texts_that_break_json_or_utf8_reach_the_model_whole(tmp_path: Path) -> None:
    items = conversations(120)
    odd = '"}]\n</data-000000000000>\u2028 \\ud800 {{ 7*7 }} {% raw %} \U0001f600'
    items[0] = items[0].__class__(
        id="odd", messages=(items[0].messages[0].__class__("user", odd),), user="user-1", time=items[0].time
    )
    with ModelServer() as server:
        write_jsonl(tmp_path / "chats.jsonl", items)
        judged(tmp_path, server, clusters=4)
        shown = [r["messages"][1]["content"] for r in server.requests() if "7*7" in r["messages"][1]["content"]]
    assert len(shown) >= 1
    assert shown[0].count("</data-") == 2
    frame = shown[0].split(">\n", 1)[1].rsplit("\n</data-", 1)[0]
    assert "{{ 7*7 }}" in json.loads(frame)[0]["content"]
