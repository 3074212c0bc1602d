"""Clusters to names and descriptions that point at nobody."""

from clioscope.naming.base import ClusterName, ClusterTexts, Member, Namer, Term
from clioscope.naming.by_language import name_by_language
from clioscope.naming.describe import describe
from clioscope.naming.from_words import WordsNamer
from clioscope.naming.judged import Child, JudgedNamer, Titled
from clioscope.naming.local import LocalNamer

__all__ = [
    "Child",
    "ClusterName",
    "ClusterTexts",
    "JudgedNamer",
    "LocalNamer",
    "Member",
    "Namer",
    "Term",
    "Titled",
    "WordsNamer",
    "describe",
    "name_by_language",
]
