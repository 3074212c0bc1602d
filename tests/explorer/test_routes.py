"""What the routes answer: what the atlas says, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from clioscope.atlas import Atlas, digest_of
from tests.explorer.atlases import recorded, tell
from tests.explorer.serving import Served


@pytest.fixture(scope="module")
def atlas(runs: Path) -> Atlas:
    return Atlas.open(runs / "names")


def got(client: httpx.Client, path: str, **query: str | int) -> Any:
    answer = client.get(f"/api/atlases/{path}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def refused(client: httpx.Client, status: int, path: str, **query: str | int) -> str:
    answer = client.get(f"/api/atlases/{path}", params=query)
    assert answer.status_code == status
    assert set(answer.json()) == {"problem"}
    return str(answer.json()["problem"])


def test_all_runs_are_listed_with_their_state(client: httpx.Client) -> None:
    found = {entry["id"]: entry for entry in client.get("/api/atlases").json()}
    (elsewhere,) = [id for id in found if id.startswith("taken-elsewhere")]
    assert found.keys() == {
        "damaged", "facets", "facets~task", "half", "hostile", "names", elsewhere, "unfinished", "users-unknown",
    }  # fmt: skip
    states = {id: entry["status"] for id, entry in found.items()}
    assert (states["names"], states["unfinished"], states["damaged"]) == ("finished", "stopped", "failed")
    assert "same command" in found["unfinished"]["problem"]
    assert "damaged" in found["damaged"]["problem"]
    assert found["names"]["cost"] == 1.25
    assert found["facets"]["cost"] is None
    assert [found[id]["answers"] for id in ("names", "facets", "unfinished")] == ["models", "files", None]
    assert found["facets~task"]["facet"] == "task"
    assert found[elsewhere]["run"] == "taken elsewhere ü"
    assert found["names"] | {"problem": None} == found["names"]
    assert (found["names"]["min_users"], found["names"]["min_conversations"]) == (10, 15)


def test_a_run_that_asked_no_model_has_cost_nothing_and_says_so(tmp_path: Path, serve: Any) -> None:
    tell(recorded("names", tmp_path / "runs" / "demo" / "atlas"), "atlas", models={})
    with serve(tmp_path / "runs").client() as client:
        (entry,) = client.get("/api/atlases").json()
    assert (entry["cost"], entry["answers"]) == (0, "nobody")


def test_an_atlas_says_what_it_is(client: httpx.Client, atlas: Atlas) -> None:
    found = got(client, "names")
    assert found["conversations"] == atlas.conversations
    assert found["levels"] == atlas.about["levels"]
    assert found["guarantee"] == atlas.privacy["guarantee"]
    assert found["digest"] == digest_of(atlas.path)
    assert found["rounding"] == 5
    assert found["noise"] == 0
    assert found["made_by"]["model: name"] == atlas.about["models"]["name"]
    assert [(a["name"], a["kind"]) for a in found["attributes"]] == [
        ("language", "category"), ("turns", "ordered"), ("length", "ordered"), ("month", "time"),
    ]  # fmt: skip
    assert found["attributes"][3]["values"] == ["2026-06", "2026-07", "2026-08"]
    sizes = [cell.value for cell in atlas.counts("language")]
    assert found["attributes"][0]["values"][: len(sizes)] == sizes


def test_hierarchies_of_one_run_know_each_other(client: httpx.Client) -> None:
    both = {"request": "facets", "task": "facets~task"}
    assert got(client, "facets")["facets"] == got(client, "facets~task")["facets"] == both
    assert got(client, "names")["facets"] == {"request": "names"}


def test_clusters_are_those_of_the_atlas(client: httpx.Client, atlas: Atlas) -> None:
    found = got(client, "names/clusters")
    assert found["edits"] == 0
    assert len(found["clusters"]) == sum(atlas.about["levels"])
    for row in found["clusters"]:
        cluster = atlas.cluster(row["id"])
        for name in ("level", "parent_id", "name", "description", "conversations", "users", "x", "y"):
            assert row[name] == getattr(cluster, name), name
        assert row["terms"] == list(cluster.terms)
        assert (row["edited"], row["members"], row["hidden"]) == ([], [], False)


def test_levels_are_the_cells_of_every_level_in_one_answer(client: httpx.Client) -> None:
    for asked in ({"attribute": "month"}, {"attribute": "language", "value": "en", "by": "month"}):
        one_by_one = [got(client, "names/cells", level=level, **asked) for level in (-1, 0, 1)]
        assert got(client, "names/levels", **asked) == one_by_one
    assert "by language" in refused(client, 404, "names/levels", attribute="plan")
    assert "both" in refused(client, 400, "names/levels", attribute="month", by_value="x")


@pytest.mark.parametrize("level", [-1, 0, 1])
@pytest.mark.parametrize("attribute", ["language", "turns", "length", "month"])
def test_cells_are_those_of_the_atlas(level: int, attribute: str, client: httpx.Client, atlas: Atlas) -> None:
    cells = got(client, "names/cells", level=level, attribute=attribute)
    rows = zip(cells["cluster"], cells["value_1"], cells["conversations"], cells["users"], strict=True)
    found = {(cells["clusters"][c], cells["values"][0][v], n, users) for c, v, n, users in rows}
    of = ["all"] if level == -1 else [cluster.id for cluster in atlas.level(level)]
    assert found == {(c, x.value, x.conversations, x.users) for c in of for x in atlas.counts(attribute, c)}
    assert cells["value_2"] == []
    assert cells["note"] is None


def test_two_attributes_come_in_the_order_that_is_asked_for(client: httpx.Client) -> None:
    one = got(client, "names/cells", level=0, attribute="language", by="month")
    two = got(client, "names/cells", level=0, attribute="month", by="language")
    assert one["attributes"] == ["language", "month"] == two["attributes"][::-1]
    assert one["values"] == two["values"][::-1]

    def told(cells: Any, first: str, second: str) -> set[tuple[Any, ...]]:
        rows = zip(cells["cluster"], cells[first], cells[second], cells["conversations"], strict=True)
        return {(cells["clusters"][c], a, b, n) for c, a, b, n in rows}

    assert told(one, "value_1", "value_2") == told(two, "value_2", "value_1") != set()
    june = got(client, "names/cells", level=0, attribute="language", by="month", by_value="2026-06")
    assert 0 < len(june["cluster"]) < len(one["cluster"])


def test_what_was_not_released_is_empty_and_says_so(client: httpx.Client) -> None:
    cells = got(client, "names/cells", level=0, attribute="language", value="en", by="month", by_value="1999-01")
    assert cells["clusters"] == cells["cluster"] == cells["conversations"] == []
    assert cells["note"].startswith("Not released")


def test_two_attributes_that_are_never_counted_together_say_why(client: httpx.Client, runs: Path) -> None:
    name = got(client, "hostile")["attributes"][0]["name"]
    cells = got(client, "hostile/cells", level=5 - 5, attribute=name, value="nothing", by="turns")
    assert "never counted together" in cells["note"]


def test_what_there_is_not_is_told(client: httpx.Client) -> None:
    assert "no such atlas" in refused(client, 404, "nothing/clusters")
    assert "nothing at this address" in refused(client, 404, "..%2Fnames/clusters")
    assert "by language, turns, length, month" in refused(client, 404, "names/cells", level=0, attribute="plan")
    assert "by language" in refused(client, 404, "names/cells", level=0, attribute="month", by="plan")
    assert "2 levels" in refused(client, 404, "names/cells", level=2, attribute="month")
    assert "both" in refused(client, 400, "names/cells", level=0, attribute="month", by_value="x")
    assert "the same" in refused(client, 400, "names/cells", level=0, attribute="month", by="month")
    assert "level" in refused(client, 422, "names/cells", attribute="month")
    assert "attribute" in refused(client, 422, "names/cells", level=0)
    assert "not finished" in refused(client, 409, "unfinished/clusters")
    for id in ("damaged", "half"):
        assert "Run the same command again" in refused(client, 409, id)
    assert client.get("/api/nothing").json() == {"problem": "There is nothing at this address."}
    assert "method" in client.delete("/api/atlases").json()["problem"]


def test_a_refusal_does_not_repeat_what_was_sent(client: httpx.Client) -> None:
    said = client.get("/api/atlases/names/cells", params={"level": "<script>", "attribute": "<b>"}).text
    assert "script" not in said
    assert "<b>" not in client.get("/api/atlases/names/cells", params={"level": 0, "attribute": "<b>"}).text


def test_users_that_are_unknown_are_none(client: httpx.Client) -> None:
    assert got(client, "users-unknown")["users"] is None
    assert got(client, "users-unknown/cells", level=0, attribute="month")["users"] is None
    assert {row["users"] for row in got(client, "users-unknown/clusters")["clusters"]} == {None}


@pytest.mark.parametrize("id", ["names", "users-unknown"])
def test_all_of_a_filter_is_what_is_answered_one_by_one(client: httpx.Client, id: str) -> None:
    attributes = got(client, id)["attributes"]
    for attribute in attributes:
        for value in [*attribute["values"], "no such value"]:
            asked = {"attribute": attribute["name"], "value": value}
            others = [other["name"] for other in attributes if other["name"] != attribute["name"]]
            alone = got(client, f"{id}/levels", **asked)
            by_others = [cells for by in others for cells in got(client, f"{id}/levels", by=by, **asked)]
            together = got(client, f"{id}/filtered", **asked)
            assert together == alone + by_others
            if id == "users-unknown":
                assert {cells["users"] is None for cells in together if cells["conversations"]} <= {True}
    assert "not counted by that" in refused(client, 404, f"{id}/filtered", attribute="nope", value="en")
    assert "value" in refused(client, 422, f"{id}/filtered", attribute="language")


def test_the_map_is_that_of_the_atlas(client: httpx.Client, atlas: Atlas) -> None:
    found = got(client, "names/map")
    bins = {
        (found["clusters"][c], *box, n)
        for c, *box, n in zip(
            *(found[name] for name in ("cluster", "x0", "y0", "x1", "y1", "conversations")), strict=True
        )
    }
    assert bins == {tuple(v for k, v in row.items() if k != "users") for row in atlas.map}
    assert found["grid"] == atlas.about["map_grid"]


def test_words_are_found_before_meaning(client: httpx.Client) -> None:
    found = got(client, "names/search", q="job")
    assert found["by_meaning"]
    kinds = [hit["by"] for hit in found["results"]]
    assert kinds[0] == "words"
    assert "meaning" in kinds
    assert kinds == sorted(kinds, key=["words", "meaning"].index)
    assert len({hit["id"] for hit in found["results"]}) == len(kinds)
    assert all(0 <= hit["score"] <= 1 for hit in found["results"])


def test_what_means_the_same_in_other_words_is_found(client: httpx.Client, atlas: Atlas) -> None:
    found = got(client, "names/search", q="tales and fiction")["results"]
    assert any("stor" in atlas.cluster(hit["id"]).name.casefold() for hit in found[:5])


@pytest.mark.parametrize("q", ["", "   ", "!?", "(", "\\", "%", "x" * 200])
def test_any_search_is_answered(q: str, client: httpx.Client) -> None:
    assert got(client, "names/search", q=q)["query"] == q


def test_an_atlas_of_another_embedder_is_searched_by_words_alone(client: httpx.Client) -> None:
    found = got(client, "hostile/search", q="script")
    assert not found["by_meaning"]
    assert {hit["by"] for hit in found["results"]} == {"words"}


def test_words_alone_are_searched_where_the_embedder_cannot_be_loaded(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(threads: int) -> None:
        raise OSError("no model here")

    monkeypatch.setattr("clioscope.explorer.embedder.MiniLMEmbedder", broken)
    broken.name = "all-MiniLM-L6-v2.int8/2"  # type: ignore[attr-defined]
    with serve().client() as client:
        found = got(client, "names/search", q="story")
    assert not found["by_meaning"]
    assert found["results"]


def test_privacy_says_what_is_promised_withheld_and_attacked(client: httpx.Client, atlas: Atlas) -> None:
    found = got(client, "names/privacy")
    assert found["guarantee"] == atlas.privacy["guarantee"]
    assert found["thresholds"]["min_users"] == 10
    assert found["thresholds"]["largest_share_of_one_user"] == 0.2
    assert atlas.privacy["cells_withheld_for_being_small"] in found["withheld"].values()
    assert found["cells"] == atlas.privacy["cells_counted"]
    assert found["cells"] not in found["withheld"].values()
    assert (found["audited"], found["audited_this"], found["verdict"]) == ("2026-09-01", False, "held")
    (attack,) = found["attacks"]
    assert attack["without_protection"].startswith("30 of 30 (100.0%")
    assert attack["with_protection"].startswith("0 of 30 (0.0%")
    unaudited = got(client, "facets/privacy")
    assert (unaudited["audited"], unaudited["attacks"]) == (None, [])


def test_a_release_that_takes_the_place_of_another_is_shown_at_once(serve: Any, tmp_path: Path) -> None:
    recorded("names", tmp_path / "runs" / "one" / "atlas")
    server = serve(tmp_path / "runs")
    with server.client() as client:
        before = got(client, "one")
        (tmp_path / "runs" / "one" / "atlas").rename(tmp_path / "runs" / "one" / "atlas.old")
        recorded("facets", tmp_path / "runs" / "one" / "atlas")
        after = got(client, "one")
        assert before["digest"] != after["digest"]
        assert after["digest"] == digest_of(tmp_path / "runs" / "one" / "atlas")
        assert len(client.get("/api/atlases").json()) == 1


def test_one_run_alone_and_one_atlas_alone_can_be_served(serve: Any, runs: Path) -> None:
    for root in (runs / "names", runs / "names" / "atlas", runs / "taken elsewhere ü"):
        with serve(root).client() as client:
            (entry,) = client.get("/api/atlases").json()
            assert got(client, entry["id"])["conversations"] > 100


def test_a_run_that_is_under_way_says_so(serve: Any, tmp_path: Path) -> None:
    from clioscope.vault import run_lock

    vault = tmp_path / "runs" / "one" / "vault"
    vault.mkdir(parents=True)
    with serve(tmp_path / "runs").client() as client:
        with run_lock(vault):
            assert [entry["status"] for entry in client.get("/api/atlases").json()] == ["running"]
        assert [entry["status"] for entry in client.get("/api/atlases").json()] == ["stopped"]


def test_large_answers_are_compressed(explorer: Served) -> None:
    with explorer.client() as client:
        assert client.get("/api/atlases/names/clusters").headers["content-encoding"] == "gzip"
        plain = client.get("/api/atlases/names/clusters", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_more_atlases_than_stay_open_are_all_answered(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clioscope.explorer.catalogue._OPEN_AT_ONCE", 1)
    for _ in range(2):
        for id in ("names", "facets", "facets~task"):
            assert got(client, f"{id}/cells", level=0, attribute="turns")["clusters"]
