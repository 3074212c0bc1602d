"""The table of calls, tokens and dollars."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from clioscope.cli.costs import cost_table
from clioscope.models.usage import Stage


@pytest.mark.parametrize("columns", [78, 80, 120])
def test_a_narrow_table_tells_models_apart(columns: int) -> None:
    names = ["anthropic/claude-haiku-4-5", "anthropic/claude-sonnet-4-5"]
    stages = [Stage("Auditing again", "audit", name, 10_000, 1_000_000, 100_000, 1.0) for name in names]
    out = StringIO()
    Console(width=columns, file=out).print(cost_table(stages))
    shown = out.getvalue()
    assert "…" not in shown
    begin = shown.splitlines()[0].index("model")
    end = shown.splitlines()[0].index("calls") - 1
    assert "".join(line[begin:end].split(" ")[0] for line in shown.splitlines()[1:]) == "".join(names)
    assert shown.count("1,000,000") == 2
