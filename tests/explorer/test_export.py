"""Files that are taken along, with where they come from."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pyarrow.parquet as pq
import pytest

from clioscope.atlas import Atlas, digest_of
from clioscope.explorer.access import ROLES, Person, Role, may
from clioscope.explorer.access.person import Grants
from clioscope.explorer.exporting import PREAMBLE
from tests.explorer.conftest import Serve
from tests.explorer.serving import Served

WHAT = {
    "clusters": {"what": "clusters"},
    "cube": {"what": "cube"},
    "map": {"what": "map"},
    "cells": {"what": "cells", "level": 0, "attribute": "language", "by": "month"},
    "comparison": {
        "what": "comparison",
        "level": 0,
        "attribute": "month",
        "value": "2026-06",
        "against": "month",
        "against_value": "2026-08",
    },
    "details": {"what": "details", "cluster": "all"},
    "review": {"what": "review"},
}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-?\d+(\.\d+)?(e-\d+)?")


def exported(client: httpx.Client, id: str, format: str, **query: Any) -> tuple[list[dict[str, Any]], Any]:
    """The rows of a file, and where it says that it comes from."""
    answer = client.get(f"/api/atlases/{id}/export", params={**query, "format": format})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="{id}-{query["what"]}.{format}"'
    if format == "json":
        told = answer.json()
        return told["rows"], told["provenance"]
    if format == "parquet":
        table = pq.read_table(io.BytesIO(answer.content))
        return table.to_pylist(), json.loads(table.schema.metadata[b"clioscope"])
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    header = lines[PREAMBLE]
    rows = [dict(zip(header, line, strict=True)) for line in lines[PREAMBLE + 1 :]]
    return rows, [line[0] for line in lines[:PREAMBLE]]


def test_the_list_is_of_the_runs_whose_figures_one_may_take_along(serve: Serve) -> None:
    server = serve()
    with server.client("analyst") as client:
        rows = client.get("/api/list/export", params={"format": "json"}).json()["rows"]
        assert [row["id"] for row in rows] == [entry["id"] for entry in client.get("/api/atlases").json()]
    here = Person("ana", Grants(frozenset({"viewer"}), (("names", frozenset({"analyst"})),)))
    with server.client(here) as client:
        assert len(client.get("/api/atlases").json()) > 1
        told = client.get("/api/list/export", params={"format": "json"}).json()
        assert {row["run"] for row in told["rows"]} == {"names"}
        assert told["provenance"]["lines_of"].startswith("runs of which")


@pytest.mark.parametrize("what", WHAT)
def test_every_format_holds_the_same_rows(what: str, client: httpx.Client) -> None:
    columns, _ = exported(client, "names", "parquet", **WHAT[what])
    objects, _ = exported(client, "names", "json", **WHAT[what])
    lines, _ = exported(client, "names", "csv", **WHAT[what])
    assert columns == objects
    assert len(lines) == len(columns) > 10
    for line, row in zip(lines, columns, strict=True):
        for name, value in row.items():
            told = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
            assert line[name].removeprefix("'") == told.removeprefix("'")


def test_rows_are_those_of_the_atlas(client: httpx.Client, runs: Path) -> None:
    atlas = Atlas.open(runs / "names")
    assert exported(client, "names", "parquet", what="cube")[0] == list(atlas.cube)
    assert exported(client, "names", "parquet", what="map")[0] == list(atlas.map)
    for row, stored in zip(exported(client, "names", "json", what="clusters")[0], atlas.clusters, strict=True):
        assert stored.items() <= row.items()
    cells, _ = exported(client, "names", "json", what="cells", level=1, attribute="language", value="en")
    assert {(row["cluster_id"], row["language"], row["conversations"]) for row in cells} == {
        (cluster.id, cell.value, cell.conversations)
        for cluster in atlas.level(1)
        for cell in atlas.counts("language", cluster)
        if cell.value == "en"
    }


@pytest.mark.parametrize("format", ["csv", "json", "parquet"])
def test_a_file_says_where_it_comes_from(format: str, client: httpx.Client, runs: Path) -> None:
    _, told = exported(client, "names", format, **WHAT["cells"])
    text = "\n".join(told) if format == "csv" else json.dumps(told)
    assert digest_of(runs / "names" / "atlas") in text
    assert "min_users" in text
    assert "Every figure stands on at least 10 users" in text
    assert "what=cells&level=0&attribute=language&by=month" in text


@pytest.mark.parametrize("what", WHAT)
def test_no_cell_of_a_csv_file_is_a_formula(what: str, client: httpx.Client) -> None:
    query = {"what": "cells", "level": 0, "attribute": "turns"} if what == "cells" else WHAT[what]
    text = client.get("/api/atlases/hostile/export", params={**query, "format": "csv"}).text
    for line in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.lstrip(" ").startswith(FORMULA) for cell in line if not NUMBER.fullmatch(cell))


def counted(atlas: Atlas, attribute: str, cluster: str) -> dict[str, tuple[int, int | None]]:
    return {cell.value: (cell.conversations, cell.users) for cell in atlas.counts(attribute, cluster)}


@pytest.mark.parametrize("level", [0, 1])
def test_a_comparison_sets_released_cells_side_by_side(level: int, client: httpx.Client, runs: Path) -> None:
    atlas = Atlas.open(runs / "names")
    two = {"attribute": "month", "value": "2026-06", "against": "language", "against_value": "es"}
    rows, _ = exported(client, "names", "parquet", what="comparison", level=level, **two)
    assert [row["cluster_id"] for row in rows] == ["all", *(cluster.id for cluster in atlas.level(level))]
    assert (rows[0]["level"], {row["level"] for row in rows[1:]}) == (-1, {level})
    for row in rows:
        assert (row["first"], row["second"]) == ("month: 2026-06", "language: es")
        for side, attribute, value in (("first", "month", "2026-06"), ("second", "language", "es")):
            told = (row[f"{side}_conversations"], row[f"{side}_users"])
            assert told == counted(atlas, attribute, row["cluster_id"]).get(value, (None, None))


def test_one_selection_alone_is_set_beside_everything(client: httpx.Client, runs: Path) -> None:
    atlas = Atlas.open(runs / "names")
    one = {"what": "comparison", "level": 0, "attribute": "language", "value": "es"}
    whole, *rows = exported(client, "names", "json", **one)[0]
    assert (whole["second"], whole["second_conversations"]) == ("everything together", atlas.conversations)
    sizes = [(cluster.id, cluster.conversations, cluster.users) for cluster in atlas.level(0)]
    assert [(row["cluster_id"], row["second_conversations"], row["second_users"]) for row in rows] == sizes
    assert any(row["first_conversations"] is None for row in rows), "what is not released is no zero"


@pytest.mark.parametrize("cluster", ["0-3", "1-0", "all"])
def test_details_are_the_released_cells_of_a_cluster(cluster: str, client: httpx.Client, runs: Path) -> None:
    atlas = Atlas.open(runs / "names")
    whole, *rows = exported(client, "names", "parquet", what="details", cluster=cluster)[0]
    of = atlas if cluster == "all" else atlas.cluster(cluster)
    assert (whole["attribute"], whole["conversations"], whole["users"]) == (None, of.conversations, of.users)
    assert {row["cluster_id"] for row in rows} == {cluster}
    for attribute in atlas.attributes:
        told = {row["value"]: (row["conversations"], row["users"]) for row in rows if row["attribute"] == attribute}
        assert told == counted(atlas, attribute, cluster), attribute


def test_details_can_be_of_a_selection(client: httpx.Client, runs: Path) -> None:
    atlas = Atlas.open(runs / "names")
    asked = {"what": "details", "cluster": "all", "attribute": "language", "value": "en"}
    whole, *rows = exported(client, "names", "json", **asked)[0]
    assert (whole["conversations"], whole["users"]) == counted(atlas, "language", "all")["en"]
    cells = {"level": -1, "attribute": "language", "value": "en", "by": "month"}
    pairs, _ = exported(client, "names", "json", what="cells", **cells)
    assert (
        {(row["month"], row["conversations"]) for row in pairs}
        == {(row["value"], row["conversations"]) for row in rows if row["attribute"] == "month"}
        != set()
    )
    assert "language" not in {row["attribute"] for row in rows}


def test_the_review_queue_is_taken_along_with_its_decisions(serve: Serve, tmp_path: Path) -> None:
    with serve(store=str(tmp_path / "store.sqlite")).client("analyst") as client:
        said = {"version": 0, "state": "watched", "note": "=1+1 looks strange"}
        assert client.put("/api/atlases/names/review/0-2", json=said).status_code == 200
        rows, _ = exported(client, "names", "json", what="review")
        queue = client.get("/api/atlases/names/review").json()["items"]
        assert [(row["cluster_id"], row["score"]) for row in rows] == [(one["cluster"], one["score"]) for one in queue]
        (row,) = exported(client, "names", "csv", what="review", state="watched")[0]
    assert (row["cluster_id"], row["state"], row["notes"]) == ("0-2", "watched", "1")
    assert (row["last_author"], row["last_note"]) == ("a analyst", "'=1+1 looks strange")


def test_what_people_have_grouped_has_no_figures_in_any_file_until_the_next_release(
    serve: Serve, tmp_path: Path
) -> None:
    merged = {"kind": "merge", "clusters": ["0-1", "0-2"], "into": "0-0"}
    comparison = {"what": "comparison", "level": 0, "attribute": "month", "value": "2026-06"}
    with serve(store=str(tmp_path / "store.sqlite")).client("analyst") as client:

        def row_of(query: dict[str, Any]) -> dict[str, Any]:
            rows, _ = exported(client, "names", "json", **query)
            return next(row for row in rows if row.get("cluster_id", row.get("id")) == "0-0")

        before = {name: row_of(query) for name, query in (("comparison", comparison), ("review", WHAT["review"]))}
        assert before["comparison"]["second_conversations"] is not None
        done = client.post("/api/atlases/names/edits", json={"version": 0, "edit": merged})
        assert done.status_code == 200, done.text
        assert row_of(WHAT["clusters"])["conversations"] is None
        compared = row_of(comparison)
        assert {compared[name] for name in compared if "_conversations" in name or "_users" in name} == {None}
        (details,) = exported(client, "names", "json", what="details", cluster="0-0")[0]
        assert (details["attribute"], details["conversations"]) == (None, None)
        assert row_of(WHAT["review"]) == before["review"]


@pytest.mark.parametrize("role", ROLES)
def test_the_review_queue_is_for_those_who_may_review_and_export(role: Role, explorer: Served) -> None:
    with explorer.client(role) as client:
        status = client.get("/api/atlases/names/export", params={"what": "review"}).status_code
    assert status == (200 if may(role, "review") and may(role, "export") else 403)


def test_what_the_page_makes_by_itself_is_told_to_the_audit_log(serve: Serve, tmp_path: Path) -> None:
    server = serve(store=str(tmp_path / "store.sqlite"))
    told = {"what": "clusters-shown", "format": "png"}
    with server.client("analyst") as client:
        answer = client.post("/api/atlases/names/exported", json=told)
        assert (answer.status_code, answer.content) == (204, b"")
        for wrong in ({"format": "exe"}, {"what": "=1+1"}, {"what": "a" * 41}, {"what": "A b"}, {"note": "hello"}):
            assert client.post("/api/atlases/names/exported", json=told | wrong).status_code == 422
        digest = client.get("/api/atlases/names").json()["digest"]
    with server.client("viewer") as viewer:
        assert viewer.post("/api/atlases/names/exported", json=told).status_code == 403
    with server.client("auditor") as auditor:
        (line,) = auditor.get("/api/audit-log", params={"action": "export"}).json()["lines"]
    assert (line["person"], line["about"]) == ("a analyst", "names")
    assert line["detail"] == {"what": "clusters-shown", "format": "png", "by": "the page", "digest": digest}


def test_hostile_texts_survive_where_nothing_runs_them(client: httpx.Client) -> None:
    shown = client.get("/api/atlases/hostile/clusters").json()["clusters"]
    for format in ("json", "parquet"):
        rows, _ = exported(client, "hostile", format, what="clusters")
        assert [row["name"] for row in rows] == [row["name"] for row in shown]


def test_what_cannot_be_exported_is_told(client: httpx.Client) -> None:
    def problem(**query: Any) -> tuple[int, str]:
        answer = client.get("/api/atlases/names/export", params=query)
        return answer.status_code, answer.json()["problem"]

    assert problem(what="cells") == (422, "Cells are of a level and an attribute: give both.")
    assert problem(what="cells", level=0, attribute="nothing")[0] == 404
    assert problem(what="cells", level=0, attribute="month", by="month")[0] == 400
    assert problem(what="comparison", level=0, attribute="month")[0] == 422
    assert problem(what="comparison", level=0, attribute="month", value="2026-06", against="language")[0] == 400
    assert problem(what="comparison", level=9, attribute="month", value="2026-06")[0] == 404
    assert problem(what="details")[0] == 422
    assert problem(what="details", cluster="0-999")[0] == 404
    assert problem(what="details", cluster="0-1", attribute="month")[0] == 400
    assert problem(what="vault")[0] == 422
    assert problem(what="map", format="xlsx")[0] == 422


def test_no_file_is_left_behind(client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for what in WHAT:
        exported(client, "names", "csv", **WHAT[what])
    client.get("/api/atlases/names/export", params={"what": "cells", "level": 0, "attribute": "nothing"})
    assert list(tmp_path.iterdir()) == []
