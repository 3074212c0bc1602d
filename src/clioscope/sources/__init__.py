"""Reads conversations: files in any of the known formats, streaming, with nothing lost silently."""

from __future__ import annotations

from clioscope.sources.base import Format, Limits, SetAside
from clioscope.sources.fields import Fields
from clioscope.sources.formats import FORMATS
from clioscope.sources.memory import from_memory
from clioscope.sources.select import LeftOut, Selected, Selection, parse_duration, parse_when, select
from clioscope.sources.source import Source, SourceFile, open_source

__all__ = [
    "FORMATS",
    "Fields",
    "Format",
    "LeftOut",
    "Limits",
    "Selected",
    "Selection",
    "SetAside",
    "Source",
    "SourceFile",
    "from_memory",
    "open_source",
    "parse_duration",
    "parse_when",
    "select",
]
