"""Edits through the API: one after the other, undone, and found again in the next release."""

from __future__ import annotations

import base64
import gzip
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from clioscope.explorer.access import ROLES, Person, may
from clioscope.explorer.edits import Editing
from clioscope.explorer.edits.editing import EditError
from clioscope.explorer.edits.kinds import Rename
from clioscope.explorer.sameness import Subject
from clioscope.explorer.settings import Settings
from clioscope.explorer.store import open_store
from tests.conftest import Cli
from tests.explorer.atlases import recorded, rewrite, tell
from tests.explorer.conftest import Serve
from tests.explorer.releases import SUBJECTS, released, two_levels
from tests.explorer.serving import served
from tests.explorer.test_arranging import EDITS

ANA, BEN, HERE = Person.with_role("ana", "analyst"), Person.with_role("ben", "analyst"), Subject("run", "request")
ATLAS = "/api/atlases/names"


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


@pytest.fixture
def editing(where: str) -> Iterator[Editing]:
    """Edits in a new store."""
    store = open_store(where)
    yield Editing(store)
    store.close()


def edit(client: httpx.Client, version: int, **said: object) -> httpx.Response:
    return client.post(f"{ATLAS}/edits", json={"version": version, "edit": said})


def names(client: httpx.Client) -> dict[str, str]:
    return {one["id"]: one["name"] for one in client.get(f"{ATLAS}/clusters").json()["clusters"]}


def test_an_edit_is_seen_by_everybody_wherever_clusters_are_shown(client: httpx.Client) -> None:
    assert client.get(f"{ATLAS}/edits").json() == {"version": 0, "undoes": None, "redoes": None, "edits": []}
    before = names(client)["0-3"]
    answer = edit(client, 0, kind="rename", cluster="0-3", name="Zwieback questions")
    assert answer.status_code == 200, answer.text
    assert answer.json()["version"] == answer.json()["undoes"] == 1
    (entry,) = answer.json()["edits"]
    assert (entry["state"], entry["fit"], entry["author"], entry["about"]) == (
        "applied",
        "this release",
        "a analyst",
        [before],
    )
    shown = client.get(f"{ATLAS}/clusters").json()
    assert shown["edits"] == 1
    (renamed,) = [one for one in shown["clusters"] if one["edited"]]
    assert (renamed["id"], renamed["name"], renamed["edited"]) == ("0-3", "Zwieback questions", ["name"])
    assert client.get(f"{ATLAS}/search", params={"q": "zwieback"}).json()["results"][0]["id"] == "0-3"
    assert "Zwieback questions" in client.get(f"{ATLAS}/export", params={"what": "clusters"}).text


def test_who_may_only_look_sees_what_stands_and_not_who_did_it_or_what_was_undone(serve: Serve, tmp_path: Path) -> None:
    server = serve(store=str(tmp_path / "store.sqlite"))
    with server.client("analyst") as client:
        edit(client, 0, kind="rename", cluster="0-3", name="A name that was replaced")
        edit(client, 1, kind="rename", cluster="0-3", name="The name that stands")
        edit(client, 2, kind="describe", cluster="0-4", description="A text that was undone")
        client.post(f"{ATLAS}/edits/undo", json={"version": 3})
    for role in ROLES:
        with server.client(role) as other:
            asked = [other.get(f"{ATLAS}{path}") for path in ("/edits", "", "/clusters", "/search?q=name", "/review")]
            asked.append(other.get(f"{ATLAS}/export", params={"what": "clusters", "format": "json"}))
        told = "".join(answer.text for answer in asked)
        (cluster,) = [one for one in asked[2].json()["clusters"] if one["edited"]]
        assert (cluster["name"], cluster["edited"]) == ("The name that stands", ["name"])
        assert asked[0].status_code == (200 if may(role, "edit") else 403), role
        assert "A text that was undone" not in told
        for hidden in ("A name that was replaced", "a analyst", '"undo"'):
            assert (hidden in told) is may(role, "edit"), (role, hidden)


