"""Every attack succeeds without protection, and finds what is planted in an atlas."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import clioscope
from clioscope import Message
from clioscope.atlas.schema import CLUSTERS, CUBE, MAP
from clioscope.attacks.auditing import audited
from clioscope.attacks.finding import Finding, Rate, Trial
from clioscope.attacks.report import as_json
from clioscope.attacks.static import ATTACKS, coarseness, read_evidence
from clioscope.attacks.static.positions import compared
from clioscope.attacks.static.recount import packed, tally
from clioscope.config import read_config
from clioscope.progress import Silent
from clioscope.testing import ModelServer
from clioscope.vault import RunFolder
from clioscope.vault.files import read_array
from tests.conftest import bytes_of, conversations
from tests.judged.helpers import judged

Row = dict[str, Any]

STATIC = [attack.name for attack in ATTACKS]


@pytest.fixture(scope="module")
def with_rare_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run in which everybody says a word that nobody else says. Must not be changed."""
    syllables = "ba", "de", "fi", "go", "lu", "mi", "no", "pe"
    words = ("zor" + "".join(chosen) for chosen in product(syllables, repeat=3))
    items = [
        replace(c, messages=(Message("user", f"{c.messages[0].content}, {word}"), *c.messages[1:]))
        for c, word in zip(conversations(300), words, strict=False)
    ]
    folder = tmp_path_factory.mktemp("with-rare-words") / "run"
    clioscope.run(items, folder, facets=("plan",))
    return folder


def attacked(run: Path, attack: str) -> Finding:
    (finding,) = clioscope.audit(run, attacks=[attack])
    return finding


def edited(run: Path, table: str, edit: Callable[[list[Row]], list[Row]]) -> None:
    path = run / "atlas" / f"{table}.parquet"
    schema = {"clusters": CLUSTERS, "cube": CUBE, "map": MAP}[table]
    pq.write_table(pa.Table.from_pylist(edit(pq.read_table(path).to_pylist()), schema=schema), path)


def successes(finding: Finding, layers: str) -> list[int]:
    return [trial.rate.successes for trial in finding.trials if trial.layers == layers and trial.rate]


@pytest.mark.parametrize("attack", ["thresholds", "subtraction", "verbatim", "coarseness"])
def test_every_attack_succeeds_without_protection_before_it_is_tried_with_it(
    with_rare_words: Path, attack: str
) -> None:
    finding = attacked(with_rare_words, attack)
    assert min(successes(finding, "nothing")) > 0
    assert finding.trials[0].layers == "nothing"
    assert finding.trials[-1].layers == "the gate"


@pytest.mark.parametrize("attack", ["thresholds", "subtraction", "verbatim", "coarseness"])
def test_an_atlas_as_it_was_made_holds(made: Path, attack: str) -> None:
    finding = attacked(made, attack)
    assert finding.verdict == "held"
    assert set(successes(finding, "the gate")) == {0}


def test_what_is_attacked_is_not_changed(made: Path, run: Path) -> None:
    before = bytes_of(run)
    clioscope.audit(run, attacks=STATIC)
    assert {p: b for p, b in bytes_of(run).items() if p != "vault/lock"} == {
        p: b for p, b in before.items() if p != "vault/lock"
    }


def test_a_figure_of_too_few_is_found(run: Path) -> None:
    def add(rows: list[Row]) -> list[Row]:
        whole = {"cluster_id": "0-1", "attribute_1": "plan", "value_1": "free", "attribute_2": "turns"}
        return [*rows, whole | {"value_2": "never", "conversations": 15, "users": 10}]

    edited(run, "cube", add)
    finding = attacked(run, "thresholds")
    assert finding.verdict == "leaked"
    assert successes(finding, "the gate")[0] == 1


def test_a_figure_that_is_not_rounded_is_found(run: Path) -> None:
    edited(run, "clusters", lambda rows: [rows[0] | {"conversations": rows[0]["conversations"] + 1}, *rows[1:]])
    assert attacked(run, "thresholds").verdict == "leaked"


def test_a_term_that_too_few_share_is_found(run: Path) -> None:
    edited(run, "clusters", lambda rows: [rows[0] | {"terms": [*rows[0]["terms"], "szczebrzeszyn"]}, *rows[1:]])
    finding = attacked(run, "thresholds")
    assert finding.verdict == "leaked"
    assert successes(finding, "the gate")[0] == 0
    assert successes(finding, "the gate")[1] >= 1


def test_a_number_in_a_name_is_found(run: Path) -> None:
    edited(run, "clusters", lambda rows: [rows[0] | {"name": "Call 5551234"}, *rows[1:]])
    assert successes(attacked(run, "thresholds"), "the gate")[1] >= 1


