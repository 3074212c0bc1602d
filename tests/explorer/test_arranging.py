"""What edits do to how clusters are shown, and which cannot be made."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from clioscope.explorer.edits import Edit
from clioscope.explorer.edits.arranging import Arrangement
from clioscope.explorer.schemas import Cluster
from tests.explorer.releases import two_levels

EDITS: TypeAdapter[Edit] = TypeAdapter(Edit)


def arranged(*edits: dict[str, object]) -> Arrangement:
    found = Arrangement(two_levels().clusters)
    for edit in edits:
        made = EDITS.validate_python(edit)
        assert found.problem(made) is None, found.problem(made)
        found.apply(made)
    return found


def shown(*edits: dict[str, object]) -> dict[str, Cluster]:
    return {cluster.id: cluster for cluster in arranged(*edits).clusters()}


def rename(cluster: str, name: str | None) -> dict[str, object]:
    return {"kind": "rename", "cluster": cluster, "name": name}


def merge(into: str, *clusters: str) -> dict[str, object]:
    return {"kind": "merge", "clusters": clusters, "into": into}


def move(cluster: str, parent: str) -> dict[str, object]:
    return {"kind": "move", "cluster": cluster, "parent": parent}


def on(kind: str, cluster: str) -> dict[str, object]:
    return {"kind": kind, "cluster": cluster}


def without_figures(found: dict[str, Cluster]) -> set[str]:
    assert all((one.conversations is None) == (one.users is None) for one in found.values())
    return {id for id, one in found.items() if one.conversations is None}


def test_without_edits_all_is_as_published() -> None:
    assert Arrangement(two_levels().clusters).clusters() == two_levels().clusters


def test_names_and_descriptions_are_replaced_and_given_back() -> None:
    found = shown(rename("0-1", "  Sour\ndough  "), {"kind": "describe", "cluster": "0-1", "description": "a\nb"})
    assert (found["0-1"].name, found["0-1"].description) == ("Sour dough", "a\nb")
    assert found["0-1"].edited == ["name", "description"]
    assert found["0-1"].conversations == 50
    assert shown(rename("0-1", "x"), rename("0-1", None))["0-1"].edited == []


def test_a_hidden_cluster_is_shown_again() -> None:
    assert shown(on("hide", "0-1"))["0-1"].hidden
    assert shown(on("hide", "0-1"))["0-1"].edited == ["hidden"]
    assert not shown(on("hide", "0-1"), on("show", "0-1"))["0-1"].hidden


def test_merged_clusters_are_one_without_figures_of_its_own() -> None:
    found = shown(merge("0-0", "0-1", "0-6"))
    assert found["0-0"].members == ["0-1", "0-6"]
    assert without_figures(found) == {"0-0", "1-0", "1-3", "2-0", "2-1"}, "those above hold others than were counted"
    assert [found[id].parent_id for id in ("0-1", "0-6")] == ["1-0", "1-0"]
    assert all(found[id].hidden and "merged" in found[id].edited for id in ("0-1", "0-6"))
    assert found["0-1"].conversations == 50, "what was released of a part is still true of it"
    assert "About" not in found["0-0"].description
    assert "About" in found["0-1"].description


def test_merging_within_one_parent_leaves_it_as_it_was_counted() -> None:
    assert without_figures(shown(merge("0-0", "0-1"))) == {"0-0"}


def test_parts_of_what_is_merged_go_along() -> None:
    found = shown(merge("0-1", "0-2"), merge("0-0", "0-1"))
    assert sorted(found["0-0"].members) == ["0-1", "0-2"]
    assert found["0-1"].members == []


def test_children_of_a_merged_cluster_are_shown_under_the_one_that_it_is_in() -> None:
    found = shown(merge("1-0", "1-1"))
    assert [found[id].parent_id for id in ("0-0", "0-2", "0-3")] == ["1-0"] * 3
    assert found["0-2"].edited == ["parent"]
    assert without_figures(found) == {"1-0"}


def test_a_separated_cluster_is_by_itself_again() -> None:
    assert shown(merge("0-0", "0-1", "0-2"), on("separate", "0-1"), on("separate", "0-2")) == shown()


def test_a_moved_cluster_keeps_its_figures_and_those_above_lose_theirs() -> None:
    found = shown(move("0-0", "1-1"))
    assert (found["0-0"].parent_id, found["0-0"].edited, found["0-0"].conversations) == ("1-1", ["parent"], 50)
    assert without_figures(found) == {"1-0", "1-1"}, "what is above both holds the same"
    assert without_figures(shown(move("0-0", "1-3"))) == {"1-0", "1-3", "2-0", "2-1"}
    assert shown(move("0-0", "1-1"), move("0-0", "1-0")) == shown()


def test_what_is_merged_moves_with_the_one_that_it_is_in() -> None:
    found = shown(merge("0-0", "0-1"), move("0-0", "1-2"))
    assert found["0-1"].parent_id == found["0-0"].parent_id == "1-2"


def test_moving_under_a_cluster_that_is_merged_later_leads_to_the_one_that_it_is_in() -> None:
    assert shown(move("0-0", "1-1"), merge("1-3", "1-1"))["0-0"].parent_id == "1-3"


@pytest.mark.parametrize(
    "name", ["e\u0301", "نان", "パンの質問", "👩‍🍳 bread", "a" * 120, "\u0958" * 60, "=1+1", "<b>"]
)
def test_a_name_may_be_in_any_script_and_is_read_again_as_it_was_kept(name: str) -> None:
    made = EDITS.validate_python(rename("0-1", name))
    assert EDITS.validate_json(EDITS.dump_json(made)) == made


@pytest.mark.parametrize(
    ("before", "edit", "said"),
    [
        ([], rename("0-99", "x"), "There is no cluster 0-99"),
        ([], merge("0-0", "0-99"), "There is no cluster 0-99"),
        ([], merge("0-0", "0-0"), "into itself"),
        ([], merge("0-0", "1-0"), "different levels"),
        ([merge("0-1", "0-0")], merge("0-0", "0-1"), "is itself merged into python"),
        ([merge("0-1", "0-0"), merge("0-2", "0-1")], merge("0-0", "0-2"), "is itself merged into travel"),
        ([merge("0-0", "0-1")], merge("0-0", "0-1"), "merged into bread (0-0) already"),
        ([on("hide", "0-1")], merge("0-0", "0-1"), "is hidden"),
        ([on("hide", "0-0")], merge("0-0", "0-1"), "is hidden"),
        ([merge("0-0", "0-1")], rename("0-1", "x"), "separate it first"),
        ([merge("0-0", "0-1")], on("hide", "0-1"), "separate it first"),
        ([merge("0-0", "0-1")], move("0-1", "1-1"), "separate it first"),
        ([merge("1-0", "1-1")], move("0-0", "1-1"), "separate it first"),
        ([], on("separate", "0-1"), "not merged"),
        ([], on("show", "0-1"), "not hidden"),
        ([on("hide", "0-1")], on("hide", "0-1"), "hidden already"),
        ([], move("0-0", "2-0"), "not on the level above"),
        ([], move("0-0", "0-1"), "not on the level above"),
        ([], move("2-0", "2-1"), "at the top"),
        ([], move("0-0", "1-0"), "under bread python (1-0) already"),
        ([on("hide", "1-1")], move("0-0", "1-1"), "is hidden"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    before: list[dict[str, object]], edit: dict[str, object], said: str
) -> None:
    problem = arranged(*before).problem(EDITS.validate_python(edit))
    assert problem is not None
    assert said in problem
    assert problem.endswith(".")


@pytest.mark.parametrize(
    "edit",
    [
        rename("0-1", ""),
        rename("0-1", "   "),
        rename("0-1", "x" * 121),
        rename("0-1", "\u200b\u2060"),
        rename("0-1", "\u0958" * 120),
        rename("\u0660-\u0661", "x"),
        rename("0-1", "invisible \u202e turn"),
        rename("0-1", "bell \x07"),
        rename("0-1", "\ud800"),
        rename("1", "x"),
        rename("0-1; DROP", "x"),
        {"kind": "describe", "cluster": "0-1", "description": "x" * 4_001},
        merge("0-0"),
        merge("0-0", *[f"0-{i}" for i in range(101)]),
        {"kind": "burn", "cluster": "0-1"},
        rename("0-1", "x") | {"author": "somebody else"},
        {"kind": "rename", "cluster": "0-1"},
    ],
)
def test_what_is_no_edit_is_refused(edit: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EDITS.validate_python(edit)
