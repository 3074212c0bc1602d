"""Languages are moved together in runs without a model that extracts, and only there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import clioscope
from clioscope.synth.making import make
from clioscope.synth.recipe import Recipe
from clioscope.vault import HierarchyFolder, RunFolder
from clioscope.vault.files import read_array
from clioscope.vault.master_key import new_key
from tests.conftest import Cli, bytes_of, conversations, write_jsonl

LANGUAGES = ("en", "es")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conversations in two languages."""
    recipe = Recipe(conversations=400, languages=LANGUAGES, groups=0, seed=3)
    return make(tmp_path_factory.mktemp("made"), recipe).conversations


def stages(run: Path) -> list[str]:
    return list(json.loads((run / "vault" / "stages.json").read_text(encoding="utf-8")))


def test_each_language_is_moved_and_only_what_was_embedded_is_kept(many: Path, cli: Cli, tmp_path: Path) -> None:
    told = cli("run", many, "--run", tmp_path / "together", "--quiet")
    assert told.returncode == 0
    home = RunFolder.existing(tmp_path / "together").hierarchy("request", main=True)
    moved, languages = read_array(home.shifts), read_array(home.languages)
    assert 2 <= moved.any(axis=1).sum() <= len(moved)
    assert len(languages) == len(home.embedded()) == len(home.vectors())
    rows = np.arange(len(languages))
    raw, aligned = home.embedded().take(rows), home.vectors().take(rows)
    still = ~moved.any(axis=1)[languages]
    assert np.array_equal(raw[still], aligned[still])
    assert not np.allclose(raw[~still], aligned[~still], atol=0.01)
    told = " ".join(cli("info", tmp_path / "together").stdout.split())
    assert f"{moved.any(axis=1).sum()} languages moved before clustering" in told


def test_languages_apart_leaves_vectors_where_they_are(many: Path, cli: Cli, tmp_path: Path) -> None:
    both = tmp_path / "both"
    cli("run", many, "--run", both, "--quiet")
    together = bytes_of(both / "atlas")
    told = cli("run", many, "--run", both, "--languages-apart")
    assert "Clustering again, because of a change: the languages" in told.stderr
    assert "Embedding" not in told.stderr
    home = RunFolder.existing(both).hierarchy("request", main=True)
    assert not home.shifts.exists()
    assert not home.languages.exists()
    assert "moved before clustering" not in cli("info", both).stdout
    assert bytes_of(both / "atlas") != together
    assert "align_languages = false" in (both / "run.toml").read_text(encoding="utf-8")
    cli("run", many, "--run", both, "--quiet")
    assert bytes_of(both / "atlas") == together


def test_one_language_is_grouped_as_without_moving(cli: Cli, tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "english.jsonl", conversations(200))
    for name, option in (("a", []), ("b", ["--languages-apart"])):
        assert cli("run", source, "--run", tmp_path / name, "--quiet", *option).returncode == 0
    for file in ("base.npy", "centroids.npy"):
        one, other = (tmp_path / name / "vault" / "assignments" / "request" / file for name in "ab")
        assert one.read_bytes() == other.read_bytes()


def test_another_facet_does_not_group_again(many: Path, cli: Cli, tmp_path: Path) -> None:
    cli("run", many, "--run", tmp_path / "run", "--quiet")
    told = cli("run", many, "--run", tmp_path / "run", "--period", "week")
    assert "Asking again" in told.stderr
    assert "Aligning" not in told.stderr
    assert "Clustering" not in told.stderr


