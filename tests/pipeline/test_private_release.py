"""Runs with --epsilon: what is written, what is spent, what is refused."""

from __future__ import annotations

import builtins
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import clioscope
from clioscope import Atlas, Conversation, Message
from clioscope.atlas import schema
from clioscope.errors import ConfigError, RunError
from clioscope.privacy.dp.mechanism import require_opendp
from clioscope.testing import ChatRequest, ModelServer
from clioscope.testing.brain import answer
from tests.conftest import Cli, bytes_of, contains, conversations, write_jsonl
from tests.judged.helpers import MODELS, judged

EPSILON = 50.0
"""So much that a few hundred users are enough to see something. It is no protection, and not for use."""


def items(n: int = 700, users: int | None = 200) -> list[Conversation]:
    return conversations(n, users)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_jsonl(tmp_path_factory.mktemp("source") / "conversations.jsonl", items())


@pytest.fixture(scope="module")
def released(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one finished run. Must not be changed."""
    folder = tmp_path_factory.mktemp("released") / "run"
    clioscope.run(source, folder, epsilon=EPSILON, facets=("plan",))
    return folder


@pytest.fixture
def copied(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "run"))


def ledger(run: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((run / "vault" / "releases" / "ledger.json").read_text())["releases"]
    return rows


def test_the_atlas_is_an_ordinary_one(released: Path) -> None:
    atlas = Atlas.open(released)
    for name, columns in (("clusters", schema.CLUSTERS), ("cube", schema.CUBE), ("map", schema.MAP)):
        assert pq.read_schema(atlas.path / f"{name}.parquet").equals(columns)
    base = atlas.level(0)
    assert base
    assert all(atlas.parent(cluster) for cluster in base)
    assert len(list(atlas.walk())) == len(atlas.clusters)
    assert {cell.value for cell in atlas.counts("plan")} == {"free", "team"}
    assert abs(atlas.conversations - 195) < 30
    assert any("bread" in cluster.terms for cluster in base)


@pytest.mark.slow
def test_every_reader_can_read_it(released: Path, cli: Cli) -> None:
    assert "users" in cli("tree", released, "--ids").stdout
    assert "conversation" not in cli("tree", released).stdout
    cluster = Atlas.open(released).top()[0]
    assert "counted with noise" in cli("show", released, cluster.id).stdout
    assert json.loads(cli("show", released, cluster.id, "--json").stdout)["users"] == cluster.users
    assert "epsilon" in cli("info", released).stdout
    cli("export", released, "--output", "exports")
    assert cli("search", released, "sourdough bread").stdout


def test_it_says_what_is_promised_and_what_is_not(released: Path) -> None:
    privacy = Atlas.open(released).privacy
    assert (privacy["epsilon"], privacy["delta"], privacy["contributions"]) == (EPSILON, 1e-6, 16)
    assert privacy["unit"] == "user"
    assert "all conversations of one user" in privacy["neighbours"]
    parts = privacy["measurements"]
    assert {part["part"].split(":")[0] for part in parts} == {"counts", "attributes", "keywords"}
    assert sum(part["rho"] for part in parts) <= privacy["rho"]
    assert sum(part["delta"] for part in parts) <= 0.5e-6
    told = " ".join(privacy["not_covered"])
    assert all(word in told for word in ("owner", "provider", "other folders", "how long"))


def test_the_same_release_again_is_the_stored_one_and_costs_nothing(source: Path, copied: Path) -> None:
    before = bytes_of(copied / "atlas")
    shutil.rmtree(copied / "atlas")
    for name in ("assignments", "embeddings"):
        shutil.rmtree(copied / "vault" / name)
    (copied / "vault" / "stages.json").unlink()
    clioscope.run(source, copied, epsilon=EPSILON, facets=("plan",))
    assert bytes_of(copied / "atlas") == before
    assert len(ledger(copied)) == 1


def test_another_release_is_refused_before_anything_changes(source: Path, copied: Path) -> None:
    before = bytes_of(copied)
    with pytest.raises(ConfigError, match=r"1 release of this run spent 50 of the budget of 50"):
        clioscope.run(source, copied, epsilon=EPSILON, contributions=4, facets=("plan",))
    assert bytes_of(copied) == before


def test_with_a_larger_budget_it_is_another_draw_and_is_added(source: Path, copied: Path) -> None:
    options = {"epsilon": EPSILON, "contributions": 8, "facets": ("plan",), "budget_epsilon": 120.0}
    atlas = clioscope.run(source, copied, **options)
    assert len(ledger(copied)) == 2
    assert EPSILON < atlas.privacy["spent_by_all_releases_of_the_run"]["epsilon"] < 2 * EPSILON


def test_other_conversations_with_the_same_options_are_another_release(copied: Path, tmp_path: Path) -> None:
    config = (copied / "run.toml").read_text(encoding="utf-8")
    path = Path(json.loads("[" + config.split("source = [")[1].split("]")[0].strip().rstrip(",") + "]")[0])
    kept = path.read_bytes()
    try:
        write_jsonl(path, items(650))
        with pytest.raises(ConfigError, match="1 release of this run spent"):
            clioscope.run(path, copied, epsilon=EPSILON, facets=("plan",))
    finally:
        path.write_bytes(kept)
    assert len(ledger(copied)) == 1


def test_a_run_that_ends_after_the_ledger_was_written_is_not_charged_twice(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clioscope.pipeline import private_release

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(private_release, "draw", broken)
        with pytest.raises(KeyboardInterrupt):
            clioscope.run(source, tmp_path / "r", epsilon=EPSILON)
    assert [row["drawn"] for row in ledger(tmp_path / "r")] == [False]
    clioscope.run(source, tmp_path / "r", epsilon=EPSILON)
    assert [row["drawn"] for row in ledger(tmp_path / "r")] == [True]


def delete_release(run: Path) -> None:
    (path,) = (run / "vault" / "releases").glob("*[0-9a-f].json")
    path.unlink()


def test_a_release_that_was_deleted_is_not_drawn_again_for_nothing(source: Path, copied: Path) -> None:
    delete_release(copied)
    before = bytes_of(copied)
    with pytest.raises(ConfigError, match="1 release of this run spent 50 of the budget of 50"):
        clioscope.run(source, copied, epsilon=EPSILON, facets=("plan",))
    assert bytes_of(copied) == before


def test_a_release_that_was_deleted_is_charged_again_where_the_budget_allows(source: Path, copied: Path) -> None:
    delete_release(copied)
    options = {"epsilon": EPSILON, "facets": ("plan",), "budget_epsilon": 120.0}
    atlas = clioscope.run(source, copied, **options)
    assert [row["key"] for row in ledger(copied)] == [ledger(copied)[0]["key"]] * 2
    assert EPSILON < atlas.privacy["spent_by_all_releases_of_the_run"]["epsilon"] < 2 * EPSILON
    again = bytes_of(copied / "atlas")
    clioscope.run(source, copied, **options)
    assert len(ledger(copied)) == 2
    assert bytes_of(copied / "atlas") == again


def test_without_the_ledger_nothing_is_released(source: Path, copied: Path) -> None:
    (copied / "vault" / "releases" / "ledger.json").unlink()
    with pytest.raises(RunError, match="is missing or lacks a release that was drawn"):
        clioscope.run(source, copied, epsilon=EPSILON, facets=("plan",))


@pytest.mark.slow
def test_counts_beside_noise_are_published_only_where_that_is_said(source: Path, copied: Path, cli: Cli) -> None:
    cli("publish", copied, "--yes")
    beside = copied.with_name("beside")
    clioscope.run(source, beside)
    clioscope.run(source, copied, facets=("plan",))
    for run, name in ((copied, "publication 1."), (beside, f"publication 1 of {copied}.")):
        told = " ".join(cli("publish", run, "--yes", code=1).stderr.split())
        assert f"Not published. Out with noise (--epsilon), of these conversations: {name}" in told
    told = " ".join(cli("publish", beside, "--yes", "--despite-noise").stdout.split())
    assert "epsilon promises nothing any more" in told
    clioscope.run(source, copied, epsilon=EPSILON, contributions=8, facets=("plan",), budget_epsilon=120.0)
    assert "noise takes nothing back of what they tell" in " ".join(cli("publish", copied, "--yes").stdout.split())


def test_what_one_user_alone_says_does_not_come_out(tmp_path: Path) -> None:
    said = [
        replace(c, messages=(Message("user", f"{c.messages[0].content} xylophonist"),)) if c.user == "user-7" else c
        for c in items(900, 300)
    ]
    atlas = clioscope.run(said, tmp_path / "r", epsilon=8.0)
    assert contains(atlas.path, ["xylophonist", "user-7"]) == []


@pytest.mark.slow
def test_where_nothing_passes_the_atlas_is_empty_and_the_owner_is_told(tmp_path: Path, cli: Cli) -> None:
    source = write_jsonl(tmp_path / "few.jsonl", items(60, 30))
    told = cli("run", source, "--run", "r", "--epsilon", "0.5").stderr
    assert "No cluster was let out" in told
    assert Atlas.open(tmp_path / "r").top() == []
    cli("tree", "r")
    cli("info", "r")
    cli("search", "r", "bread")
    cli("export", "r")


def test_where_users_are_unknown_the_unit_is_a_conversation(tmp_path: Path) -> None:
    privacy = clioscope.run(items(400, None), tmp_path / "r", epsilon=EPSILON).privacy
    assert privacy["unit"] == "conversation"
    assert "guarantee is per conversation" in privacy["guarantee"]
    assert "any one conversation is in the data or not" in privacy["guarantee"]


def test_whether_somebody_has_no_user_is_not_told(tmp_path: Path) -> None:
    everybody = items(400, 100)
    one_without = [replace(everybody[0], user=None), *everybody[1:]]
    told = [
        clioscope.run(found, tmp_path / name, epsilon=EPSILON).privacy
        for name, found in (("all", everybody), ("one", one_without))
    ]
    assert told[0]["guarantee"] == told[1]["guarantee"]
    assert told[0]["unit"] == "user"
    assert "Conversations without a user, if there are any" in told[0]["guarantee"]


def test_no_minimum_is_asked_for_where_there_is_none(tmp_path: Path) -> None:
    assert clioscope.run(items(6, 2), tmp_path / "r", epsilon=EPSILON).top() == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"delta": 1e-6}, "--delta belongs to --epsilon"),
        ({"epsilon": 1.0, "sample": 10}, "--sample: that would draw others"),
        ({"epsilon": 1.0, "cluster_size": 10}, "--cluster-size"),
        ({"epsilon": 1.0, "profile": "personal"}, "--profile personal"),
        ({"epsilon": 1.0, "min_users": 5}, "--min-users"),
        ({"epsilon": 2.0, "budget_epsilon": 1.0}, "more than --budget-epsilon 1"),
        ({"epsilon": 1.0, "clusters": 5000}, "public codebook, which has 320"),
        ({"epsilon": -1.0}, "epsilon"),
    ],
)
def test_what_contradicts_it_is_refused(options: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        clioscope.run(items(50), tmp_path / "r", **options)
    assert not (tmp_path / "r").exists()


def test_without_opendp_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    importing = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("opendp"):
            raise ImportError(name)
        return importing(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ConfigError, match=r"pip install 'clioscope\[dp\]'"):
        require_opendp()


def test_a_model_names_from_released_keywords_and_sees_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")
    asked: list[ChatRequest] = []

    def listen(request: ChatRequest) -> str:
        asked.append(request)
        return answer(request)

    with ModelServer(answer=listen) as server:
        done = judged(tmp_path, server, n=400, models={"name": MODELS["name"]}, epsilon=EPSILON)
        first = bytes_of(done.folder / "atlas")
        again = judged(tmp_path, server, n=400, models={"name": MODELS["name"]}, epsilon=EPSILON)
    drawn = next((done.folder / "vault" / "releases").glob("[0-9a-f]*[0-9a-f].json"))
    words = {word for cell in json.loads(drawn.read_text())["keywords"].values() for word in cell}
    assert asked
    for request in asked:
        said = json.loads(request.user.split(">\n")[1].split("\n</")[0])
        assert set(said["of_the_group"]) | set(said["beside_it"]) <= words
    assert any(cluster.name.startswith("discuss") for cluster in done.atlas.walk())
    assert bytes_of(again.folder / "atlas") == first
