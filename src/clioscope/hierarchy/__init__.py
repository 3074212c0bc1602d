"""Base clusters to a tree."""

from clioscope.hierarchy.plan import plan_levels
from clioscope.hierarchy.ward_arranger import arrange

__all__ = ["arrange", "plan_levels"]
