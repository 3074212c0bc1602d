"""The kept answers of a large language model to the auditor's calibration."""

from __future__ import annotations

import pytest

from benchmarks import auditor
from tests.conftest import ROOT


def test_they_answer_the_prompt_as_it_is_and_give_the_figures_in_the_documents() -> None:
    names = auditor.for_the_model([name for name in auditor.read_names() if name.half == "held out"])
    judged = auditor.by_model(names, None)  # waits for answers, and so fails, where the prompt is another one
    assert len(names) == 200
    assert sum(name.identifying for name in names) == 100
    assert min(judged.scores) >= 1
    told = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    for line in auditor.by_threshold({"model": judged}).splitlines()[2:]:
        assert line in told, line


def test_recall_between_two_thresholds_is_on_the_line_between_them() -> None:
    import numpy as np

    points = np.array([3, 3, 1, 1, 3, 1, 1, 1, 1, 1], dtype=float)
    identifying = np.array([True] * 4 + [False] * 6)
    assert auditor.recall_at(points, identifying, 1 / 6) == pytest.approx(0.5)
    assert auditor.recall_at(points, identifying, 0.0) == pytest.approx(0.0)
    assert auditor.recall_at(points, identifying, 1 / 6 + (5 / 6) / 2) == pytest.approx(0.75)
