"""What a run is asked to do: one model, written as TOML beside what it made."""

from clioscope.config.model import FACET_DAYS, RAW_DAYS, Config, Judgement, Period
from clioscope.config.profiles import ProfileRow, Structured, TokenLimit
from clioscope.config.questions import Area, FacetQuestion
from clioscope.config.reading import config_toml, make_config, read_config, read_facets
from clioscope.config.thresholds import FLOOR, PROFILES, Thresholds, counted, is_publishable

__all__ = [
    "FACET_DAYS",
    "FLOOR",
    "PROFILES",
    "RAW_DAYS",
    "Area",
    "Config",
    "FacetQuestion",
    "Judgement",
    "Period",
    "ProfileRow",
    "Structured",
    "Thresholds",
    "TokenLimit",
    "config_toml",
    "counted",
    "is_publishable",
    "make_config",
    "read_config",
    "read_facets",
]
