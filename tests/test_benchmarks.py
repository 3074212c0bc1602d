"""What was measured comes to stand on the page as it was kept."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import privacy_peers, render, results, run
from benchmarks.peers import Peers
from benchmarks.varied_vectors import VariedVectors, varied

ELSEWHERE = {"kura_names_runner", "peer_runner", "redaction_presidio"}
"""Run in other environments, whose packages they import."""
MODULES = sorted({path.stem for path in Path(results.__file__).parent.glob("*.py")} - ELSEWHERE)
PAGE = "Before.\n\n<!-- table: speed -->\n(old)\n<!-- end -->\n\nBetween.\n\n<!-- table: size -->\n<!-- end -->\n"


def test_a_kept_table_stands_on_the_page_with_how_it_came_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results.publish("speed", ["what", "s"], [["a|b", "1.5"]], tmp_path, notes=["One seed."], versions={"peer": "2.1"})
    assert "| a\\|b | 1.5 |" in capsys.readouterr().out
    page = render.rendered(PAGE, tmp_path)
    assert "| what | s |\n| --- | --- |\n| a\\|b | 1.5 |\n" in page
    assert "(old)" not in page
    assert page.startswith("Before.\n\n<!-- table: speed -->")
    assert "<!-- end -->\n\nBetween.\n" in page
    told = " ".join(page.split())
    assert results.machine() in told
    assert "peer 2.1. One seed." in told
    assert "(Nothing is kept under `size` yet.)" in page
    assert render.rendered(page, tmp_path) == page


def test_a_row_of_another_width_than_the_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="as many cells as the header, 2"):
        results.publish("speed", ["what", "s"], [["a", "1.5"], ["b", "1.5", "2"]], tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_result_that_stands_nowhere_on_the_page_is_told_of(tmp_path: Path) -> None:
    results.publish("speed", ["what"], [["x"]], tmp_path)
    assert render.unplaced(PAGE, tmp_path) == []
    results.publish("lost", ["what"], [["x"]], tmp_path)
    assert render.unplaced(PAGE, tmp_path) == ["lost.json stands nowhere on the page"]


def test_what_was_kept_is_read_again_as_it_was(tmp_path: Path) -> None:
    kept = results.Result("n", ("a",), (("1",), ("ü",)), None, None, "November 2026", None, {"numpy": "2"}, ("Note.",))
    results.write(kept, tmp_path)
    assert results.read("n", tmp_path) == kept
    assert render.came_about(kept) == (
        "command unknown; commit unknown; November 2026; machine unknown; numpy 2. Note."
    )


def test_a_command_is_told_without_the_places_of_one_machine() -> None:
    told = results.command_line(["--data", "/home/a", "--seeds", "3", "--save", "--peers=/home/b.toml", "--quick"])
    assert told.endswith(" --data DATA --seeds 3 --peers PEERS --quick")
    assert results.command_line(["--only", "x", "--save", "/home/a", "--cache", "/b"]).endswith(" --only x")


def test_a_peer_that_does_not_start_is_not_installed() -> None:
    peers = Peers({"kura": "/nowhere/python"})
    assert peers.python("kura") is None
    assert peers.versions() == {}


@pytest.mark.parametrize("name", MODULES)
def test_every_benchmark_finds_what_it_imports(name: str) -> None:
    importlib.import_module(f"benchmarks.{name}")


def test_given_vectors_are_those_of_what_a_text_was_varied_from(tmp_path: Path) -> None:
    texts = ["how do I pay my bill today", "play some music", "book me a table for two", "stop"]
    base = np.eye(4, 384, dtype=np.float16)
    np.save(tmp_path / "vectors.npy", base)
    (tmp_path / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    embedder = VariedVectors(tmp_path)
    said = [row["messages"][0]["content"] for row in varied(texts, 200)]
    found = embedder.embed(said)
    assert embedder.computed == 0
    assert (found @ base.T.astype(np.float32)).argmax(axis=1).tolist() == [i % 4 for i in range(200)]
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert np.array_equal(found, embedder.embed(said))
    assert len(np.unique(found, axis=0)) == len(set(said))


def test_one_part_that_fails_does_not_stop_the_others(capfd: pytest.CaptureFixture[str]) -> None:
    commands = {
        name: [sys.executable, "-c", f"raise SystemExit({code})"] for name, code in (("names", 3), ("truth", 0))
    }
    assert [(name, seconds is None) for name, seconds in run.ran(commands)] == [("names", True), ("truth", False)]
    told = capfd.readouterr().out
    assert "names: FAILED (3) after" in told
    assert "truth: done in" in told


def test_every_part_has_a_command_that_says_where_results_go(tmp_path: Path) -> None:
    given = argparse.Namespace(quick=False, data=tmp_path, cache=tmp_path / "c", peers=None)
    for name, part in run.PARTS.items():
        words = run.command(part, given, tmp_path)
        assert words[-2:] == ["--save", str(tmp_path)], name
        assert "--peers" not in words


def test_nobody_is_found_in_what_says_nothing_and_everybody_in_what_says_all() -> None:
    rows = [{"id": f"{i:016x}", "user_id": f"u{i}", "created_at": "2026-06-01T00:00:00Z"} for i in range(80)]
    said = "a first message that is long enough to be looked for, number"
    planted = privacy_peers.plant(
        [{**row, "messages": [{"role": "user", "content": f"{said} {i}"}]} for i, row in enumerate(rows)], seed=0
    )
    k = privacy_peers.K
    assert {users: len(words) for users, words in planted.words.items()} == {1: 60, k - 1: 9, k: 9}
    for users, words in planted.words.items():
        for word in words:
            assert len({row["user_id"] for row in planted.rows if word in row["messages"][0]["content"]}) == users
    assert {cell.split()[0] for cell in privacy_peers.counts("", planted)} == {"0"}
    everything = json.dumps(planted.rows, ensure_ascii=False).replace("\\n", " ")
    for cell in privacy_peers.counts(everything, planted):
        out, of = cell.split(" of ")
        assert out == of
