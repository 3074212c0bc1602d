"""Asks every conversation the same questions."""

from clioscope.facets.base import FacetExtractor, Facets
from clioscope.facets.local import LocalExtractor, published_name

__all__ = ["FacetExtractor", "Facets", "LocalExtractor", "published_name"]
