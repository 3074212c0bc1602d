"""The publishable result: its schema, writing it, opening it, asking it, exporting it."""

from clioscope.atlas.atlas import Atlas, Cell, Cluster
from clioscope.atlas.hierarchies import atlas_folders, hierarchies, is_of_its_facet, run_of
from clioscope.atlas.release import Release, digest_of, write_release
from clioscope.atlas.search import Hit, search
from clioscope.atlas.table import Table

__all__ = [
    "Atlas",
    "Cell",
    "Cluster",
    "Hit",
    "Release",
    "Table",
    "atlas_folders",
    "digest_of",
    "hierarchies",
    "is_of_its_facet",
    "run_of",
    "search",
    "write_release",
]
