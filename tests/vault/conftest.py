"""Runs to take something out of. What they are made from is each file's own ``source``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import clioscope


@pytest.fixture(scope="module")
def finished(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one finished run on ``source``. Must not be changed."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    clioscope.run(source, folder)
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(finished, tmp_path / "run")
    return tmp_path / "run"
