"""The publishable result: its schema, writing it, opening it, asking it, exporting it."""

from clioscope.atlas.atlas import Atlas, Cell, Cluster
from clioscope.atlas.release import Release, write_release
from clioscope.atlas.search import Hit, search
from clioscope.atlas.table import Table

__all__ = ["Atlas", "Cell", "Cluster", "Hit", "Release", "Table", "search", "write_release"]
