"""Where the explorer keeps its own files: in a folder beside the runs, and never in an atlas or a vault."""

from __future__ import annotations

from pathlib import Path

from clioscope.errors import RunError

FOLDER = ".explorer"


def runs_of(root: Path) -> Path:
    """The folder of runs that is served: ``root``, or where it lies in if it is a run itself."""
    is_run = any((root / name).exists() for name in ("atlas.json", "atlas/atlas.json", "run.toml", "vault"))
    return root.parent if is_run else root


def private_place(root: Path) -> Path:
    """The explorer's own folder for the runs in ``root``, made where it is missing and readable by its owner alone."""
    folder = runs_of(root.resolve()) / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise RunError(f"{folder} cannot be made ({error.strerror}): the explorer keeps its own files there.") from None
    return folder
