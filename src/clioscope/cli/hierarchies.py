"""Which hierarchy of a run is shown, and where its others are, in sentences."""

from __future__ import annotations

import shlex

from clioscope.atlas import Atlas, hierarchies

_USUAL = "request"


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
