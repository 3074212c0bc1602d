"""Whether a run lets people look at single conversations of it."""

from __future__ import annotations

import tomllib
from pathlib import Path


def allows_drill_down(home: Path) -> bool:
    """Whether the run was made with ``drill_down``. Reads its configuration and nothing of its vault."""
    try:
        return tomllib.loads((home / "run.toml").read_text("utf-8"))["config"].get("drill_down") is True
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, AttributeError):
        return False
