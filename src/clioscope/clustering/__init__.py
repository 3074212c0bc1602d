"""Vectors to base clusters, and how many."""

from clioscope.clustering.base import ArrayVectors, Assignment, Clusterer, VectorStore, assign
from clioscope.clustering.how_many import ClusterCount, choose_k, diagnostics
from clioscope.clustering.kmeans import SphericalKMeans
from clioscope.clustering.languages import shifts
from clioscope.clustering.small import Least, Merged, merge_small

__all__ = [
    "ArrayVectors",
    "Assignment",
    "ClusterCount",
    "Clusterer",
    "Least",
    "Merged",
    "SphericalKMeans",
    "VectorStore",
    "assign",
    "choose_k",
    "diagnostics",
    "merge_small",
    "shifts",
]
