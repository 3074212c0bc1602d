"""Which exports were made of a run's atlases, so that what has to go can be found again.

An export is a copy of the atlas's figures. Beside an atlas that is made again without somebody it would tell, by
subtraction, what that person was counted in.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from clioscope.atlas import digest_of
from clioscope.atlas.export import is_exported
from clioscope.vault import RunFolder, write_text
from clioscope.vault.files import private_folder


class _Export(NamedTuple):
    """Where an export or a report was written, the name of the atlas's folder, and a hash of that atlas."""

    folder: Path
    atlas: str
    digest: str


def note_export(atlas: Path, folder: Path, *, is_report: bool = False) -> None:
    """Note, before the first file is written, that an atlas of a run is exported to ``folder``; a report may be a file.

    Of an atlas that was taken elsewhere nothing is noted: there is no vault to note it in.
    """
    vault = atlas.parent / "vault"
    if not (os.access(vault, os.W_OK | os.X_OK) and (vault / "stages.json").is_file()):
        return
    row: dict[str, str | bool] = {
        "folder": str(folder.absolute()),
        "atlas": atlas.name,
        "digest": digest_of(atlas),
        "report": is_report,
    }
    name = hashlib.sha256(str(row["folder"]).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    write_text(private_folder(vault / "exports") / f"{name}.json", json.dumps(row))


def exports_counting(run: RunFolder) -> list[str]:
    """What to say of exports that count a user who is forgotten: :func:`withdraw_exports` removes those in the run."""
    return [
        f"The export in {folder} counted this user and is removed. Copies of it are yours to delete."
        if _is_removable(folder, run)
        else f"{folder} holds an export that counts this user: delete it, and whatever was made of it. Beside one that "
        "is made from now on it would tell what this user was counted in."
        for folder in _folders(run)
    ]


def withdraw_exports(run: RunFolder) -> None:
    """Remove the exports that lie in the run's folder. May be cut short and done again."""
    for folder in _folders(run):
        if not _is_removable(folder, run):
            continue
        for path in _files(folder):
            path.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()


def exports_unknown(run: RunFolder) -> list[str]:
    """What to say of exports where nobody can tell any more whether they count a user."""
    return [
        f"Nobody can tell any more whether the export in {folder} counts this user. If it may, delete it."
        for folder in _folders(run)
    ]


def older_exports(run: RunFolder) -> list[str]:
    """A sentence for each export that is of another atlas than the run has now."""
    return [
        f"{row.folder} is an export of the atlas as it was before. Whoever has both can subtract one from the other: "
        "export again to the same folder, or delete it."
        for row in _noted(run)
        if (run.path / row.atlas).is_dir() and digest_of(run.path / row.atlas) != row.digest
    ]


def _folders(run: RunFolder) -> list[Path]:
    """Folders that hold an export: those that were noted, and those that have its usual name."""
    usual = [path.absolute() for path in run.path.glob("exports*") if path.is_dir() and _files(path)]
    return list(dict.fromkeys([*usual, *(row.folder for row in _noted(run))]))


def _noted(run: RunFolder) -> Iterator[_Export]:
    """What was noted and is there; of the rest the note goes."""
    for path in sorted((run.vault / "exports").glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        folder = Path(row["folder"])
        if folder.exists() if row.get("report") else folder.is_dir() and _files(folder):
            yield _Export(folder, row["atlas"], row["digest"])
        else:
            path.unlink()


def _files(folder: Path) -> list[Path]:
    """The files of an export; a report has none of them, and may lie among files of others."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if is_exported(path.name) and path.is_file())


def _is_removable(folder: Path, run: RunFolder) -> bool:
    """Whether it lies in the run, and is no report."""
    return run.path.resolve() in folder.resolve().parents and bool(_files(folder))
