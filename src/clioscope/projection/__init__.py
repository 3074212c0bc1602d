"""Clusters and conversations on a 2-D map."""

from clioscope.projection.layout import layout
from clioscope.projection.place import Placer

__all__ = ["Placer", "layout"]
