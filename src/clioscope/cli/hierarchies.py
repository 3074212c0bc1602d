"""Which hierarchy of a run is shown, and where its others are."""

from __future__ import annotations

import shlex
from pathlib import Path

from clioscope.atlas import Atlas
from clioscope.errors import RunError

_USUAL = "request"


def run_of(atlas: Atlas) -> Path | None:
    """The folder of the run that ``atlas`` lies in; ``None`` where it was taken elsewhere."""
    name = atlas.path.name
    return atlas.path.parent if name == "atlas" or name.startswith("atlas-") else None


def hierarchies(atlas: Atlas) -> dict[str, Atlas]:
    """By facet, the hierarchies of the run that ``atlas`` lies in, the main one first."""
    run = run_of(atlas)
    if run is None:
        return {atlas.about["facet"]: atlas}
    found = {}
    for path in (run / "atlas", *sorted(run.glob("atlas-*"))):
        beside = atlas if path == atlas.path else _readable(path)
        # A release that is being written lies there too, under another name than its facet's.
        if beside and path.name in ("atlas", f"atlas-{beside.about['facet']}"):
            found[beside.about["facet"]] = beside
    return found


def by_facet(atlas: Atlas) -> str:
    """``by FACET``, where a reader could take this hierarchy for another; else nothing."""
    facet: str = atlas.about["facet"]
    return f"by {facet}" if facet != _USUAL or len(hierarchies(atlas)) > 1 else ""


def others(atlas: Atlas, command: str) -> list[str]:
    """Sentences that say which hierarchy this is, and the ``command`` that shows each of the run's others."""
    found = hierarchies(atlas)
    if len(found) < 2:
        return []
    facet = atlas.about["facet"]
    return [f"This is the run's hierarchy by {facet}."] + [
        f"The one by {other}: clioscope {command} {shlex.quote(str(beside.path))}"
        for other, beside in found.items()
        if other != facet
    ]


def _readable(path: Path) -> Atlas | None:
    try:
        return Atlas(path) if (path / "atlas.json").is_file() else None
    except RunError:
        return None
