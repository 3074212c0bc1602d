"""Every view can be taken along as a file that says where it comes from."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import time
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.explorer.page.conftest import Open

PREAMBLE = 4


def take(page: Page, name: str, tmp_path: Path) -> Path:
    """Choose an export, and keep what comes."""
    if not page.locator(".popover-panel").is_visible():
        page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.locator(".popover-panel").get_by_label(name, exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


def rows_of(path: Path, preamble: int | None = PREAMBLE) -> list[dict[str, str]]:
    """The rows of a file, behind ``preamble`` lines of where it comes from; ``None``: behind however many."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    said = [line.lstrip('"').startswith("# ") for line in lines]
    before = said.index(False) if preamble is None else preamble
    assert before
    assert all(said[:before])
    return list(csv.DictReader(io.StringIO("".join(lines[before:]))))


def test_the_clusters_as_they_are_shown(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/table?level=0&sort=growth.down&filter=language:es")
    expect(page.locator(".status-bar")).to_contain_text("Spanish")
    expect(page.locator(".table .growth").first).to_be_visible()
    shown = page.locator(".table .cell-name bdi").first.inner_text()
    rows = rows_of(take(page, "Clusters of this level as CSV", tmp_path))
    assert len(rows) == 60
    assert rows[0]["name"] == shown
    growth = [float(row["growth"]) for row in rows if row["growth"]]
    assert growth == sorted(growth, reverse=True)
    read = json.loads(take(page, "Clusters of this level as JSON", tmp_path).read_text("utf-8"))
    assert read["rows"][0]["name"] == shown
    assert read["provenance"]["query"] == "#/small/table?level=0&sort=growth.down&filter=language:es"
    assert re.fullmatch(r"[0-9a-f]{64}", read["provenance"]["digest"])


def test_a_comparison_with_its_intervals(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/compare?compare=language:es..language:en&level=0")
    expect(page.locator(".compare-ratio").first).to_be_visible()
    rows = rows_of(take(page, "Comparison as CSV", tmp_path))
    told = [row for row in rows if row["ratio"]]
    assert told
    for row in told:
        assert float(row["ratio_low"]) < float(row["ratio"]) < float(row["ratio_high"])
        assert float(row["ratio"]) == pytest.approx(float(row["first_share"]) / float(row["second_share"]), rel=1e-6)


def test_the_figures_of_a_cluster(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/map?cluster=1-0")
    rows = rows_of(take(page, "Selected cluster as CSV", tmp_path))
    assert {row["attribute"] for row in rows} == {"", "language", "concern", "model", "turns", "month"}
    assert rows[0]["conversations"] == page.locator(".numbers dd").first.inner_text().replace(",", "")


@pytest.mark.parametrize("script", ["exports", "pictures"])
def test_where_what_makes_files_cannot_be_loaded_it_is_told(open_page: Open, script: str) -> None:
    page = open_page("#/small/map", refusals=True)
    page.locator(".map-label").first.wait_for()
    page.route(f"**/{script}.js", lambda route: route.abort())
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_label("Map as SVG").click()
    expect(page.locator(".popover-panel .warning")).to_contain_text("could not be loaded. Load the page again.")


def test_names_that_are_formulae_cannot_run_in_a_spreadsheet(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/hostile/table?level=0")
    rows = rows_of(take(page, "Clusters of this level as CSV", tmp_path))
    assert any(row["name"].startswith("'=HYPERLINK") for row in rows)
    assert not any(value.startswith(("=", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("#/small/map?cluster=1-0", "Map"),
        ("#/small/map?cluster=1-0", "Charts of the cluster"),
        ("#/hostile/map?cluster=0-1", "Charts of the cluster"),
        ("#/small/compare?compare=language:es..language:en", "Comparison"),
        ("#/hostile/compare?compare=language:es..", "Comparison"),
        ("#/hostile/tree?open=1-0,1-1,1-2", "Tree"),
        ("#/hostile/table?level=0", "Table"),
    ],
)
def test_pictures_hold_where_they_come_from(open_page: Open, tmp_path: Path, state: str, name: str) -> None:
    page = open_page(state)
    page.wait_for_timeout(800)
    text = " ".join(drawn(take(page, f"{name} as SVG", tmp_path)))
    assert "atlas SHA-256" in text
    assert "Clioscope" in text
    png = take(page, f"{name} as PNG", tmp_path)
    assert png.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert png.stat().st_size > 5_000


def drawn(svg: Path) -> list[str]:
    """The texts of a picture, which may hold nothing that runs or reaches out."""
    root = ElementTree.parse(svg).getroot()
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "foreignObject", "image", "a", "img", "style"}
    return [element.text or "" for element in root.iter() if element.tag.endswith("}text")]


def test_tree_and_table_are_drawn_as_they_are_shown(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/table?level=0&open=1-2&sort=growth.down&filter=language:ru")
    page.locator(".table .cell-size .not-released").first.wait_for()
    tree = drawn(take(page, "Tree as SVG", tmp_path))
    names = [name.removeprefix("▸ ").removeprefix("▾ ") for name in tree]
    shown = page.locator(".tree-name bdi").all_inner_texts()
    assert len(shown) > 8
    places = [names.index(name) for name in shown]
    assert places == sorted(places)
    assert "Tree of small, Language: Russian" in tree
    table = drawn(take(page, "Table as SVG", tmp_path))
    row = page.locator(".table-row:has(.cell-name)").nth(3)
    for said in row.locator("bdi, .figure").all_inner_texts():
        assert said in table
    rows = page.locator(".table").get_attribute("aria-rowcount")
    heads = ["Conversations", "Share", "People", "Growth", "Concern"]
    assert [text for text in table if text in heads] == heads
    assert len([text for text in table if text.endswith("%") or text == "not released"]) > int(rows or 0)


def test_a_file_that_is_taken_while_a_filter_is_under_way_is_of_what_is_shown(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/table?level=0&filter=language:es")
    expect(page.locator(".status-bar")).to_contain_text("Spanish")
    size = page.locator(".table .cell-size:not([role=columnheader])").nth(0)
    expect(size).to_have_text(re.compile(r"\d"))
    shown = size.inner_text().replace(",", "")
    held: list[Route] = []
    page.route(re.compile(r"/(levels|filtered)\?attribute=language&value=en"), lambda route: held.append(route))
    page.evaluate("location.hash = '#/small/table?level=0&filter=language:en'")
    page.wait_for_timeout(300)
    assert held
    read = json.loads(take(page, "Clusters of this level as JSON", tmp_path).read_text("utf-8"))
    assert read["provenance"]["query"] == "#/small/table?level=0&filter=language:es"
    assert str(read["rows"][0]["conversations"]) == shown
    for name in ("Table", "Map", "Charts of everything"):
        if name == "Map":
            page.evaluate("location.hash = '#/small/map?level=0&filter=language:en'")
            page.locator(".map-label").first.wait_for()
            page.get_by_role("button", name="Export", exact=True).click()
        said = " ".join(drawn(take(page, f"{name} as SVG", tmp_path)))
        assert "filter=language:es" in said
        assert "filter=language:en" not in said
    cells = pq.read_table(take(page, "Cells of the filter as parquet", tmp_path))
    assert set(cells["language"].to_pylist()) == {"es"}
    for route in held:
        route.continue_()
    expect(page.locator(".status-bar")).to_contain_text("English")
    said = " ".join(drawn(take(page, "Charts of everything as SVG", tmp_path)))
    assert "filter=language:en" in said


def test_released_figures_come_from_the_server_in_three_forms(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/table?level=0&filter=language:es")
    cells = pq.read_table(take(page, "Cells of the filter as parquet", tmp_path))
    assert set(cells["language"].to_pylist()) == {"es"}
    assert b"clioscope" in cells.schema.metadata
    assert rows_of(take(page, "Clusters as csv", tmp_path))
    assert json.loads(take(page, "All cells as json", tmp_path).read_text("utf-8"))["rows"]


def test_who_may_not_export_is_offered_no_file(open_page: Open) -> None:
    page = open_page("#/small/map", role="viewer")
    expect(page.get_by_role("treeitem")).to_have_count(8)
    expect(page.get_by_role("button", name="Export", exact=True)).to_have_count(0)


def test_every_table_is_taken_as_parquet_too_and_the_server_is_told(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/compare?compare=language:en..language:es&cluster=1-0")
    told: list[tuple[Any, int]] = []

    def heard(response: Response) -> None:
        if response.url.endswith("/exported"):
            told.append((response.request.post_data_json, response.status))

    page.on("response", heard)
    for title in ("Comparison", "Selected cluster", "Clusters of this level", "Tree, all levels"):
        table = pq.read_table(take(page, f"{title} as PARQUET", tmp_path))
        provenance = json.loads(table.schema.metadata[b"clioscope"])
        assert len(provenance["digest"]) == 64
        assert provenance["query"].startswith("#/small/compare")
        as_json = json.loads(take(page, f"{title} as JSON", tmp_path).read_text("utf-8"))
        assert table.to_pylist() == as_json["rows"]
    deadline = time.monotonic() + 10
    while len(told) < 8 and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert ({"what": "comparison", "format": "parquet"}, 204) in told
    assert len(told) == 8


def test_the_tree_is_taken_in_its_order(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/map")
    rows = json.loads(take(page, "Tree, all levels as JSON", tmp_path).read_text("utf-8"))["rows"]
    assert len(rows) == 68
    above = {row["id"]: row["parent_id"] for row in rows}
    seen: set[str] = set()
    for row in rows:
        assert above[row["id"]] is None or above[row["id"]] in seen
        seen.add(row["id"])
    tops = [row["conversations"] for row in rows if row["parent_id"] is None]
    assert tops == sorted(tops, reverse=True)


def test_the_privacy_view_is_taken_along(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/privacy")
    told = page.locator(".facts dt").all_inner_texts()
    rows = json.loads(take(page, "Privacy as JSON", tmp_path).read_text("utf-8"))["rows"]
    in_force = [row["name"] for row in rows if row["part"] == "Thresholds in force"]
    assert in_force[0] == "Profile"
    assert in_force == told[: len(in_force)]
    withheld = {row["name"]: row for row in rows if row["part"] == "Withheld, for the whole run"}
    shown = dict(
        zip(
            page.locator(".wide-labels .bar-label").all_inner_texts(),
            page.locator(".wide-labels .bar-number").all_inner_texts(),
            strict=True,
        )
    )
    in_all = withheld.pop("Cells in all, released or not")["said"]
    expect(page.get_by_text(f"Of {in_all} cells in all, released or not.")).to_be_visible()
    assert {name: row["said"] for name, row in withheld.items()} == shown
    said = {row["name"]: row["said"] for row in rows}
    assert (said["Audit"], said["Verdict"]) == ("2026-09-01", page.locator(".lead").nth(1).inner_text())
    assert said["Of this release"].startswith("no")
    assert "leaked" in said.values()
    assert said["Guarantee"] == page.locator(".lead").first.inner_text()
    picture = drawn(take(page, "Privacy as SVG", tmp_path))
    assert {"Thresholds in force", *in_force, *shown, *shown.values()} <= set(picture)
    assert take(page, "Privacy as PNG", tmp_path).read_bytes()[:4] == b"\x89PNG"


def test_a_picture_holds_every_row_of_a_large_level(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/many/table?level=0")
    png = take(page, "Table as PNG", tmp_path).read_bytes()
    assert png[:4] == b"\x89PNG"
    width, height = struct.unpack(">II", png[16:24])
    assert 31_000 < height <= 32_000, "2,000 rows, as large as browsers draw"
    assert width > 480
    text = take(page, "Table as SVG", tmp_path).read_text("utf-8")
    assert text.count("<line ") == 2000


def test_the_list_of_runs_is_taken_along(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/")
    shown = set(page.locator(".run h2").all_inner_texts())
    kept = {}
    for format in ("csv", "json", "parquet"):
        with page.expect_download() as taken:
            page.get_by_label(f"List of runs as {format.upper()}").click()
        assert taken.value.suggested_filename == f"runs.{format}"
        kept[format] = tmp_path / f"runs.{format}"
        taken.value.save_as(kept[format])
    rows = rows_of(kept["csv"])
    assert {row["run"] for row in rows} == {name.split(" by ")[0] for name in shown}
    small = next(row for row in rows if row["run"] == "small")
    assert (small["status"], small["levels"], small["min_users"]) == ("finished", "60; 8", "10")
    told = json.loads(kept["json"].read_text("utf-8"))
    assert told["provenance"]["list"] == "list of runs"
    assert pq.read_table(kept["parquet"]).to_pylist() == told["rows"]
    page = open_page("#/", role="viewer")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    expect(page.get_by_label("List of runs as CSV")).to_have_count(0)


def test_the_edits_are_taken_along(open_work: Open, tmp_path: Path) -> None:
    page = open_work("#/small/details?cluster=0-3&panel=edit")
    form = page.locator(".panel[aria-label=Edit]")
    form.get_by_label("Name", exact=True).fill("Snakes & ladders")
    form.get_by_role("button", name="Save").click()
    expect(page.locator(".details h2")).to_contain_text("Snakes & ladders")
    page.evaluate("location.hash = '#/small/edits'")
    expect(page.locator(".entry")).to_have_count(1)
    said = page.locator(".entry p").first.inner_text().removesuffix("undone next")
    (row,) = json.loads(taken(page, "Edits as JSON", tmp_path).read_text("utf-8"))["rows"]
    assert (row["kind"], row["edit"], row["stands"], row["version"]) == ("rename", said, "", 1)
    (line,) = rows_of(taken(page, "Edits as CSV", tmp_path))
    assert line["edit"] == said
    assert "atlas SHA-256" in " ".join(drawn(taken(page, "Edits as SVG", tmp_path)))
    assert taken(page, "Edits as PNG", tmp_path).read_bytes()[:4] == b"\x89PNG"


def test_the_queue_and_the_log_are_taken_along(open_page: Open, tmp_path: Path) -> None:
    page = open_page("#/small/review")
    page.locator(".queue-row").first.wait_for()
    first = page.locator(".queue-row .queue-name").first.inner_text()
    rows = json.loads(taken(page, "Review queue as JSON", tmp_path).read_text("utf-8"))["rows"]
    assert (len(rows), rows[0]["name"], rows[0]["state"]) == (60, first, "open")
    said = taken(page, "Review queue as CSV", tmp_path).read_text("utf-8").splitlines()
    assert said[0].startswith("# ") or said[0].startswith('"# ')
    assert any(line.startswith("id,name,state,notes,score") for line in said)
    picture = drawn(taken(page, "Review queue as SVG", tmp_path))
    assert [text for text in picture if text in {row["name"] for row in rows}] == [row["name"] for row in rows]
    assert "atlas SHA-256" in " ".join(picture)
    assert taken(page, "Review queue as PNG", tmp_path).read_bytes()[:4] == b"\x89PNG"
    page.evaluate("location.hash = '#//log'")
    taken(page, "Audit log as JSON", tmp_path, role="link")
    log = json.loads(taken(page, "Audit log as JSON", tmp_path, role="link").read_text("utf-8"))
    assert log["provenance"]["query"] == "format=json"
    first = log["rows"][0]
    assert set(first) >= {"line", "time", "person", "role", "action", "about", "detail", "previous", "hash"}
    # Taking it along the first time is itself a line of the second file.
    assert first["action"] == "export"
    assert json.loads(first["detail"])["what"] == "audit-log"
    assert log["rows"][0]["previous"] == log["rows"][1]["hash"]
    table = pq.read_table(taken(page, "Audit log as PARQUET", tmp_path, role="link"))
    assert {"line", "action", "previous", "hash"} <= set(table.column_names)
    assert table["hash"].to_pylist()[2:] == [row["hash"] for row in log["rows"]][1:]
    page.evaluate("location.hash = '#//log?kind=export&person=a admin'")
    expect(page.get_by_role("link", name="Audit log as CSV")).to_have_attribute("href", re.compile("of=a"))
    lines = rows_of(taken(page, "Audit log as CSV", tmp_path, role="link"), preamble=None)
    assert len(lines) >= 2
    assert {(line["action"], line["person"]) for line in lines} == {("export", "a admin")}


def taken(page: Page, name: str, tmp_path: Path, role: Literal["button", "link"] = "button") -> Path:
    """Press what takes a file along, and keep what comes."""
    with page.expect_download() as download:
        page.get_by_role(role, name=name, exact=True).click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path
