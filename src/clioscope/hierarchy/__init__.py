"""Base clusters to a tree."""

from clioscope.hierarchy.judged import Arranged, Described, JudgedArranger
from clioscope.hierarchy.plan import plan_levels
from clioscope.hierarchy.ward_arranger import arrange

__all__ = ["Arranged", "Described", "JudgedArranger", "arrange", "plan_levels"]