def test_a_box_of_the_map_that_is_mostly_one_users_is_found(run: Path) -> None:
    folder = RunFolder(run)
    evidence = read_evidence(folder, read_config(folder.run_toml), folder.atlas)
    assert evidence.truth is not None
    n = len(evidence.truth.conversations)
    users = np.where(np.arange(n) % 2 == 0, 0, np.arange(n)).astype(np.int32)
    finding = coarseness.examine(replace(evidence, truth=replace(evidence.truth, users=users)), Silent())
    assert dict(finding.trials[-1].figures)["mostly one user's"] == evidence.published.atlas.map.to_arrow().num_rows
    assert finding.verdict == "leaked"


def test_what_the_vault_alone_knows_is_shown_rounded(run: Path) -> None:
    found = audited(run, STATIC, progress=Silent())
    exact = [trial for finding in found.findings for trial in finding.trials]
    shown = [trial for finding in as_json(found)["findings"] for trial in finding["trials"]]
    withheld = next(trial for trial in exact if (trial.setting, trial.layers) == ("the atlas", "the gate"))
    assert withheld.rate is not None
    assert str(withheld.rate.tries) not in " ".join(finding.sentence for finding in found.findings)
    for trial, told in zip(exact, shown, strict=True):
        counts = [value for value in told["figures"].values() if isinstance(value, int)]
        counts += [told["successes"], told["tries"]] if "tries" in told else []
        if trial.private:
            assert counts
            assert {n % 10 ** max(1, len(str(n)) - 2) for n in counts} == {0}
        else:
            assert trial.layers == "the gate", "without protection figures are exact, and the vault's"
            assert trial.rate is None or told["tries"] == trial.rate.tries


def test_a_private_count_is_none_only_where_there_is_none() -> None:
    trial = Trial("a", "b", Rate(1, 1_234), figures=[("few", 4), ("none", 0), ("share", 0.5)], private=True)
    shown = trial.shown()
    assert shown.rate == Rate(10, 1_200)
    assert shown.figures == [("few", 10), ("none", 0), ("share", 0.5)]
    assert Trial("a", "b", Rate(3, 3), private=True).shown().rate == Rate(10, 10)


def test_a_name_that_quotes_a_person_is_found(run: Path) -> None:
    folder = RunFolder(run)
    (table,) = folder.conversations.read(["messages"])
    said = table["messages"][3].as_py()[0]["content"]
    edited(run, "clusters", lambda rows: [rows[0] | {"name": said}, *rows[1:]])
    finding = attacked(run, "verbatim")
    assert finding.verdict == "leaked"
    assert successes(finding, "the gate") == [1]
    assert said not in repr(finding)


def test_exact_figures_without_complementary_suppression_are_subtracted_from(run: Path) -> None:
    folder = RunFolder(run)
    evidence = read_evidence(folder, read_config(folder.run_toml), folder.atlas)
    truth = evidence.truth
    assert truth is not None
    month = next(a for a in truth.attributes if a.name == "month")
    width = len(month.values)
    found = tally(truth, packed([truth.labels[0], month.codes], [int(truth.labels[0].max()) + 1, width]))
    exact = {
        divmod(int(key), width): (int(n), int(users))
        for key, n, users in zip(found.key, found.conversations, found.users, strict=True)
    }
    cluster, small = next(cell for cell, (n, _) in exact.items() if n < 15)
    id = f"0-{cluster}"

    def all_but_one(rows: list[Row]) -> list[Row]:
        kept = [row for row in rows if not (row["cluster_id"] == id and row["attribute_1"] == "month")]
        empty = {"cluster_id": id, "attribute_1": "month", "attribute_2": None, "value_2": None}
        shown = [
            empty | {"value_1": month.values[value], "conversations": n, "users": users}
            for (of, value), (n, users) in exact.items()
            if of == cluster and value != small
        ]
        total = sum(n for (of, _), (n, _) in exact.items() if of == cluster)
        of_all = [row["cluster_id"] == id and row["attribute_1"] is None for row in kept]
        kept = [row | {"conversations": total} if it else row for row, it in zip(kept, of_all, strict=True)]
        return [*kept, *shown]

    edited(run, "cube", all_but_one)
    finding = attacked(run, "subtraction")
    assert finding.verdict == "leaked"
    assert dict(finding.trials[-1].figures)["of them known nearly"] >= 1


def test_a_bin_of_too_few_is_found(run: Path) -> None:
    def cut(rows: list[Row]) -> list[Row]:
        whole = next(row for row in rows if row["x1"] - row["x0"] > 1)
        rest = [row for row in rows if row is not whole]
        return [*rest, whole | {"x1": whole["x0"] + 1}, whole | {"x0": whole["x0"] + 1}]

    edited(run, "map", cut)
    assert attacked(run, "coarseness").verdict == "leaked"


