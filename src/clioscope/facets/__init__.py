"""Asks every conversation the same questions."""

from clioscope.facets.base import FacetExtractor, FacetNames, Facets
from clioscope.facets.judged import JudgedExtractor
from clioscope.facets.local import LocalExtractor, published_name
from clioscope.facets.questions import AREA

__all__ = ["AREA", "FacetExtractor", "FacetNames", "Facets", "JudgedExtractor", "LocalExtractor", "published_name"]
