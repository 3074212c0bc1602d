"""Base clusters to a tree."""

from clioscope.hierarchy.judged import Arranged, Described, JudgedArranger
from clioscope.hierarchy.plan import plan_levels
from clioscope.hierarchy.ranking import by_falling_size
from clioscope.hierarchy.ward_arranger import arrange

__all__ = ["Arranged", "Described", "JudgedArranger", "arrange", "by_falling_size", "plan_levels"]
