"""Planted attacks with the run's own model, here the double, which names clusters by the words of one conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from clioscope.attacks.planted import setup
from clioscope.attacks.planted.canaries import Canaries
from clioscope.config import read_config
from clioscope.models.judges import Calls
from clioscope.progress import Silent
from clioscope.testing import ModelServer
from clioscope.vault import RunFolder
from tests.judged.helpers import judged


@pytest.mark.slow
def test_a_model_that_quotes_gives_no_canary_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double-secret-key")
    models = {"name": "openai/double"}
    with ModelServer() as server:
        folder = judged(tmp_path, server, clusters=6, models=models, audit_sample=0).folder
        asked = server.stats().calls
        work = tmp_path / "work"
        work.mkdir()
        calls = Calls(base_url=f"{server.url}/v1", timeout=60.0, patience=30.0)
        made = setup(RunFolder.existing(folder), read_config(folder / "run.toml"), calls, work, 0, 6)
        found = Canaries().run(made, Silent())
        assert server.stats().calls > asked
    assert found.verdict == "held"
    assert any("the run's model" in trial.setting for trial in found.trials)
