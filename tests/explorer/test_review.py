"""The review queue: what comes first, what was decided and noted, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from clioscope.explorer.access import Person
from clioscope.explorer.edits.editing import EditError
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.review import Reviewing, Signals, signals, thread_of
from clioscope.explorer.review.ordering import growth_of
from clioscope.explorer.sameness import Subject
from clioscope.explorer.settings import Settings
from clioscope.explorer.store import open_store
from tests.explorer.atlases import recorded, rewrite
from tests.explorer.conftest import Serve
from tests.explorer.made_atlas import Plan, make_atlas
from tests.explorer.releases import SUBJECTS, two_levels
from tests.explorer.serving import served

ANA, BEN, HERE = Person.with_role("ana", "investigator"), Person.with_role("ben", "analyst"), Subject("run", "request")
QUEUE = "/api/atlases/names/review"


@pytest.fixture
def reviewing(where: str) -> Iterator[Reviewing]:
    store = open_store(where)
    yield Reviewing(store)
    store.close()


@pytest.fixture(scope="module")
def refusing(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """One to whom nothing is ever done: what is sent is refused."""
    store = str(tmp_path_factory.mktemp("refusing") / "store.sqlite")
    with served(Settings(runs, store=store)) as server, server.client("analyst") as found:
        yield found


@pytest.fixture
def client(serve: Serve, tmp_path: Path) -> Iterator[httpx.Client]:
    with serve(store=str(tmp_path / "store.sqlite")).client("analyst") as found:
        yield found


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with concern and months, of 60 clusters."""
    return make_atlas(tmp_path_factory.mktemp("made-up") / "run", Plan())


def queue_of(run: Path) -> dict[str, Signals]:
    """The queue of the base clusters of an atlas."""
    opened = OpenAtlas.read("id", "run", run, run / "atlas")
    return signals(opened.cube, opened.clusters, 0)


def put(client: httpx.Client, cluster: str, version: int, **said: object) -> httpx.Response:
    return client.put(f"{QUEUE}/{cluster}", json={"version": version, **said})


def test_the_queue_goes_by_concern_growth_and_size(made_up: Path) -> None:
    found = queue_of(made_up)
    assert len(found) == 60
    assert [one.score for one in found.values()] == sorted((one.score for one in found.values()), reverse=True)
    assert all(0 <= one.score <= 1 for one in found.values())
    assert all(one.concern is None or 1 <= one.concern <= 5 for one in found.values())
    assert any(one.concern is not None for one in found.values())
    assert any(one.growth is not None for one in found.values())

    def middle(values: list[float | int | None]) -> float:
        known = [value for value in values if value is not None]
        return sum(known) / len(known)

    rows = list(found.values())
    for part in ("concern", "growth", "conversations"):
        first, last = ([getattr(one, part) for one in some] for some in (rows[:20], rows[-20:]))
        assert middle(first) > middle(last), part


def test_the_queue_reads_nothing_but_released_cells(made_up: Path, tmp_path: Path) -> None:
    """Without its cells the queue goes by size alone: there is no other place where it looks."""
    run = make_atlas(tmp_path / "run", Plan())
    rewrite(run / "atlas", "cube", lambda rows: [row for row in rows if row["attribute_1"] is None])
    found = queue_of(run)
    assert {(one.concern, one.growth) for one in found.values()} == {(None, None)}
    sizes = [one.conversations or 0 for one in found.values()]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        ({"1": 10, "2": 20, "3": 30}, {"1": 100, "2": 100, "3": 100}, 2.0),
        ({"1": 10, "2": 20, "3": 30}, {"1": 100, "2": 200, "3": 300}, 0.0),
        ({"1": 10, "2": 20, "3": 30}, {"1": 100, "2": 100, "3": 20}, 1.0),
        ({"1": 10, "2": 20, "3": 30}, {"1": 20, "2": 100, "3": 100}, 0.5),
        ({"2": 20, "3": 30}, {"1": 100, "2": 100, "3": 100}, None),
        ({"1": 20, "2": 30}, {"1": 100, "2": 100, "3": 100}, None),
        ({"1": 20}, {"1": 100}, None),
        ({}, {}, None),
    ],
)
def test_growth_is_of_the_share_between_whole_periods(
    part: dict[str, int], whole: dict[str, int], expected: float | None
) -> None:
    assert growth_of(part, whole) == (None if expected is None else pytest.approx(expected))


def test_each_cluster_is_open_until_somebody_decides(client: httpx.Client) -> None:
    queue = client.get(QUEUE).json()
    assert {(item["state"], item["version"], item["notes"], item["last"]) for item in queue["items"]} == {
        ("open", 0, 0, None)
    }
    assert [item["cluster"] for item in queue["items"]] != []
    assert {item["concern"] for item in queue["items"]} == {None}, "no model was asked"


