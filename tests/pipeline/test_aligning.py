"""Languages are moved together in runs without a model that extracts, and only there."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import clioscope
from clioscope.synth.making import make
from clioscope.synth.recipe import Recipe
from clioscope.vault import RunFolder
from clioscope.vault.files import read_array
from tests.conftest import Cli, bytes_of, conversations, write_jsonl

LANGUAGES = ("en", "de", "es", "fr")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Conversations in four languages."""
    recipe = Recipe(conversations=600, languages=LANGUAGES, groups=0, seed=3)
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
    assert sum(path.stat().st_size for path in home.embeddings.paths()) < 2.5 * raw.size + 1_000


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


def test_a_release_with_noise_moves_nothing(many: Path, tmp_path: Path) -> None:
    pytest.importorskip("opendp")
    clioscope.run(many, tmp_path / "noisy", epsilon=8.0, profile="default")
    assert "Aligning" not in stages(tmp_path / "noisy")
    assert not RunFolder.existing(tmp_path / "noisy").hierarchy("request", main=True).shifts.exists()


@pytest.mark.parametrize("option", [["--epsilon", "8"], ["--model", "extract=file:answers"]])
def test_where_nothing_is_moved_the_option_is_told_to_be_idle(
    many: Path, cli: Cli, tmp_path: Path, option: list[str]
) -> None:
    told = cli("run", many, "--run", tmp_path / "run", "--languages-apart", *option, code=None)
    assert "--languages-apart: without effect, since" in told.stderr
