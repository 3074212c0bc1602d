"""How long is waited between looks for the results of a provider's batch."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from clioscope.models import provider_batches
from clioscope.models.judges import Calls, Judges
from clioscope.testing import Faults, ModelServer
from tests.models.helpers import Scored, works
from tests.models.test_waves import PROVIDERS


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-double")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-double")


class Clock:
    """Has seconds pass at once, at the server too, and keeps how many were waited for."""

    def __init__(self, server: ModelServer) -> None:
        self._batches = server._app._batches._batches
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        for batch in self._batches.values():
            batch.ends -= seconds


def waits_of(
    folder: Path, server: ModelServer, monkeypatch: pytest.MonkeyPatch, model: str = "openai/double", start: int = 0
) -> list[float]:
    """The seconds that were waited for, from look to look, until each of five requests was answered."""
    clock = Clock(server)
    told: Any = SimpleNamespace(sleep=clock.sleep, monotonic=time.monotonic)
    monkeypatch.setattr(provider_batches, "time", told)
    url = server.url + ("/v1" if model.startswith("openai") else "")
    judges = Judges(
        {"audit": model}, Calls(base_url=url, batch=True), folder / "a.sqlite", folder / "w.sqlite", lambda _: None
    )
    try:
        assert all(isinstance(result, Scored) for result in judges.judge("audit", works(5, start)))
    finally:
        judges.close()
    return clock.waits


@pytest.mark.parametrize("model", PROVIDERS)
def test_a_batch_that_ends_soon_is_collected_soon(tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(batch_seconds=3) as server:
        assert waits_of(tmp_path, server, monkeypatch, model) == [1.0, 1.5, 2.25]


def test_a_batch_that_takes_long_is_looked_for_less_and_less_often_up_to_the_longest_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer(batch_seconds=600) as server:
        waits = waits_of(tmp_path, server, monkeypatch)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1], max(waits)) == (1.0, 30.0, 30.0)
    assert len(waits) < 35


def test_what_is_asked_after_a_batch_has_ended_is_looked_for_soon_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Every request of the first batch is asked again in a second one.
    with ModelServer(batch_seconds=20, answer=_wrong_once()) as server:
        waits = waits_of(tmp_path, server, monkeypatch)
    assert waits == 2 * waits[: len(waits) // 2]
    assert waits[0] == 1.0


def _wrong_once() -> Any:
    from clioscope.testing.brain import answer

    asked: set[str] = set()

    def said(request: Any) -> str:
        first = len(asked) < 5
        asked.add(request.user)
        return "not what was asked for" if first else answer(request)

    return said


def test_a_batch_for_which_there_is_no_room_is_handed_over_less_and_less_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer(faults=Faults(batches_failed=12)) as server:
        waits = waits_of(tmp_path, server, monkeypatch)
    assert len(waits) >= 12
    assert waits == sorted(waits)
    assert waits[-1] == 30.0
