"""What is promised, what was withheld for it, and what attacks found."""

from __future__ import annotations

from clioscope.explorer.audits import last_audit
from clioscope.explorer.open_atlas import OpenAtlas
from clioscope.explorer.routes.asking import Opened, allowed, api_router
from clioscope.explorer.schemas import Privacy

_WITHHELD = {
    "cells_withheld_for_being_small": "cells that too few people are behind",
    "cells_withheld_to_guard_others": "cells that would give away such a cell",
    "cells_withheld_by_the_audit": "cells that all sums together would give away",
    "withheld_cells_not_proven": "withheld cells that could not be proven safe",
    "clusters_without_a_safe_name": "clusters without a name, since people share too few words",
}
"""Totals of the whole run, as the gate rounded them."""

_CELLS = "cells_counted"
_NOT_THRESHOLDS = {
    *_WITHHELD,
    _CELLS,
    "withheld_cells_audited",
    "pairs_released_from_level",
    "for_publishing",
    "profile",
}
_SENTENCES = ("mechanism", "neighbours", "bounds", "covered", "not_covered")

router = api_router("atlases")


@router.get("/atlases/{id}/privacy", dependencies=[allowed("view")])
def privacy(opened: Opened) -> Privacy:
    """The guarantee, the thresholds in force, what was withheld, and what the last audit found."""
    told = opened.privacy
    audit = last_audit(opened)
    return Privacy(
        guarantee=told["guarantee"],
        for_publishing=told["for_publishing"] is True,
        profile=str(told.get("profile", "")),
        thresholds=thresholds_of(opened),
        withheld={text: told[name] for name, text in _WITHHELD.items() if isinstance(told.get(name), int)},
        cells=told[_CELLS] if isinstance(told.get(_CELLS), int) else None,
        pairs_not_released=told.get("pairs_not_released", []),
        pairs_released_from_level=told.get("pairs_released_from_level", 0),
        notes=_notes(opened),
        audited=audit.made,
        audited_this=audit.of_this,
        verdict=audit.verdict,
        attacks=audit.attacks,
    )


def thresholds_of(opened: OpenAtlas) -> dict[str, float | int | bool | str]:
    """Every single figure of ``privacy.json`` that says what is promised."""
    return {
        name: value
        for name, value in opened.privacy.items()
        if isinstance(value, int | float) and name not in _NOT_THRESHOLDS
    }


def _notes(opened: OpenAtlas) -> list[str]:
    notes: list[str] = []
    for name in _SENTENCES:
        value = opened.privacy.get(name, [])
        notes += [value] if isinstance(value, str) else [str(line) for line in value]
    return notes
