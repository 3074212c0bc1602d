"""Writing the files of a report, all of them or none."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path


def write_folder(parent: Path, made: datetime, texts: Mapping[str, str]) -> Path:
    """Write ``texts``, by file name, into a new folder under ``parent`` that is named after the time, and return it.

    The folder appears with all of them in it: until then there is none.
    """
    folder = _free(parent, f"{made:%Y-%m-%dT%H%M%S}")
    beside, was_there = folder.with_name(".partial"), parent.exists()
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    try:
        for name, text in texts.items():
            (beside / name).write_text(text, encoding="utf-8", newline="\n")
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        if not was_there:
            parent.rmdir()
        raise
    return folder


def _free(folder: Path, name: str) -> Path:
    """A path in ``folder`` that nothing is at."""
    path, number = folder / name, 2
    while path.exists():
        path, number = folder / f"{name}-{number}", number + 1
    return path
