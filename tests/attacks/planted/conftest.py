"""What attacks are tried on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from clioscope.attacks.planted import Setup, setup
from clioscope.config import read_config
from clioscope.vault import RunFolder

MakeSetup = Callable[..., Setup]


@pytest.fixture
def attacked(made: Path, tmp_path: Path) -> MakeSetup:
    """A setup over the finished run, whose work is in ``tmp_path``."""

    def make(tries: int | None = None, **options: int) -> Setup:
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        config = read_config(made / "run.toml")
        return setup(RunFolder.existing(made), config, None, work, 0, tries, **options)

    return make