def test_a_release_with_noise_takes_vectors_as_they_were_embedded(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opendp")
    clioscope.run(many, tmp_path / "fresh", epsilon=8.0)
    assert "Aligning" not in stages(tmp_path / "fresh")
    clioscope.run(many, tmp_path / "run")
    assert RunFolder.existing(tmp_path / "run").hierarchy("request", main=True).shifts.exists()

    def refused(self: HierarchyFolder) -> None:
        raise AssertionError(f"the vectors of {self.facet} depend on everybody's once they are moved")

    monkeypatch.setattr(HierarchyFolder, "vectors", refused)
    assert clioscope.run(many, tmp_path / "run", epsilon=8.0).clusters


@pytest.mark.slow
def test_a_user_who_is_forgotten_moves_nobody_any_more(many: Path, cli: Cli, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in many.read_text(encoding="utf-8").splitlines()]
    user = next(line["user_id"] for line in lines if line["user_id"])
    cli("run", many, "--run", tmp_path / "all", "--quiet")
    home = RunFolder.existing(tmp_path / "all").hierarchy("request", main=True)
    cli("forget", tmp_path / "all", "--user", user)
    without = tmp_path / "without.jsonl"
    without.write_text("".join(f"{json.dumps(line)}\n" for line in lines if line["user_id"] != user), encoding="utf-8")
    cli("run", without, "--run", tmp_path / "never", "--quiet")
    never = RunFolder.existing(tmp_path / "never").hierarchy("request", main=True)
    assert np.allclose(read_array(home.shifts), read_array(never.shifts), atol=1e-6)
    assert len(read_array(home.languages)) == len(read_array(never.languages))


@pytest.mark.slow
def test_a_vault_is_read_as_well_where_it_is_encrypted(
    many: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLIOSCOPE_KEY", new_key())
    clioscope.run(many, tmp_path / "plain")
    clioscope.run(many, tmp_path / "sealed", encrypt=True)
    plain, sealed = (RunFolder.existing(tmp_path / n).hierarchy("request", main=True) for n in ("plain", "sealed"))
    assert plain.shifts.read_bytes() != sealed.shifts.read_bytes()
    assert np.array_equal(read_array(plain.shifts), read_array(sealed.shifts))
    assert bytes_of(tmp_path / "plain" / "atlas") == bytes_of(tmp_path / "sealed" / "atlas")


@pytest.mark.slow
def test_a_run_from_before_languages_were_moved_is_grouped_again(many: Path, cli: Cli, tmp_path: Path) -> None:
    run = tmp_path / "run"
    cli("run", many, "--run", run, "--quiet")
    together = bytes_of(run / "atlas")
    ledger = run / "vault" / "stages.json"
    kept = json.loads(ledger.read_text(encoding="utf-8"))
    del kept["Aligning"], kept["Clustering"]["inputs"]["the languages"], kept["Asking"]["found"]["languages"]
    ledger.write_text(json.dumps(kept), encoding="utf-8")
    for name in ("shifts.npy", "languages.npy"):
        (run / "vault" / "assignments" / "request" / name).unlink()
    cli("run", many, "--run", run, "--languages-apart", "--quiet")
    assert bytes_of(run / "atlas") != together
    told = cli("run", many, "--run", run)
    assert "Clustering again, because of a change: the languages" in told.stderr
    assert bytes_of(run / "atlas") == together


def test_an_evaluation_refuses_clusters_of_other_vectors(many: Path, cli: Cli, tmp_path: Path) -> None:
    """As a run leaves them that was stopped after it moved the vectors and before it grouped them again."""
    run = tmp_path / "run"
    cli("run", many, "--run", run, "--quiet")
    ledger = run / "vault" / "stages.json"
    kept = json.loads(ledger.read_text(encoding="utf-8"))
    kept["Aligning"]["inputs"]["the languages"] = "0" * 64
    ledger.write_text(json.dumps(kept), encoding="utf-8")
    told = cli("evaluate", run, code=None)
    assert "The vault has changed since the atlas was made." in " ".join((told.stdout + told.stderr).split())


@pytest.mark.parametrize("option", [["--epsilon", "8"], ["--model", "extract=file:answers"]])
def test_where_nothing_is_moved_the_option_is_told_to_be_idle(
    many: Path, cli: Cli, tmp_path: Path, option: list[str]
) -> None:
    if option[0] == "--epsilon":
        pytest.importorskip("opendp")
    told = cli("run", many, "--run", tmp_path / "run", "--languages-apart", *option, code=None)
    assert "--languages-apart: without effect, since" in told.stderr
