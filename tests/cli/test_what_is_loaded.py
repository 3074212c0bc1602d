"""A command loads what it uses, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from clioscope.cli.commands import COMMANDS, loaded
from tests.conftest import conversations, write_jsonl

OF_A_RUN = {"onnxruntime", "faiss", "highspy", "tokenizers", "py3langid", "snowballstemmer"}
OF_MODELS = {"openai", "anthropic", "httpx2"}
OF_AUDITS = {"scipy"}


def libraries(*arguments: object) -> set[str]:
    """What a process of its own has loaded once that command is done."""
    code = """
import sys
from clioscope.cli import main
try:
    main()
finally:
    sys.stderr.write(" ".join({name.partition(".")[0] for name in sys.modules}))
"""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["run", "--help"]])
def test_help_loads_no_numeric_library(arguments: list[str]) -> None:
    assert libraries(*arguments).isdisjoint(OF_A_RUN | OF_MODELS | OF_AUDITS | {"numpy", "pyarrow"})


@pytest.mark.parametrize("command", ["tree", "info"])
def test_looking_at_an_atlas_loads_nothing_that_makes_one(command: str, made: Path) -> None:
    assert libraries(command, made).isdisjoint(OF_A_RUN | OF_MODELS | OF_AUDITS)


def test_a_run_without_a_model_loads_no_library_of_models_or_audits_nor_pandas(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "conversations.jsonl", conversations(400))
    seen = libraries("run", source, "--run", tmp_path / "run", "--quiet")
    assert seen >= OF_A_RUN
    assert seen.isdisjoint(OF_MODELS | OF_AUDITS | {"pandas"})


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_its_own_help_begins_with(name: str) -> None:
    first = re.split(r"\n\s*\n", loaded(name).help)[0]
    assert " ".join(first.split()) == COMMANDS[name].does
