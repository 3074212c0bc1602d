"""An atlas whose every text wants to do harm: it comes through as text, and nothing breaks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from clioscope.explorer.settings import Settings
from tests.explorer.atlases import HOSTILE, recorded, rewrite, tell
from tests.explorer.conftest import Serve
from tests.explorer.serving import served

PARTS = ("", "/clusters", "/map", "/privacy", "/search?q=script", "/cells?level=0&attribute=month")


def test_hostile_texts_come_as_they_are_and_as_json_alone(client: httpx.Client) -> None:
    answer = client.get("/api/atlases/hostile/clusters")
    names = {row["name"] for row in answer.json()["clusters"]}
    assert names == set(HOSTILE)
    for part in PARTS:
        answer = client.get(f"/api/atlases/hostile{part}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_hostile_attributes_and_values_can_be_asked_for(client: httpx.Client) -> None:
    attribute = client.get("/api/atlases/hostile").json()["attributes"][0]
    assert attribute["name"] == HOSTILE[0]
    for value in attribute["values"]:
        query: dict[str, Any] = {"level": -1, "attribute": attribute["name"], "value": value}
        cells = client.get("/api/atlases/hostile/cells", params=query).json()
        assert len(cells["conversations"]) <= 1
    every = client.get("/api/atlases/hostile/cells", params={"level": 0, "attribute": attribute["name"]}).json()
    assert len(every["conversations"]) > 10


NONSENSE: list[dict[str, Any]] = [
    {"facet": "\ud800"},
    {"facet": None},
    {"levels": "many"},
    {"levels": [[]]},
    {"conversations": "1"},
    {"attributes": {"a": 1}},
    {"attributes": [1, None]},
    {"map_grid": float("nan")},
    {"schema_version": 99},
    {"schema_version": "1"},
    {"models": "none"},
    {"models": {"name": "\ud800"}},
    {"users": "many"},
]


@pytest.fixture(scope="module")
def nonsense(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A folder of atlases of which each says something else that makes no sense, and of a good one."""
    folder = tmp_path_factory.mktemp("nonsense")
    recorded("names", folder / "good" / "atlas")
    for number, about in enumerate(NONSENSE):
        tell(recorded("names", folder / f"bad-{number}" / "atlas"), "atlas", **about)
    with served(Settings(folder)) as server, server.client() as found:
        yield found


@pytest.mark.parametrize("number", range(len(NONSENSE)), ids=lambda number: str(NONSENSE[number]))
def test_an_atlas_that_says_nonsense_is_refused_or_answered_and_others_stay(
    number: int, nonsense: httpx.Client
) -> None:
    assert {"good", f"bad-{number}"} <= {entry["id"] for entry in nonsense.get("/api/atlases").json()}
    for part in PARTS:
        answer = nonsense.get(f"/api/atlases/bad-{number}{part}")
        assert answer.status_code in (200, 409), answer.text
        assert nonsense.get(f"/api/atlases/good{part}").status_code == 200


@pytest.mark.parametrize("told", ["[]", "null", "{}", '{"guarantee": 1, "for_publishing": true}', "\x00", "{" * 50_000])
def test_a_privacy_file_that_is_none_is_refused(told: str, serve: Serve, tmp_path: Path) -> None:
    atlas = recorded("names", tmp_path / "bad" / "atlas")
    (atlas / "privacy.json").write_text(told)
    with serve(tmp_path).client() as client:
        (entry,) = client.get("/api/atlases").json()
        assert entry["status"] == "failed"
        for part in PARTS:
            assert client.get(f"/api/atlases/bad{part}").status_code == 409


def test_parents_that_go_round_in_circles_are_no_parents(serve: Serve, tmp_path: Path) -> None:
    atlas = recorded("names", tmp_path / "round" / "atlas")
    rewrite(atlas, "clusters", lambda rows: [row | {"parent_id": row["id"]} for row in rows])
    with serve(tmp_path).client() as client:
        rows = client.get("/api/atlases/round/clusters").json()["clusters"]
    assert {row["parent_id"] for row in rows} == {None}


def test_clusters_of_one_id_are_refused(serve: Serve, tmp_path: Path) -> None:
    atlas = recorded("names", tmp_path / "twice" / "atlas")
    rewrite(atlas, "clusters", lambda rows: [row | {"id": "0-0"} for row in rows])
    with serve(tmp_path).client() as client:
        assert client.get("/api/atlases/twice/clusters").status_code == 409


@pytest.mark.parametrize("report", ["{", "[]", '{"findings": [{}]}', '{"atlases": 1}', '{"findings": "x"}'])
def test_a_report_that_is_none_is_passed_over(report: str, serve: Serve, tmp_path: Path) -> None:
    recorded("names", tmp_path / "run" / "atlas")
    (tmp_path / "run" / "audits" / "2026-01-01T000000").mkdir(parents=True)
    (tmp_path / "run" / "audits" / "2026-01-01T000000" / "audit.json").write_text(report)
    with serve(tmp_path).client() as client:
        assert client.get("/api/atlases/run/privacy").json()["audited"] is None


def test_folders_with_any_name_are_served(serve: Serve, tmp_path: Path) -> None:
    names = [b"a b", b"x..", b"<script>", "日本".encode(), b"\xff\xfe", b"x" * 200, b"a~b", b"%2e%2e"]
    for name in names:
        recorded("names", Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)) / "atlas")
    with serve(tmp_path).client() as client:
        entries = client.get("/api/atlases").json()
        assert len({entry["id"] for entry in entries}) == len(names)
        for entry in entries:
            answer = client.get(f"/api/atlases/{entry['id']}")
            if entry["run"] == "??":  # its name is no text, and the database cannot open it
                assert (answer.status_code, set(answer.json())) == (409, {"problem"})
            else:
                assert (answer.status_code, answer.json()["run"]) == (200, entry["run"])