def test_a_report_has_the_edits_of_the_store_that_is_named(
    serve: Serve, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = str(tmp_path / "elsewhere.sqlite")
    served = serve(store=store)
    with served.client("analyst") as client:
        answer = edit(client, 0, kind="rename", cluster="0-3", name="Zwieback questions")
    assert answer.status_code == 200, answer.text
    run = served.settings.root / "names"
    assert "Zwieback" not in told_by_report(cli, run, tmp_path / "without.html")
    assert "Zwieback questions" in told_by_report(cli, run, tmp_path / "with.html", "--store", store)
    monkeypatch.setenv("CLIOSCOPE_STORE", store)
    assert "Zwieback questions" in told_by_report(cli, run, tmp_path / "by-environment.html")


def told_by_report(cli: Cli, run: Path, page: Path, *options: str) -> str:
    """Everything that a report holds, as JSON."""
    cli("report", run, "-o", page, *options)
    blocks = re.findall(r'data-key="[^"]*"[^>]*>([^<]+)<', page.read_text("utf-8"))
    assert blocks
    return "".join(gzip.decompress(base64.b64decode(block)).decode() for block in blocks)


def test_edits_are_undone_and_redone_one_by_one(client: httpx.Client) -> None:
    before = names(client)
    for version, name in enumerate(("One", "Two")):
        edit(client, version, kind="rename", cluster="0-3", name=name)
    undo = client.post(f"{ATLAS}/edits/undo", json={"version": 2}).json()
    assert (undo["version"], undo["undoes"], undo["redoes"]) == (3, 1, 2)
    assert names(client)["0-3"] == "One"
    client.post(f"{ATLAS}/edits/undo", json={"version": 3})
    assert names(client) == before
    nothing = client.post(f"{ATLAS}/edits/undo", json={"version": 4})
    assert (nothing.status_code, nothing.json()["problem"]) == (400, "There is nothing to undo.")
    for version in (4, 5):
        client.post(f"{ATLAS}/edits/redo", json={"version": version})
    assert names(client)["0-3"] == "Two"
    assert client.post(f"{ATLAS}/edits/redo", json={"version": 6}).status_code == 400
    client.post(f"{ATLAS}/edits/undo", json={"version": 6})
    forked = edit(client, 7, kind="hide", cluster="0-4").json()
    assert forked["redoes"] is None, "what was undone is history once something else is done"
    assert [(one["kind"], one["state"]) for one in forked["edits"]][:3] == [
        ("hide", "applied"),
        ("undo", "step"),
        ("redo", "step"),
    ]
    assert {one["version"]: one["state"] for one in forked["edits"]}[2] == "undone"


def test_who_edits_an_older_state_is_told_who_was_faster(client: httpx.Client) -> None:
    assert edit(client, 0, kind="hide", cluster="0-3").status_code == 200
    late = edit(client, 0, kind="rename", cluster="0-3", name="x")
    assert late.status_code == 409
    assert "Somebody edited in the meantime (a analyst)" in late.json()["problem"]
    assert client.post(f"{ATLAS}/edits/undo", json={"version": 0}).status_code == 409
    assert edit(client, 7, kind="show", cluster="0-3").status_code == 409
    assert client.get(f"{ATLAS}/edits").json()["version"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"version": 0, "edit": {"kind": "hide", "cluster": "0-9999"}}, 400),
        ({"version": 0, "edit": {"kind": "merge", "clusters": ["0-1"], "into": "1-1"}}, 400),
        ({"version": 0, "edit": {"kind": "rename", "cluster": "0-1", "name": "a\u0000b"}}, 422),
        ({"version": 0, "edit": {"kind": "rename", "cluster": "0-1", "name": "x" * 200}}, 422),
        ({"version": -1, "edit": {"kind": "hide", "cluster": "0-1"}}, 422),
        ({"version": 0, "edit": {"kind": "undo"}}, 422),
        ({"version": 0}, 422),
        ([], 422),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    body: Any, status: int, refusing: httpx.Client
) -> None:
    answer = refusing.post(f"{ATLAS}/edits", json=body)
    assert answer.status_code == status
    assert answer.json()["problem"].endswith(".")
    assert "value error" not in answer.json()["problem"]
    assert refusing.get(f"{ATLAS}/edits").json()["version"] == 0


