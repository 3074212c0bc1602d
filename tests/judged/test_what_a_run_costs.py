"""What a run with a model may ask for, and hold in memory: figures that no change may raise unnoticed."""

from __future__ import annotations

import pytest

from benchmarks.models import one_run


@pytest.mark.slow
def test_calls_tokens_and_memory_of_a_whole_run_stay_below_what_is_promised() -> None:
    figures = one_run(2_000, latency=0.0, at_once=50)
    megabytes, calls, tokens = (float(figure) for figure in figures[-3:])
    assert calls <= 1.15
    assert tokens <= 1_000
    assert megabytes < 400
