"""Options that change nothing are told, so that nobody counts on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Cli, conversations, write_jsonl

SMALL = ["--clusters", "3", "--profile", "personal"]


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "chats.jsonl", conversations(60))


IDLE = ["--max-cost", "--prices", "--batch", "--base-url", "--at-once", "--rpm", "--tpm"]


def test_options_that_change_nothing_are_told(chats: Path, tmp_path: Path, cli: Cli) -> None:
    (tmp_path / "prices.toml").write_text('[[price]]\nmatch = ["openai/double"]\nprompt = 10.0\ncompletion = 10.0\n')
    given = ["--max-cost", "1", "--prices", "prices.toml", "--batch", "--base-url", "http://localhost:9", "--rpm", "9"]
    given += ["--tpm", "9", "--at-once", "9", "--one-call-a-facet", "--retry-failed", "--audit-sample", "5"]
    told = " ".join(cli("run", chats, "--run", "r", *SMALL, *given).stderr.split())
    listed = ", ".join([*IDLE, "--one-call-a-facet", "--retry-failed", "--audit-sample"])
    assert f"{listed}: without effect, since no --model is named." in told
    files = ["--model", f"extract=file:{tmp_path / 'f'}#m", "--batch", "--base-url", "http://localhost:9"]
    told = " ".join(cli("run", chats, "--run", "f", *SMALL, *files, code=3).stderr.split())
    assert "--batch, --base-url: without effect, since all that is asked is written to files" in told


def test_a_price_table_that_is_not_there_is_an_error_without_a_model_too(chats: Path, tmp_path: Path, cli: Cli) -> None:
    told = cli("run", chats, "--run", "r", *SMALL, "--prices", "nowhere.toml", code=1).stderr
    assert "--prices nowhere.toml cannot be read" in told
    assert not (tmp_path / "r").exists()