def test_a_lone_surrogate_is_refused(client: httpx.Client) -> None:
    body = b'{"version": 0, "edit": {"kind": "rename", "cluster": "0-1", "name": "\\ud800"}}'
    answer = client.post(f"{ATLAS}/edits", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422


def test_each_edit_is_in_the_audit_log(client: httpx.Client, serve: Serve, tmp_path: Path) -> None:
    edit(client, 0, kind="hide", cluster="0-3")
    client.post(f"{ATLAS}/edits/undo", json={"version": 1})
    with serve(store=str(tmp_path / "store.sqlite")).client("auditor") as auditor:
        lines = auditor.get("/api/audit-log").json()["lines"]
    assert [(line["action"], line["about"], line["detail"]["edit"]["kind"]) for line in lines] == [
        ("edit", "names request", "undo"),
        ("edit", "names request", "hide"),
    ]


def test_of_many_who_edit_at_once_each_version_is_made_by_one(where: str) -> None:
    stores = [open_store(where) for _ in range(2)]
    made: list[int] = []

    def work(number: int) -> None:
        editing = Editing(stores[number % 2])
        for _ in range(200):
            version = editing.applied(HERE, two_levels()).version
            if version >= 30:
                return
            try:
                editing.edit(
                    HERE, two_levels(), ANA, version, Rename(kind="rename", cluster="0-1", name=f"by {number}")
                )
                made.append(version + 1)
            except EditError as error:
                assert error.is_late  # noqa: PT017

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = Editing(stores[0]).applied(HERE, two_levels()).states
    assert sorted(made) == [state.row.version for state in states] == list(range(1, len(states) + 1))
    assert len(states) >= 30
    for store in stores:
        store.close()


def keep(editing: Editing, *steps: dict[str, Any]) -> None:
    """Make edits on the first release."""
    for version, step in enumerate(steps):
        editing.edit(HERE, two_levels(), ANA if version % 2 else BEN, version, EDITS.validate_python(step))


RENAMED = {"kind": "rename", "cluster": "0-1", "name": "Snakes"}
MERGED = {"kind": "merge", "clusters": ["0-2"], "into": "0-3"}
MOVED = {"kind": "move", "cluster": "0-0", "parent": "1-3"}


def test_a_release_with_the_same_hierarchy_keeps_its_edits_whatever_clusters_are_called(editing: Editing) -> None:
    keep(editing, RENAMED, MERGED, MOVED)
    later = two_levels("second", suffix=" otherwise called")
    applied = editing.applied(HERE, later)
    assert {(state.state, state.fit) for state in applied.states} == {("applied", "same hierarchy")}
    shown = {one.id: one for one in applied.clusters}
    assert (shown["0-1"].name, shown["0-3"].members, shown["0-0"].parent_id) == ("Snakes", ["0-2"], "1-3")


def test_another_hierarchy_keeps_the_edits_of_clusters_that_are_surely_the_same(
    editing: Editing,
) -> None:
    keep(editing, RENAMED, MERGED)
    later = two_levels("second", order=SUBJECTS[::-1], place=0.25)
    applied = editing.applied(HERE, later)
    assert {(state.state, state.fit) for state in applied.states} == {("applied", "by words")}
    shown = {one.id: one for one in applied.clusters}
    assert shown["0-6"].name == "Snakes"
    assert shown["0-4"].members == ["0-5"]


def test_what_fits_no_longer_is_listed_and_fits_again_when_its_cluster_is_back(editing: Editing) -> None:
    keep(editing, RENAMED, MERGED)
    gone = two_levels("second", order=["bread", "chess", *SUBJECTS[2:]], place=0.25)
    renamed, merged = editing.applied(HERE, gone).states
    assert (renamed.state, renamed.edit) == ("does not fit", None)
    assert "no cluster is surely the same. It was about: python." in (renamed.why or "")
    assert merged.state == "applied"
    editing.edit(HERE, gone, BEN, 2, Rename(kind="rename", cluster="0-1", name="Openings"))
    first, second, third = editing.applied(HERE, two_levels()).states
    assert [first.state, second.state, third.state] == ["applied", "applied", "does not fit"]


def test_an_edit_that_makes_no_sense_in_another_release_says_why(editing: Editing) -> None:
    keep(editing, MOVED)
    order = ["music", "health", "python", "travel", "garden", "money", "bread", "law"]
    later = two_levels("second", order=order, place=0.25)
    (state,) = editing.applied(HERE, later).states
    assert state.state == "does not fit"
    assert state.why


def test_unnamed_clusters_are_not_taken_for_each_other(editing: Editing) -> None:
    def unnamed(digest: str, place: float) -> Any:
        found = two_levels(digest, place=place)
        clusters = [
            one.model_copy(update={"name": f"Unnamed cluster {one.id}", "terms": []}) if one.level == 0 else one
            for one in found.clusters
        ]
        return released(digest, clusters)

    editing.edit(HERE, unnamed("first", 0.5), ANA, 0, Rename(kind="rename", cluster="0-1", name="Snakes"))
    assert editing.applied(HERE, unnamed("first", 0.5)).states[0].state == "applied"
    assert editing.applied(HERE, unnamed("second", 0.5)).states[0].fit == "same hierarchy"
    assert editing.applied(HERE, unnamed("third", 0.25)).states[0].state == "does not fit"


def test_two_old_clusters_are_never_one_new_one(editing: Editing) -> None:
    keep(editing, RENAMED, {"kind": "rename", "cluster": "0-3", "name": "Plants"})
    clusters = [
        one.model_copy(update={"name": "python garden" if one.id == "0-1" else f"other {one.id} {one.name}"})
        for one in two_levels("second", place=0.25).clusters
        if one.id not in ("0-3",)
    ]
    states = editing.applied(HERE, released("second", clusters)).states
    assert sum(state.state == "applied" for state in states) <= 1


def test_of_two_clusters_that_are_as_near_neither_is_taken(editing: Editing) -> None:
    keep(editing, RENAMED)
    names = {"0-1": "python python loops", "0-3": "python python errors"}
    clusters = [
        one.model_copy(update={"name": names.get(one.id, f"other {one.name}")})
        for one in two_levels("second", place=0.25).clusters
    ]
    assert editing.applied(HERE, released("second", clusters)).states[0].state == "does not fit"
    alone = [one for one in clusters if one.id != "0-3"]
    assert editing.applied(HERE, released("third", alone)).states[0].fit == "by words"


def test_words_of_another_embedder_are_not_compared(editing: Editing) -> None:
    keep(editing, RENAMED)
    later = two_levels("second", place=0.25)
    other = released("third", later.clusters, embedder="b")
    assert editing.applied(HERE, other).states[0].state == "does not fit"
    assert editing.applied(HERE, later).states[0].fit == "by words"


def test_edits_of_a_run_are_found_again_in_its_next_release_on_disk(serve: Serve, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    atlas = recorded("names", runs / "names" / "atlas")
    with serve(runs).client() as client:
        assert edit(client, 0, kind="rename", cluster="0-3", name="Letters").status_code == 200
        first = client.get(ATLAS).json()["digest"]
        tell(atlas, "privacy", min_users=25)
        rewrite(atlas, "clusters", lambda rows: [row | {"name": row["name"] + " and more"} for row in rows])
        tell(atlas, "atlas", profile="strict")
        assert client.get(ATLAS).json()["digest"] != first
        (entry,) = client.get(f"{ATLAS}/edits").json()["edits"]
        assert (entry["state"], entry["fit"]) == ("applied", "same hierarchy")
        assert names(client)["0-3"] == "Letters"
    assert (runs / ".explorer" / "store.sqlite").is_file()
    assert not any("explorer" in path.name for path in (runs / "names").rglob("*")), "kept beside, and never in it"