def test_decisions_and_notes_are_kept_with_author_and_time(client: httpx.Client) -> None:
    assert put(client, "0-2", 0, state="watched", note="Look at this\nagain.").status_code == 200
    assert put(client, "0-2", 1, note="Nothing new.").status_code == 200
    found = put(client, "0-2", 2, state="closed").json()
    assert (found["item"]["state"], found["item"]["version"], found["item"]["notes"]) == ("closed", 3, 2)
    assert [(one["state"], one["note"], one["author"]) for one in found["history"]] == [
        ("closed", None, "a analyst"),
        (None, "Nothing new.", "a analyst"),
        ("watched", "Look at this\nagain.", "a analyst"),
    ]
    times = [one["time"] for one in found["history"]]
    assert times == sorted(times, reverse=True)
    assert found == client.get(f"{QUEUE}/0-2").json()
    closed = client.get(QUEUE, params={"state": "closed"}).json()["items"]
    assert [(item["cluster"], item["last"]["state"]) for item in closed] == [("0-2", "closed")]
    assert len(client.get(QUEUE, params={"state": "open"}).json()["items"]) == 23


def test_who_decides_late_is_told_who_was_faster(client: httpx.Client) -> None:
    put(client, "0-2", 0, state="watched")
    late = put(client, "0-2", 0, state="closed")
    assert late.status_code == 409
    assert "(a analyst)" in late.json()["problem"]
    assert put(client, "0-2", 5, state="closed").status_code == 409
    assert put(client, "0-3", 0, state="closed").status_code == 200, "another cluster is another matter"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"version": 0}, 422),
        ({"version": 0, "state": "burnt"}, 422),
        ({"version": 0, "note": ""}, 422),
        ({"version": 0, "note": "x" * 4_001}, 422),
        ({"version": 0, "note": "turn \u202e around"}, 422),
        ({"version": 0, "state": "open", "author": "somebody else"}, 422),
    ],
)
def test_what_is_no_decision_is_refused(body: Any, status: int, refusing: httpx.Client) -> None:
    answer = refusing.put(f"{QUEUE}/0-2", json=body)
    assert answer.status_code == status
    assert refusing.get(f"{QUEUE}/0-2").json()["item"]["version"] == 0


def test_a_cluster_that_is_not_there_is_not_reviewed(client: httpx.Client) -> None:
    assert client.get(f"{QUEUE}/0-999").status_code == 404
    assert put(client, "0-999", 0, state="closed").status_code == 404
    assert client.get(QUEUE, params={"level": 99}).json()["items"] == []


def test_viewers_do_not_read_notes(serve: Serve, tmp_path: Path) -> None:
    with serve(store=str(tmp_path / "store.sqlite")).client("viewer") as viewer:
        assert viewer.get(QUEUE).status_code == 403


def test_decisions_go_along_to_the_next_release(reviewing: Reviewing) -> None:
    first = two_levels()
    reviewing.review(HERE, first, ANA, "0-1", 0, "watched", "snakes?")
    reviewing.review(HERE, first, ANA, "0-3", 0, "closed", None)
    later = two_levels(
        "second", order=["bread", "chess", "travel", "law", "money", "music", "health", "garden"], place=0.2
    )
    threads = reviewing.threads(HERE, later)
    assert {one.cluster: (one.state, one.fit) for one in threads} == {
        None: ("watched", None),
        "0-7": ("closed", "by words"),
    }
    reviewing.review(HERE, later, BEN, "0-7", 1, "open", "again")
    with pytest.raises(EditError, match="ana"):
        reviewing.review(HERE, later, BEN, "0-7", 0, "open", "late")
    back = reviewing.threads(HERE, first)
    assert {one.cluster: (one.state, one.version) for one in back} == {"0-1": ("watched", 1), "0-3": ("open", 2)}
    third = two_levels("third", order=SUBJECTS[::-1], place=0.7)
    found = thread_of(reviewing.threads(HERE, third), "0-4")
    assert found is not None
    assert [event.author for event in found.events] == ["ana", "ben"]


def test_what_was_said_of_a_cluster_that_is_gone_is_listed(serve: Serve, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    atlas = recorded("names", runs / "names" / "atlas")
    with serve(runs).client() as client:
        assert put(client, "0-2", 0, note="Strange.").status_code == 200
        name = client.get("/api/atlases/names/clusters").json()["clusters"][2]["name"]

        def other(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [row | {"x": 0.1, "name": f"Unnamed cluster {row['id']}", "terms": []} for row in rows]

        rewrite(atlas, "clusters", other)
        (atlas / "atlas.json").write_text((atlas / "atlas.json").read_text() + "\n")
        (lost,) = client.get(QUEUE).json()["lost"]
    assert (lost["name"], lost["level"], lost["history"][0]["note"]) == (name, 0, "Strange.")
