"""Clusters to names and descriptions that point at nobody."""

from clioscope.naming.base import ClusterName, ClusterTexts, Member, Namer, Term
from clioscope.naming.by_language import name_by_language
from clioscope.naming.describe import describe
from clioscope.naming.local import LocalNamer

__all__ = ["ClusterName", "ClusterTexts", "LocalNamer", "Member", "Namer", "Term", "describe", "name_by_language"]
