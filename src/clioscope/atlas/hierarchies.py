"""The hierarchies of a run: which atlases lie in its folder."""

from __future__ import annotations

from pathlib import Path

from clioscope.atlas.atlas import Atlas
from clioscope.errors import RunError


def run_of(atlas: Atlas) -> Path | None:
    """The folder of the run that ``atlas`` lies in; ``None`` where it was taken elsewhere."""
    name = atlas.path.name
    return atlas.path.parent if name == "atlas" or name.startswith("atlas-") else None


def atlas_folders(run: Path) -> list[Path]:
    """Where the hierarchies of ``run`` may lie, the main one first. One that is being written may be among them."""
    return [path for path in (run / "atlas", *sorted(run.glob("atlas-*"))) if (path / "atlas.json").is_file()]


def is_of_its_facet(atlas: Atlas) -> bool:
    """Whether ``atlas`` lies where its facet belongs. One that is being written lies under another name."""
    return atlas.path.name in ("atlas", f"atlas-{atlas.about['facet']}")


def hierarchies(atlas: Atlas) -> dict[str, Atlas]:
    """By facet, the hierarchies of the run that ``atlas`` lies in, the main one first."""
    run = run_of(atlas)
    if run is None:
        return {atlas.about["facet"]: atlas}
    found = {}
    for path in atlas_folders(run):
        beside = atlas if path == atlas.path else _readable(path)
        if beside and is_of_its_facet(beside):
            found[beside.about["facet"]] = beside
    return found


def _readable(path: Path) -> Atlas | None:
    try:
        return Atlas(path)
    except RunError:
        return None