def test_bins_that_overlap_are_found(run: Path) -> None:
    edited(run, "map", lambda rows: [*rows, rows[0]])
    finding = attacked(run, "coarseness")
    assert finding.verdict == "leaked"
    assert dict(finding.trials[-1].figures)["overlap or leave the map"] == 2


@pytest.fixture(scope="module")
def with_groups(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with a level of groups above the base. Must not be changed."""
    folder = tmp_path_factory.mktemp("with-groups") / "run"
    clioscope.run(conversations(900), folder, hierarchy=(20, 4))
    return folder


def test_sizes_and_their_order_are_told_by_exact_places_and_not_by_published_ones(with_groups: Path) -> None:
    finding = attacked(with_groups, "positions")
    assert finding.verdict == "held"
    solved, ordered = (trial.rate for trial in finding.trials if trial.layers == "nothing")
    assert solved is not None
    assert solved.share > 0.3
    assert ordered is not None
    assert ordered.share == 1
    assert successes(finding, "the gate")[0] == 0


def test_places_that_are_weighted_with_exact_sizes_are_found(with_groups: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(with_groups, run)
    folder = RunFolder(run).hierarchy("request", main=True).assignments
    labels, parents = read_array(folder / "level_0.npy"), read_array(folder / "parents_0.npy")
    sizes, centres = np.bincount(labels), read_array(folder / "centres.npy")

    def weigh(rows: list[Row]) -> list[Row]:
        means = {
            f"1-{group}": np.average(centres[parents == group], axis=0, weights=sizes[parents == group])
            for group in range(parents.max() + 1)
        }
        places = {f"0-{i}": centre for i, centre in enumerate(centres)} | means
        return [row | dict(zip("xy", map(float, places[row["id"]]), strict=True)) for row in rows]

    edited(run, "clusters", weigh)
    finding = attacked(run, "positions")
    assert finding.verdict == "leaked"
    assert successes(finding, "the gate")[0] == successes(finding, "nothing")[0]


@pytest.mark.parametrize(("sizes", "told"), [([24, 24, 23, 23, 22, 21, 20, 19], True), ([22, 24, 19, 23, 20], False)])
def test_an_order_by_exact_size_is_told_from_one_by_chance(sizes: list[int], told: bool) -> None:
    ordered = compared([np.array(sizes), np.array([30, 30])])
    assert ordered.pairs == sum(a != b for a, b in combinations(sizes, 2))
    assert ordered.told == told


def test_groups_of_one_value_are_counted_and_not_judged(tmp_path: Path) -> None:
    items = [
        replace(c, metadata={"plan": "team" if c.metadata["topic"] == "bread" else "free"}) for c in conversations(500)
    ]
    clioscope.run(items, tmp_path / "run", facets=("plan",), clusters=6)
    finding = attacked(tmp_path / "run", "homogeneity")
    assert finding.verdict == "reported"
    assert successes(finding, "the gate")[0] > 0


def test_where_nothing_is_promised_nothing_leaks(tmp_path: Path) -> None:
    clioscope.run(conversations(60, users=1), tmp_path / "run", profile="personal")
    assert {finding.verdict for finding in clioscope.audit(tmp_path / "run", attacks=STATIC)} <= {
        "reported",
        "not tried",
    }


def test_where_users_are_unknown_conversations_count(tmp_path: Path) -> None:
    clioscope.run(conversations(300, users=None), tmp_path / "run")
    found = {finding.attack: finding for finding in clioscope.audit(tmp_path / "run", attacks=STATIC)}
    assert found["thresholds"].verdict == found["verbatim"].verdict == found["coarseness"].verdict == "held"


def test_a_release_with_noise_is_tried_with_what_applies(tmp_path: Path) -> None:
    clioscope.run(conversations(700, users=200), tmp_path / "run", epsilon=50.0, clusters=8)
    found = {finding.attack: finding for finding in clioscope.audit(tmp_path / "run", attacks=STATIC)}
    assert found["subtraction"].verdict == found["thresholds"].verdict == "not tried"
    assert found["verbatim"].verdict == "held"
    assert successes(found["verbatim"], "nothing")[0] > 0


def test_every_hierarchy_is_attacked(tmp_path: Path) -> None:
    with ModelServer() as server:
        judged(tmp_path, server, cluster_by=("request", "task"))
    finding = attacked(tmp_path / "run", "thresholds")
    assert {trial.setting.partition(":")[0] for trial in finding.trials} == {"atlas", "atlas-task"}
    assert finding.sentence.count("atlas-task:") == 1
    assert finding.verdict == "held"
