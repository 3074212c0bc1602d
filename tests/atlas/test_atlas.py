"""The atlas as its readers meet it, and the promises it makes."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import clioscope
from clioscope import Atlas, Conversation, Message, RunError, TooSmallError
from clioscope.atlas.schema import CLUSTERS, CUBE, MAP, SEARCH
from tests.conftest import PADDING, TOPICS, bytes_of, conversations


@pytest.fixture
def atlas(made: Path) -> Atlas:
    return Atlas.open(made)


def test_its_files_and_columns_are_those_of_the_schema(made: Path) -> None:
    assert {path.name for path in (made / "atlas").iterdir()} == {
        "atlas.json", "privacy.json", "clusters.parquet", "cube.parquet", "map.parquet", "search.parquet",
    }  # fmt: skip
    for name, schema in (("clusters", CLUSTERS), ("cube", CUBE), ("map", MAP), ("search", SEARCH)):
        assert pq.read_schema(made / "atlas" / f"{name}.parquet").equals(schema)


def test_every_figure_is_rounded_and_stands_on_enough(atlas: Atlas) -> None:
    for table in (atlas.clusters, atlas.cube, atlas.map):
        for row in table:
            assert row["conversations"] % 5 == 0
            assert row["conversations"] >= 15
            assert row["users"] % 5 == 0
            assert row["users"] >= 10


def test_every_cluster_has_one_parent_above_it(atlas: Atlas) -> None:
    for cluster in atlas.walk():
        parent = atlas.parent(cluster)
        assert (parent is None) == (cluster.level == atlas.levels - 1)
        assert parent is None or parent.level == cluster.level + 1
    assert len(list(atlas.walk())) == len(atlas.clusters) == sum(atlas.about["levels"])


def test_names_within_a_level_are_distinct(atlas: Atlas) -> None:
    for level in range(atlas.levels):
        names = [cluster.name.casefold() for cluster in atlas.level(level)]
        assert len(set(names)) == len(names)


def test_terms_come_from_what_many_people_said(atlas: Atlas) -> None:
    said = {word for texts in (*TOPICS.values(), PADDING) for text in texts for word in text.split()}
    assert {w for c in atlas.walk() for term in c.terms for w in term.split()} <= said | {"key", "errors", "tomatoes"}


def test_nothing_about_one_conversation_is_in_it(made: Path) -> None:
    everything = b"".join(bytes_of(made / "atlas").values())
    for path in (made / "atlas").glob("*.parquet"):
        everything += json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
    for conversation in conversations(600):
        assert f'"{conversation.id}"'.encode() not in everything
        assert str(conversation.metadata["account"]).encode() not in everything
    assert b"user-" not in everything
    assert b"topic" not in everything, "a column that nobody asked for"


def test_only_columns_that_were_asked_for_are_counted(atlas: Atlas) -> None:
    assert atlas.attributes == ["language", "turns", "length", "month", "plan"]
    assert {cell.value for cell in atlas.counts("plan")} == {"free", "team"}
    with pytest.raises(RunError, match="--facet topic"):
        atlas.counts("topic")


def test_the_cube_holds_at_most_two_attributes(atlas: Atlas) -> None:
    pairs = [row for row in atlas.cube if row["attribute_2"] is not None]
    assert pairs
    assert all(row["attribute_1"] is not None for row in pairs)
    keys = [tuple(row[name] for name in CUBE.names[:5]) for row in atlas.cube]
    assert len(set(keys)) == len(keys)


def test_the_map_holds_the_whole_of_every_cluster(atlas: Atlas) -> None:
    for cluster in atlas.level(0):
        bins = [row for row in atlas.map if row["cluster_id"] == cluster.id]
        assert abs(sum(row["conversations"] for row in bins) - cluster.conversations) <= 3 * (len(bins) + 1)


def test_tables_come_in_the_library_one_likes(atlas: Atlas) -> None:
    arrow, pandas_frame, polars_frame = (
        atlas.clusters.to_arrow(), atlas.clusters.to_pandas(), atlas.clusters.to_polars(),
    )  # fmt: skip
    assert arrow.num_rows == len(pandas_frame) == polars_frame.height == len(atlas.clusters)
    assert pa.table(atlas.cube).num_rows == len(atlas.cube), "the Arrow PyCapsule interface"


def test_in_a_notebook_it_is_a_tree_and_texts_are_escaped(atlas: Atlas) -> None:
    from clioscope.atlas.notebook import tree_html

    html = atlas._repr_html_()
    assert html.count("<details>") == len(atlas.clusters)
    hostile = atlas.top()[0].__class__(**{**atlas.top()[0].__dict__, "name": "<script>x</script>"})
    atlas._by_id[hostile.id] = hostile
    assert "<script>" not in tree_html(atlas)
    assert "&lt;script&gt;" in tree_html(atlas)


def test_search_finds_by_word_and_by_meaning(atlas: Atlas) -> None:
    assert "bread" in clioscope.search(atlas, "bread")[0].cluster.name.casefold()
    meaning = clioscope.search(atlas, "vegetables in my yard look ill", limit=3)
    assert any("tomato" in " ".join(hit.cluster.terms) for hit in meaning)


def test_a_cluster_is_found_by_id_and_by_name(atlas: Atlas) -> None:
    first = atlas.level(0)[0]
    assert atlas.cluster(first.id) == first
    assert atlas.cluster(first.name.upper()).name == first.name
    with pytest.raises(RunError, match="No cluster has the id or name 'zzz'"):
        atlas.cluster("zzz")


def test_exports_say_the_same_as_the_atlas(atlas: Atlas, tmp_path: Path) -> None:
    from clioscope.atlas.export import export

    written = export(atlas, tmp_path)
    assert {path.name for path in written} == {path.name for path in tmp_path.iterdir()}
    nested = json.loads((tmp_path / "clusters.json").read_text(encoding="utf-8"))
    assert [c["name"] for c in nested["clusters"]] == [c.name for c in atlas.top()]
    assert pq.read_table(tmp_path / "cube.parquet").equals(atlas.cube.to_arrow())
    with (tmp_path / "level_0_clusters.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [cluster.id for cluster in atlas.level(0)]


def test_users_unknown_is_said_and_counted_by_conversations(tmp_path: Path) -> None:
    atlas = clioscope.run(conversations(400, users=None), tmp_path / "r")
    assert atlas.users is None
    assert all(row["users"] is None for row in atlas.cube)
    assert "weaker" in atlas.privacy["guarantee"]
    assert atlas.privacy["min_conversations"] == 15
    of_users = ("min_users", "min_users_of_a_cluster", "largest_share_of_one_user")
    assert [atlas.privacy[name] for name in of_users] == [None] * 3
    (found,) = clioscope.audit(tmp_path / "r", attacks=["thresholds"])
    assert "figures stand on 15 conversations" in found.sentence


def test_what_was_not_audited_is_not_called_proven(tmp_path: Path, made: Path) -> None:
    figures = ("withheld_cells_audited", "cells_withheld_by_the_audit", "withheld_cells_not_proven")
    privacy = clioscope.run(conversations(200), tmp_path / "r", min_conversations=1, min_users=1).privacy
    assert [privacy[name] for name in figures] == [None] * 3
    assert Atlas.open(made / "atlas").privacy["withheld_cells_not_proven"] == 0


def nameless(every: int) -> list[Conversation]:
    """400 conversations of 60 users, of which each that ``every`` divides has no user."""
    return [replace(c, user=None) if i % every == 0 else c for i, c in enumerate(conversations(400))]


def test_conversations_without_a_user_may_be_no_more_of_a_figure_than_one_users(tmp_path: Path) -> None:
    with pytest.raises(TooSmallError, match=r"25% of the conversations have no user\. They count as one user's.*20%"):
        clioscope.run(nameless(4), tmp_path / "many")
    atlas = clioscope.run(nameless(20), tmp_path / "few")
    assert "Conversations without a user count as one user's." in atlas.privacy["guarantee"]
    found = clioscope.audit(tmp_path / "few", attacks=["thresholds", "coarseness"])
    assert [finding.verdict for finding in found] == ["held", "held"]


@pytest.mark.parametrize("profile", ["strict", "public"])
def test_profiles_that_promise_users_refuse_what_mostly_has_none(tmp_path: Path, profile: str) -> None:
    mostly = [replace(c, user=None) if i % 3 else c for i, c in enumerate(conversations(400))]
    said = f"--profile {profile} promises a minimum of users, and 66% of the conversations have none"
    with pytest.raises(TooSmallError, match=said):
        clioscope.run(mostly, tmp_path / "r", profile=profile)


def test_ones_own_export_is_pointed_to_the_personal_profile(tmp_path: Path) -> None:
    own = conversations(120, users=1)
    with pytest.raises(TooSmallError, match="--profile personal"):
        clioscope.run(own, tmp_path / "r")
    atlas = clioscope.run(own, tmp_path / "r", profile="personal")
    assert not atlas.for_publishing
    assert len(atlas.level(0)) > 3
    assert "own export" in atlas.privacy["guarantee"]


def test_too_few_conversations_say_what_would_help(tmp_path: Path) -> None:
    with pytest.raises(TooSmallError, match=r"12 conversations of \d+ users: too few.*--min-users"):
        clioscope.run(conversations(12), tmp_path / "r")


def test_a_term_of_a_personal_atlas_needs_three_conversations(tmp_path: Path) -> None:
    own = [
        Conversation(f"{word}-{i}", (Message("user", f"tell me about {word} {more}"),), user="me")
        for word, times in (("volcanoes", 5), ("xylophones", 2), ("glaciers", 5))
        for i, more in enumerate(["today", "please", "again", "briefly", "slowly"][:times])  # copies count once
    ]
    atlas = clioscope.run(own, tmp_path / "r", profile="personal", clusters=3)
    shown = " ".join(f"{c.name} {' '.join(c.terms)}" for c in atlas.walk()).casefold()
    assert "volcano" in shown
    assert "xylophone" not in shown


def test_async_gives_the_same_and_can_be_cancelled(tmp_path: Path, made: Path) -> None:
    import asyncio

    async def cancelled() -> None:
        task = asyncio.create_task(clioscope.run_async(conversations(600), tmp_path / "c", facets=("plan",)))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    asyncio.run(clioscope.run_async(conversations(600), tmp_path / "c", facets=("plan",)))
    assert bytes_of(tmp_path / "c" / "atlas") == bytes_of(made / "atlas")


def test_the_atlas_of_the_same_conversations_is_the_same_in_another_run(tmp_path: Path, made: Path) -> None:
    clioscope.run(conversations(600), tmp_path / "again", facets=("plan",))
    assert bytes_of(tmp_path / "again" / "atlas") == bytes_of(made / "atlas")


def test_search_vectors_are_made_from_what_is_published(atlas: Atlas) -> None:
    from clioscope.embeddings import MiniLMEmbedder

    cluster = atlas.level(0)[0]
    row = next(row for row in atlas.search_vectors if row["cluster_id"] == cluster.id)
    expected = MiniLMEmbedder().embed([f"{cluster.name}. {', '.join(cluster.terms)}"])[0]
    assert np.asarray(row["vector"], dtype=np.float32) @ expected > 0.999


def test_conversations_from_python_pass_the_same_checks_as_files(tmp_path: Path) -> None:
    good = [
        Conversation(f"c{i}", (Message("user", f"bake bread {i}"),), f"u{i}", datetime(2026, 6, 1)) for i in range(60)
    ]
    odd = [
        Conversation("c1", (Message("user", "again"),), "u1"),
        Conversation("x", (Message("assistant", "nobody asked"),), "u1"),
        Conversation("y", (Message("user", "half \ud800 a pair"),), "u1"),
        Conversation("z", (Message("user", "aware"),), "u1", datetime(2026, 6, 1, tzinfo=UTC)),
    ]
    atlas = clioscope.run([*good, *odd], tmp_path / "r", max_set_aside=0.1)
    assert atlas.conversations == 60
    listed = (tmp_path / "r" / "vault" / "quarantine.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["record"] for line in listed] == [61, 62, 63]
