"""Points on the map, to within a street: latitude and longitude with at least four decimals."""

from __future__ import annotations

import re

from clioscope.privacy.redaction.rule import Rule

_LATITUDE = r"[+-]?(?:90|[0-8]?[0-9])\.[0-9]{4,15}"
_LONGITUDE = r"[+-]?(?:180|1[0-7][0-9]|[0-9]?[0-9])\.[0-9]{4,15}"
# Numbers below 1, and more than two in a row, are more often those of a vector.
_DECIMAL = re.compile(
    rf"(?<![\w.])(?<![0-9][, ] )(?<![0-9],)(?![+-]?0\.){_LATITUDE} ?°? ?[NS]?[,;/ ]{{1,3}}"
    rf"{_LONGITUDE}(?![\w.][0-9]|[0-9]|,? ?-?[0-9]{{1,9}}\.[0-9])(?: ?°? ?[EWO](?![\w]))?"
)
_IN_A_MAP_LINK = re.compile(rf"(?<=!3d)(?P<it>{_LATITUDE}!4d{_LONGITUDE})")
_NAMED = re.compile(rf"(?i:lat(?:itude)?|lng|lon(?:gitude)?)[\"']?\s{{0,2}}[:=]\s{{0,2}}(?P<it>{_LONGITUDE})(?![\w])")
_DEGREES = re.compile(
    r"(?<![\w.])[0-9]{1,2} ?[°º] ?[0-9]{1,2} ?['′’] ?(?:[0-9]{1,2}(?:\.[0-9]{1,6})? ?(?:[\"″”]|''|’’) ?)?[NS][, ]{0,3}"
    r"[0-9]{1,3} ?[°º] ?[0-9]{1,2} ?['′’] ?(?:[0-9]{1,2}(?:\.[0-9]{1,6})? ?(?:[\"″”]|''|’’) ?)?[EWO]"
)

FINDERS = (
    Rule("COORDINATES", _DECIMAL, needs=(".",), digits="many"),
    Rule("COORDINATES", _IN_A_MAP_LINK, needs=("!3d",)),
    Rule("COORDINATES", _NAMED, needs=("lat", "Lat", "lon", "Lon", "lng", "LAT", "LON"), digits="many"),
    Rule("COORDINATES", _DEGREES, needs=("°", "º"), digits="many"),
)
