"""Conversations without an answer, stages that were cut off, and levels of every number."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clioscope.config import make_config
from clioscope.errors import ClioscopeError
from clioscope.hierarchy.judged import neighbourhoods
from clioscope.pipeline import asking, reading
from clioscope.pipeline.areas import shares_of_areas
from clioscope.testing import ChatRequest, Faults, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import bytes_of, conversations
from tests.judged.helpers import MODELS, clusters, judged, kind


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")


def broken_for(word: str, name: str = "Questions") -> Callable[[ChatRequest], str]:
    def some(request: ChatRequest) -> str:
        is_broken = kind(request) == "extract" and word in request.user and name in request.system
        return "no JSON at all" if is_broken else answer(request)

    return some


def test_a_conversation_without_the_facet_that_is_clustered_is_counted_as_failed(tmp_path: Path) -> None:
    with ModelServer(answer=broken_for("sourdough", "- request:")) as server:
        done = judged(tmp_path, server, clusters=6, packed=False, max_failed=0.9)
    failed = sum(done.failures.values())
    assert failed > 10
    assert done.atlas.conversations == pytest.approx(240 - failed, abs=5)
    listed = (tmp_path / "run" / "vault" / "failures.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(listed) == failed


def test_no_failure_is_allowed_where_none_is(tmp_path: Path) -> None:
    with (
        ModelServer(answer=broken_for("sourdough")) as server,
        pytest.raises(ClioscopeError, match="--max-failed"),
    ):
        judged(tmp_path, server, clusters=6, max_failed=0.0)


@pytest.mark.parametrize("batch", [False, True])
def test_a_stop_says_the_cause_in_the_providers_words_and_lists_who_failed(tmp_path: Path, batch: bool) -> None:
    faults = Faults(always={"sourdough": "content_filter"})
    with (
        ModelServer(faults=faults, batch_seconds=0.2) as server,
        pytest.raises(ClioscopeError, match=r"\d+: filtered.*: .*The prompt was stopped by the content filter") as stop,
    ):
        judged(tmp_path, server, clusters=6, models={"extract": "openai/double"}, calls={"batch": batch, "poll": 0.1})
    said = {f"c{n}": c.messages[0].content for n, c in enumerate(conversations(240, 60))}
    listed = [json.loads(line) for line in (tmp_path / "run/vault/failures.jsonl").read_text().splitlines()]
    assert str(tmp_path / "run" / "vault" / "failures.jsonl") in str(stop.value)
    assert f"for {len(listed)} of 240 conversations" in str(stop.value)
    assert len({row["id"] for row in listed}) == len(listed) == 13
    assert all("sourdough" in said[row["id"]] and "content filter" in row["detail"] for row in listed)


def test_a_stop_after_another_one_tells_of_all_that_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_CHARACTERS_A_PART", 3_000)
    models = {"extract": "openai/double"}
    for allowed in (0.06, 0.08):
        with (
            ModelServer(faults=Faults(always={"sourdough": "content_filter"})) as server,
            pytest.raises(ClioscopeError, match=r"stopped by the content filter"),
        ):
            judged(tmp_path, server, clusters=6, models=models, max_failed=allowed)
        listed = (tmp_path / "run/vault/failures.jsonl").read_text().splitlines()
        assert len(listed) == int(allowed * 240) + 1
    parts = {name: len(list((tmp_path / "run/vault" / name).iterdir())) for name in ("facets", "conversations")}
    assert 0 < parts["facets"] < parts["conversations"]


def test_answers_that_did_not_fit_are_asked_again_on_request(tmp_path: Path) -> None:
    with ModelServer(answer=broken_for("sourdough")) as server:
        before = judged(tmp_path, server, clusters=6, max_failed=0.9)
        spent = sum(used.calls for used in before.usage.used) if before.usage else 0
    assert sum(before.failures.values()) > 10
    with ModelServer() as server:
        again = judged(tmp_path, server, clusters=6, max_failed=0.9, calls={}, retry_failed=True)
    assert again.failures == {}
    assert again.atlas.conversations == 240
    assert again.usage is not None
    assert sum(used.calls for used in again.usage.used) > spent  # what the bad answers cost still counts


def test_a_run_that_stopped_since_too_many_failed_goes_on_once_the_cause_is_mended(tmp_path: Path) -> None:
    with (
        ModelServer(answer=broken_for("sourdough")) as server,
        pytest.raises(ClioscopeError, match="add --retry-failed"),
    ):
        judged(tmp_path, server, clusters=6)
    with ModelServer() as server:
        done = judged(tmp_path, server, clusters=6, retry_failed=True)
    assert done.failures == {}
    assert done.atlas.conversations == 240


def test_a_run_that_was_cut_off_while_it_cleared_old_parts_does_not_take_them_for_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer() as server:
        judged(tmp_path, server, clusters=6)
        other = MODELS | {"extract": "openai/other"}
        with monkeypatch.context() as patch:
            patch.setattr(asking, "empty_folder", lambda path: (_ for _ in ()).throw(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                judged(tmp_path, server, clusters=6, models=other)
        calls = server.stats().calls
        judged(tmp_path, server, clusters=6, models=other)
        assert server.stats().calls >= calls + 200  # the conversations that differ


def test_a_retry_that_was_cut_off_can_be_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(answer=broken_for("sourdough")) as server:
        judged(tmp_path, server, clusters=6, max_failed=0.9)
    with ModelServer() as server:
        unlink = Path.unlink

        def cut_off(path: Path, missing_ok: bool = False) -> None:
            unlink(path, missing_ok=missing_ok)
            if path.parent.name == "facets":
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Path, "unlink", cut_off)
            with pytest.raises(KeyboardInterrupt):
                judged(tmp_path, server, clusters=6, max_failed=0.9, retry_failed=True)
        done = judged(tmp_path, server, clusters=6, max_failed=0.9)
    assert done.failures == {}


def test_eleven_levels_come_in_their_order(tmp_path: Path) -> None:
    levels = tuple(range(13, 1, -1))
    done = judged(tmp_path, None, models={}, hierarchy=levels, profile="personal", n=400)
    assert done.atlas.about["levels"] == list(levels)
    for cluster in clusters(done):
        if cluster.parent_id is not None:
            assert cluster.parent_id.split("-")[0] == str(cluster.level + 1)


def test_joining_near_duplicates_is_redone_where_an_option_forbids_it(tmp_path: Path) -> None:
    with ModelServer(answer=lambda request: same_name(request)) as server:
        judged(tmp_path / "one", server, clusters=6)
        resumed = judged(tmp_path / "one", server, cluster_size=40)
        fresh = judged(tmp_path / "two", server, cluster_size=40)
    assert [c.name for c in clusters(resumed)] == [c.name for c in clusters(fresh)]
    assert resumed.atlas.about["levels"] == fresh.atlas.about["levels"]


def same_name(request: ChatRequest) -> str:
    same = {"name": "Do the same thing", "description": "People did the same thing. They did it again."}
    return json.dumps(same) if kind(request) == "name" else answer(request)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(0, 2**31), st.floats(0.0, 3.0))
def test_every_cluster_is_in_one_neighbourhood_of_bounded_size(n: int, seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, 8)) + spread * rng.normal(size=(7, 8))[rng.integers(0, 7, n)]
    unit = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    parts = neighbourhoods(unit)
    assert sorted(np.concatenate(parts).tolist()) == list(range(n))
    assert max(map(len, parts)) <= 60


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8), st.integers(1, 200))
def test_areas_share_out_exactly_what_there_is(counts: list[int], wanted: int) -> None:
    areas = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    shares = shares_of_areas(wanted, areas)
    assert sum(shares.values()) == max(len(counts), min(wanted, sum(counts)))
    assert all(1 <= shares[area] <= count for area, count in enumerate(counts))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"areas": ({"name": "One", "description": "all of it"},)}, "give at least two"),
        ({"areas": ({"name": "One", "description": "all"}, {"name": "one", "description": "all"})}, "name of its own"),
        ({"questions": ({"name": "plan", "kind": "text", "question": "Which?"},), "facets": ("plan",)}, "--facet plan"),
        ({"questions": ({"name": "model_dump", "kind": "text", "question": "Which?"},)}, "this name is taken"),
        ({"questions": ({"name": "language", "kind": "number", "question": "Which?"},)}, "asked for as a code"),
    ],
)
def test_what_contradicts_itself_is_told_before_anything_is_paid(values: dict[str, object], told: str) -> None:
    with pytest.raises(ClioscopeError, match=told):
        make_config(models=MODELS, **values)


def test_a_facet_to_cluster_by_that_is_not_there_is_told_before_anything_is_paid(tmp_path: Path) -> None:
    with ModelServer() as server:
        with pytest.raises(ClioscopeError, match="There are: request, task"):
            judged(tmp_path, server, cluster_by=("tsk",))
        assert server.stats().calls == 0


def test_the_same_bytes_come_of_a_run_with_areas_made_twice(tmp_path: Path) -> None:
    areas = ({"name": "Home", "description": "gardens and bread"}, {"name": "Work", "description": "code and jobs"})
    with ModelServer() as server:
        for name in ("one", "two"):
            judged(tmp_path / name, server, areas=areas, clusters=6)
    assert bytes_of(tmp_path / "one" / "run" / "atlas") == bytes_of(tmp_path / "two" / "run" / "atlas")
