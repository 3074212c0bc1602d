"""Numbers that states give to people, a file a part of the world. Most of bare digits need a word nearby."""

from __future__ import annotations

from clioscope.privacy.redaction.kinds.national import (
    africa_oceania,
    americas,
    asia,
    east_europe,
    north_europe,
    south_europe,
    west_europe,
)
from clioscope.privacy.redaction.rule import Rule

FINDERS: tuple[Rule, ...] = (
    *americas.FINDERS,
    *west_europe.FINDERS,
    *south_europe.FINDERS,
    *north_europe.FINDERS,
    *east_europe.FINDERS,
    *asia.FINDERS,
    *africa_oceania.FINDERS,
)
