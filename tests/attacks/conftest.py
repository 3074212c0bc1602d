"""A run to attack that may be changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A copy of the finished run."""
    shutil.copytree(made, tmp_path / "run")
    return tmp_path / "run"
