"""A note that a run's atlas counts, or may count, a user who was forgotten since it was made."""

from __future__ import annotations

import json
from pathlib import Path

from clioscope.vault.files import read_text, write_text

_NAME = "outdated.json"


def note_outdated(vault: Path, *, sure: bool) -> None:
    """Note that the atlas counts a forgotten user. Where that is not ``sure``, nobody can tell any more."""
    write_text(vault / _NAME, json.dumps({"sure": sure or _is_sure(vault)}))


def no_longer_outdated(vault: Path) -> None:
    """Take the note back, once every atlas of the run is made again."""
    (vault / _NAME).unlink(missing_ok=True)


def outdated_line(run: Path) -> str | None:
    """What to know of the atlas of the run in this folder, and what to do; ``None`` where there is no note."""
    vault = run / "vault"
    if not (vault / _NAME).exists():
        return None
    counts = "counts a user who was forgotten" if _is_sure(vault) else "may count a user who was forgotten"
    return (
        f"The atlas of {run} was made before and {counts}. The `clioscope run` command of this run makes it again: it "
        "asks models for names and for what is no longer stored, and with --estimate says first what that costs."
    )


def _is_sure(vault: Path) -> bool:
    """Whether an earlier note says so; a damaged one does."""
    path = vault / _NAME
    if not path.exists():
        return False
    try:
        return bool(json.loads(read_text(path))["sure"])
    except (ValueError, KeyError, TypeError):
        return True
